package stats

import "math"

// HodgesLehmann returns by how much b lies above a: the median of all
// differences b[j]-a[i], and the confidence interval of the shift that belongs
// to [MannWhitney]'s test (Hollander and Wolfe, Nonparametric Statistical
// Methods, 2nd ed., 1999, 4.2 and 4.3; Hodges and Lehmann, Annals of
// Mathematical Statistics 34, 1963). It is exact where both samples are below
// 50, else by the normal approximation; ties make it wider than it need be.
// Time grows as the sum of the sizes, not as their product.
//
// Observations must be independent of each other. ok is false where a sample is
// empty, holds what is not finite, or is too small for an interval of the level.
func HodgesLehmann(a, b []float64, level float64) (shift float64, ci Interval, ok bool) {
	if len(a) == 0 || len(b) == 0 || !finite(a) || !finite(b) || !(level > 0 && level < 1) {
		return 0, Interval{}, false
	}
	rank := rankOfShift(len(a), len(b), level)
	if rank < 1 {
		return 0, Interval{}, false
	}
	d := differences{a: sortedCopy(a), b: sortedCopy(b)}
	n := d.n()
	low, high := d.at((n+1)/2), d.at(n/2+1)
	return low + (high-low)/2, Interval{Low: d.at(rank), High: d.at(n + 1 - rank)}, true
}

// differences are all b[j]-a[i] of two sorted samples, in ascending order,
// without ever being written down.
type differences struct{ a, b Sorted }

func (d differences) n() int64 { return d.a.N() * d.b.N() }

// at returns the difference of a rank, counted from 1. It halves the range of
// all floating-point numbers until one is left, which takes 64 counts at most.
func (d differences) at(rank int64) float64 {
	low := ordinal(d.b[0] - d.a[len(d.a)-1])
	high := ordinal(d.b[len(d.b)-1] - d.a[0])
	for low < high {
		middle := low + int64(uint64(high-low)/2) //nolint:gosec // high-low as an unsigned number never overflows
		if d.upTo(fromOrdinal(middle)) >= rank {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return fromOrdinal(low)
}

// upTo counts the differences that are x at most. As a[i] rises, so does the
// number of b[j] that are near enough.
func (d differences) upTo(x float64) int64 {
	count, j := int64(0), 0
	for _, from := range d.a {
		for j < len(d.b) && d.b[j]-from <= x {
			j++
		}
		count += int64(j)
	}
	return count
}

// ordinal numbers the floating-point numbers in ascending order, 0 being 0.
func ordinal(x float64) int64 {
	bits := int64(math.Float64bits(x)) //nolint:gosec // the sign is the point
	if bits < 0 {
		return math.MinInt64 - bits
	}
	return bits
}

func fromOrdinal(o int64) float64 {
	if o < 0 {
		o = math.MinInt64 - o
	}
	return math.Float64frombits(uint64(o)) //nolint:gosec // the sign is the point
}
