package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Proportion returns Wilson's score interval of the probability behind some of
// n independent trials, such as requests that failed (Wilson, JASA 22, 1927;
// Newcombe, Statistics in Medicine 17, 1998, 857-872, method 3). It exists for
// none and for all too. ok is false where n is 0 or some lies outside 0..n.
func Proportion(some, n int64, level float64) (Interval, bool) {
	if n < 1 || some < 0 || some > n || !(level > 0 && level < 1) {
		return Interval{}, false
	}
	z, size := distuv.UnitNormal.Quantile((1+level)/2), float64(n)
	p, square := float64(some)/size, z*z
	middle := (2*size*p + square) / (2 * (size + square))
	half := z * math.Sqrt(square+4*size*p*(1-p)) / (2 * (size + square))
	ci := Interval{Low: math.Max(0, middle-half), High: math.Min(1, middle+half)}
	if some == 0 {
		ci.Low = 0 // but for rounding
	}
	if some == n {
		ci.High = 1
	}
	return ci, true
}

// fewExpected is the number of expected trials in a cell of a fourfold table
// below which the normal approximation is not to be trusted (Cochran, "Some
// Methods for Strengthening the Common Chi-Squared Tests", Biometrics 10, 1954).
const fewExpected = 5

// DifferenceOfProportions returns the probability behind someB of nB trials
// less that behind someA of nA, with Newcombe's hybrid score interval
// (Statistics in Medicine 17, 1998, 873-890, method 10). The p-value is that of
// Fisher's exact test where fewer than 5 are expected in a cell of the table,
// else that of the two-sided z-test with the pooled variance. ok is false where
// either has no [Proportion].
func DifferenceOfProportions(someA, nA, someB, nB int64, level float64) (Difference, bool) {
	a, okA := Proportion(someA, nA, level)
	b, okB := Proportion(someB, nB, level)
	if !okA || !okB {
		return Difference{}, false
	}
	pA, pB := float64(someA)/float64(nA), float64(someB)/float64(nB)
	d := pB - pA
	ci := Interval{Low: d - math.Hypot(pB-b.Low, a.High-pA), High: d + math.Hypot(b.High-pB, pA-a.Low)}
	return Difference{Estimate: d, CI: ci, PValue: fourfold(someA, nA, someB, nB)}, true
}

// fourfold tests whether two proportions are the same.
func fourfold(someA, nA, someB, nB int64) float64 {
	some, all := someA+someB, nA+nB
	if some == 0 || some == all {
		return 1
	}
	pooled := float64(some) / float64(all)
	if float64(min(nA, nB))*math.Min(pooled, 1-pooled) < fewExpected {
		return fisher(someA, nA, some, all)
	}
	deviation := math.Sqrt(pooled * (1 - pooled) * (1/float64(nA) + 1/float64(nB)))
	z := (float64(someB)/float64(nB) - float64(someA)/float64(nA)) / deviation
	return math.Min(1, 2*distuv.UnitNormal.Survival(math.Abs(z)))
}

// fisher sums the probabilities of all tables with the same margins that are no
// likelier than the one seen.
func fisher(seen, nA, some, all int64) float64 {
	probability := func(k int64) float64 {
		return math.Exp(logChoose(some, k) + logChoose(all-some, nA-k) - logChoose(all, nA))
	}
	limit := probability(seen) * (1 + 1e-7) // as R's fisher.test
	sum := 0.0
	for k := max(0, nA+some-all); k <= min(nA, some); k++ {
		if p := probability(k); p <= limit {
			sum += p
		}
	}
	return math.Min(1, sum)
}

func logChoose(n, k int64) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

func logFactorial(n int64) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}
