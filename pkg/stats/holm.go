package stats

import (
	"cmp"
	"math"
	"slices"
)

// Holm returns the p-values of some tests adjusted for their number, in the
// order given: rejecting where the adjusted value is at most alpha, the
// probability of any false rejection is at most alpha, however the tests depend
// on each other (Holm, "A Simple Sequentially Rejective Multiple Test
// Procedure", Scandinavian Journal of Statistics 6, 1979). A value that is not
// a number is no test: it stays, and does not count.
func Holm(p []float64) []float64 {
	adjusted := slices.Clone(p)
	var tests []int
	for i, v := range p {
		if !math.IsNaN(v) {
			tests = append(tests, i)
		}
	}
	slices.SortStableFunc(tests, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	most := 0.0
	for rank, i := range tests {
		most = math.Max(most, math.Min(1, float64(len(tests)-rank)*p[i]))
		adjusted[i] = most
	}
	return adjusted
}
