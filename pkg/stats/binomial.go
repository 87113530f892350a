package stats

// negligible is the probability, relative to the mode's, at which the tails of
// a binomial are cut off: far below any share of 1 - level.
const negligible = 1e-30

// binomial holds the probabilities of a binomial distribution from first on,
// as multiples of total.
type binomial struct {
	first  int64
	weight []float64
	total  float64
}

// newBinomial walks outward from the mode by the ratio of neighbouring
// probabilities, P(k+1)/P(k) = (n-k)/(k+1) * p/(1-p), and lets the sum of all
// be 1. No factorial or logarithm of one is needed, so nothing cancels: the
// relative error is one rounding a step, and steps and memory grow as sqrt(n)
// only: some 40,000 numbers for ten million observations.
func newBinomial(n int64, p float64) binomial {
	mode := min(int64(float64(n+1)*p), n)
	odds := p / (1 - p)
	below := walk(mode, func(k int64) float64 { // P(k-1)/P(k)
		return float64(k) / (float64(n-k+1) * odds)
	})
	above := walk(n-mode, func(left int64) float64 { // P(k+1)/P(k), n-k left
		return float64(left) * odds / float64(n-left+1)
	})
	b := binomial{first: mode - int64(len(below))}
	for i := len(below) - 1; i >= 0; i-- {
		b.weight = append(b.weight, below[i])
	}
	b.weight = append(append(b.weight, 1), above...)
	for _, w := range b.weight {
		b.total += w
	}
	return b
}

// walk takes at most steps steps from a weight of 1, each by the ratio that
// belongs to the steps left, and returns the weights it came by.
func walk(steps int64, ratio func(left int64) float64) []float64 {
	var weights []float64
	w := 1.0
	for left := steps; left > 0; left-- {
		if w *= ratio(left); w < negligible {
			break
		}
		weights = append(weights, w)
	}
	return weights
}

// lowest is the largest k with P(B < k) <= share.
func (b binomial) lowest(share float64) int64 {
	tail := 0.0
	for i, w := range b.weight {
		if tail += w; tail > share*b.total {
			return b.first + int64(i)
		}
	}
	return b.first + int64(len(b.weight))
}

// highest is the smallest k with P(B >= k) <= share.
func (b binomial) highest(share float64) int64 {
	tail := 0.0
	for i := len(b.weight) - 1; i >= 0; i-- {
		if tail += b.weight[i]; tail > share*b.total {
			return b.first + int64(i) + 1
		}
	}
	return b.first
}
