package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// SignEvidence is the natural logarithm of the evidence against the claim that
// one of two sides wins half of the pairs at most, after so many wins and losses
// of it. It may be looked at after every pair: where the claim is true, whatever
// went before, the probability that it ever reaches log(1/alpha) is at most
// alpha. Ties say nothing and are left out.
//
// It is a likelihood ratio whose alternative is any share p of wins between 1/2
// and 1 with equal weight (Robbins, "Statistical Methods Related to the Law of
// the Iterated Logarithm", Annals of Mathematical Statistics 41, 1970; Ramdas,
// Grünwald, Vovk and Shafer, "Game-Theoretic Statistics and Safe Anytime-Valid
// Inference", Statistical Science 38, 2023). Against each such p, the bet that
// pays 2p for a win and 2(1-p) for a loss gains nothing on average where wins
// are no likelier than losses, so their mixture is a supermartingale that begins
// at 1, and Ville's inequality bounds how high it gets. With w wins and l losses
// of n pairs it comes to
//
//	2^(n+1) B(w+1, l+1) P(Beta(w+1, l+1) > 1/2)
func SignEvidence(wins, losses int64) float64 {
	w, l := float64(wins)+1, float64(losses)+1
	return (w+l-1)*math.Ln2 + mathext.Lbeta(w, l) + math.Log(mathext.RegIncBeta(l, w, 0.5))
}

// MedianSequence returns an interval of the median that may be looked at after
// every observation: the probability that it ever leaves the median out is at
// most 1-level. It is a confidence sequence of a fixed quantile as in Howard and
// Ramdas, "Sequential Estimation of Quantiles with Applications to A/B Testing
// and Best-Arm Identification", Bernoulli 28 (2022), theorem 1, with
// [SignEvidence] for each end: a value is out where too many observations lie on
// one side of it for it to be the median. It is distribution-free and holds with
// ties; observations must come from one distribution, independently.
//
// It is wider than [QuantileInterval], which must not be looked at until the
// last observation. ok is false where the sample is too small: at 95 % below 8.
func MedianSequence(s Ordered, level float64) (ci Interval, ok bool) {
	n := s.N()
	if n < 1 || !(level > 0 && level < 1) {
		return Interval{}, false
	}
	// The fewest on one side that are too many.
	need := math.Log(2 / (1 - level))
	rank := n/2 + int64(sort.Search(int(n-n/2+1), func(i int) bool {
		return SignEvidence(n/2+int64(i), n-n/2-int64(i)) >= need
	}))
	if rank > n {
		return Interval{}, false
	}
	return Interval{Low: s.At(n + 1 - rank), High: s.At(rank)}, true
}
