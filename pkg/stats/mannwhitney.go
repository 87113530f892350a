package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// MannWhitney tests whether values of one sample tend to be larger than those
// of another. u is the number of pairs of one of each in which b is the larger,
// ties counted half: over the number of all pairs, it estimates P(A < B). p is
// two-sided: exact where both samples are below 50 and no two values are equal,
// else by the normal approximation with the corrections for ties and continuity
// (Hollander and Wolfe, Nonparametric Statistical Methods, 2nd ed., 1999, 4.1).
//
// Observations must be independent of each other. ok is false where a sample is
// empty or holds what is not finite.
func MannWhitney(a, b []float64) (u, p float64, ok bool) {
	if len(a) == 0 || len(b) == 0 || !finite(a) || !finite(b) {
		return 0, 0, false
	}
	u, ties := rankPairs(sortedCopy(a), sortedCopy(b))
	m, n := float64(len(a)), float64(len(b))
	if ties == 0 && len(a) < exactBelow && len(b) < exactBelow {
		tail := lowerTail(exactU(len(a), len(b)), int(math.Min(u, m*n-u)))
		return u, math.Min(1, 2*tail), true
	}
	off := math.Abs(u-m*n/2) - 0.5
	if off <= 0 {
		return u, 1, true
	}
	return u, math.Min(1, 2*distuv.UnitNormal.Survival(off/deviationOfU(m, n, ties))), true
}

// rankPairs walks both samples in order, value by value: it counts the pairs in
// which b is larger, ties half, and sums t^3-t over groups of t equal values.
func rankPairs(a, b Sorted) (u, ties float64) {
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		value := math.Inf(1)
		if i < len(a) {
			value = a[i]
		}
		if j < len(b) {
			value = math.Min(value, b[j])
		}
		fromA, fromB := run(a[i:], value), run(b[j:], value)
		u += float64(fromB) * (float64(i) + float64(fromA)/2)
		t := float64(fromA + fromB)
		ties += t * (t*t - 1)
		i, j = i+fromA, j+fromB
	}
	return u, ties
}

// run is how many values at the begin of a sorted sample equal value.
func run(s Sorted, value float64) int {
	n := 0
	for n < len(s) && s[n] == value {
		n++
	}
	return n
}

func sortedCopy(sample []float64) Sorted {
	s := slices.Clone(sample)
	slices.Sort(s)
	return s
}
