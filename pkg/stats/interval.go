package stats

import "math"

// tolerance is the relative error that a tail's probability may exceed its
// share of 1 - level by, so that rounding never refuses a sample whose tail
// equals that share exactly (five observations and level 0.9375 for p = 0.5).
const tolerance = 1e-9

// Ranks are the ranks of the two observations that bound an interval.
type Ranks struct{ Low, High int64 }

// IntervalRanks returns the ranks whose observations bound a two-sided,
// equal-tailed confidence interval for the p-quantile of whatever n
// independent observations were drawn from, at the given level (0.95 is 95 %).
//
// With B the number of observations below the quantile, binomial in (n, p),
// Low is the largest rank with P(B < Low) <= (1-level)/2 and High the smallest
// with P(B >= High) <= (1-level)/2. Each tail keeps its own share, so the
// closed interval covers the quantile with probability level at least, for
// any distribution, with ties or without; the nearest rank always lies within.
// See Conover, Practical Nonparametric Statistics (3rd ed., 1999), 3.2, and
// David and Nagaraja, Order Statistics (3rd ed., 2003), 7.1.
//
// There are none where n is below MinSamples, or where p or level lie outside
// the open interval 0..1. Observations that depend on each other, as
// neighbours under load do, make the true coverage smaller.
func IntervalRanks(n int64, p, level float64) (r Ranks, ok bool) {
	if !Supports(n, p, level) {
		return Ranks{}, false
	}
	share := (1 - level) / 2 * (1 + tolerance)
	b := newBinomial(n, p)
	return Ranks{Low: max(b.lowest(share), 1), High: min(b.highest(share), n)}, true
}

// QuantileInterval returns the observations at IntervalRanks: a confidence
// interval for the p-quantile. There is none where IntervalRanks has none.
func QuantileInterval(s Ordered, p, level float64) (low, high float64, ok bool) {
	r, ok := IntervalRanks(s.N(), p, level)
	if !ok {
		return 0, 0, false
	}
	return s.At(r.Low), s.At(r.High), true
}

// MinSamples is the smallest n for which IntervalRanks has an interval: the
// first at which neither p^n nor (1-p)^n, the chances that the whole sample
// falls on one side of the quantile, exceeds (1-level)/2. Every larger n has
// one too. At level 0.95 it is 6 for p = 0.5, 36 for 0.9, 72 for 0.95, 368 for
// 0.99 and 3688 for 0.999. Where no number would do, because p or level lie
// outside the open interval 0..1, it is math.MaxInt.
func MinSamples(p, level float64) int {
	if !proper(p, level) {
		return math.MaxInt
	}
	guess := math.Log((1-level)/2) / math.Log(max(p, 1-p))
	if !(guess < 1<<53) {
		return math.MaxInt
	}
	n := max(int64(guess)-1, 1)
	for !Supports(n, p, level) {
		n++
	}
	return int(n)
}

// Supports says whether a sample of n can bear the p-quantile at a level: n is
// MinSamples at least.
func Supports(n int64, p, level float64) bool {
	if n < 1 || !proper(p, level) {
		return false
	}
	oneSided := float64(n) * math.Log(max(p, 1-p)) // of the likelier side
	return math.Exp(oneSided) <= (1-level)/2*(1+tolerance)
}

func proper(p, level float64) bool {
	return p > 0 && p < 1 && level > 0 && level < 1
}
