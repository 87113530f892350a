package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// exactBelow is the size that both samples must be below for the exact
// distribution of Mann and Whitney's U, which R's wilcox.test changes at too.
const exactBelow = 50

// exactU returns the probabilities of U, the number of pairs of samples of m
// and n that are in order, where both come from one continuous distribution.
// The largest of all comes from one sample or the other, which gives Mann and
// Whitney's recursion (Annals of Mathematical Statistics 18, 1947):
// P(m,n,u) = m/(m+n) P(m-1,n,u-n) + n/(m+n) P(m,n-1,u). Nothing is subtracted,
// so nothing cancels.
func exactU(m, n int) []float64 {
	row := make([][]float64, n+1) // of m' so far, by n'
	for j := range row {
		row[j] = []float64{1}
	}
	for i := 1; i <= m; i++ {
		for j := 1; j <= n; j++ {
			next := make([]float64, i*j+1)
			share := float64(i) / float64(i+j)
			for u, p := range row[j] { // of i-1 and j
				next[u+j] += share * p
			}
			for u, p := range row[j-1] { // of i and j-1
				next[u] += (1 - share) * p
			}
			row[j] = next
		}
	}
	return row[n]
}

// lowerTail is P(U <= u).
func lowerTail(probabilities []float64, u int) float64 {
	sum := 0.0
	for _, p := range probabilities[:u+1] {
		sum += p
	}
	return sum
}

// deviationOfU is the standard deviation of U for samples of m and n of which
// ties is the sum of t^3-t over groups of t equal values.
func deviationOfU(m, n, ties float64) float64 {
	all := m + n
	return math.Sqrt(m * n / 12 * (all + 1 - ties/(all*(all-1))))
}

// rankOfShift is how many of the ordered differences between two samples lie
// outside a confidence interval of the shift, at each side, plus 1: Hollander
// and Wolfe, Nonparametric Statistical Methods (2nd ed., 1999), 4.3; 0 where
// there is no such interval.
func rankOfShift(m, n int, level float64) int64 {
	share := (1 - level) / 2
	if m >= exactBelow || n >= exactBelow {
		z := distuv.UnitNormal.Quantile(1 - share)
		mean := float64(m) * float64(n) / 2
		return int64(math.Max(0, math.Floor(mean-z*deviationOfU(float64(m), float64(n), 0))))
	}
	tail := 0.0
	for u, p := range exactU(m, n) {
		if tail += p; tail > share*(1+tolerance) {
			return int64(u)
		}
	}
	return 0
}
