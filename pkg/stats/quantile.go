package stats

import (
	"math"
	"sort"
)

// Ordered is a sample in ascending order.
type Ordered interface {
	// N is the number of observations.
	N() int64
	// At returns the observation of a rank, 1 for the smallest to N for the
	// largest. Other ranks are a mistake of the caller and may panic.
	At(rank int64) float64
}

// Sorted is a sample of single values in ascending order.
type Sorted []float64

// N implements Ordered.
func (s Sorted) N() int64 { return int64(len(s)) }

// At implements Ordered.
func (s Sorted) At(rank int64) float64 { return s[rank-1] }

// Counted is a sample in which values repeat, such as a histogram. Its zero
// value is an empty sample.
type Counted struct {
	values []float64
	upTo   []int64 // upTo[i] counts the observations of values[0..i]
}

// Add appends n observations of value, which must be larger than every value
// added before. A count below 1 adds nothing.
func (c *Counted) Add(value float64, n int64) {
	if n < 1 {
		return
	}
	c.values = append(c.values, value)
	c.upTo = append(c.upTo, c.N()+n)
}

// N implements Ordered.
func (c *Counted) N() int64 {
	if len(c.upTo) == 0 {
		return 0
	}
	return c.upTo[len(c.upTo)-1]
}

// At implements Ordered.
func (c *Counted) At(rank int64) float64 {
	return c.values[sort.Search(len(c.upTo), func(i int) bool { return c.upTo[i] >= rank })]
}

// Rank is the nearest rank of the p-quantile in a sample of n: the smallest
// rank r with r/n >= p, at least 1. It is definition 1 of Hyndman and Fan,
// "Sample Quantiles in Statistical Packages", The American Statistician 50
// (1996), the inverse of the empirical distribution function.
func Rank(n int64, p float64) int64 {
	exact := p * float64(n)
	r := math.Ceil(exact)
	// p*n may miss a whole number by its rounding: 0.07*100 is 7.000000000000001.
	if whole := math.Round(exact); math.Abs(exact-whole) <= 4*epsilon*exact {
		r = whole
	}
	return min(max(int64(r), 1), n)
}

// epsilon is the distance from 1 to the next larger float64.
const epsilon = 0x1p-52

// Quantile returns the p-quantile of a sample by nearest rank, which is always
// one of its observations. There is none where the sample is empty or p lies
// outside 0..1.
func Quantile(s Ordered, p float64) (value float64, ok bool) {
	if s.N() == 0 || !(p >= 0 && p <= 1) {
		return 0, false
	}
	return s.At(Rank(s.N(), p)), true
}
