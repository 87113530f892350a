package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/integrate/quad"
)

// Against the integral that defines it.
func TestSignEvidenceIsTheMixture(t *testing.T) {
	for _, c := range [][2]int64{{0, 0}, {1, 0}, {0, 1}, {9, 0}, {0, 9}, {12, 5}, {5, 12}, {60, 40}, {300, 200}} {
		w, l := float64(c[0]), float64(c[1])
		payoff := func(p float64) float64 { return math.Exp(w*math.Log(2*p) + l*math.Log(2*(1-p))) }
		want := math.Log(2 * quad.Fixed(payoff, 0.5, 1, 400, nil, 0))
		near(t, "evidence", SignEvidence(c[0], c[1]), want, 1e-9)
	}
	if got := SignEvidence(400_000, 600_000); !(got < -1000) {
		t.Errorf("a side that loses is ahead by %g", got)
	}
}

// Where wins and losses are alike, the evidence after the next pair is on
// average what it was; where losses are likelier, it is less.
func TestSignEvidenceIsFair(t *testing.T) {
	for w := range int64(40) {
		for l := range int64(40) {
			now, win, loss := math.Exp(SignEvidence(w, l)), math.Exp(SignEvidence(w+1, l)), math.Exp(SignEvidence(w, l+1))
			if math.Abs((win+loss)/2-now) > 1e-10*now || win < loss {
				t.Fatalf("%d:%d stands at %g, then %g or %g", w, l, now, win, loss)
			}
		}
	}
}

// What the evidence promises, reckoned exactly: of all the ways that 1,000 fair
// pairs can go, those in which it reaches 1/alpha at any time weigh alpha at
// most, and not so much less that it were of no use.
func TestSignEvidenceNeverMisleadsTooOften(t *testing.T) {
	const looks = 1000
	for _, alpha := range []float64{0.05, 0.025, 0.01} {
		need := math.Log(1 / alpha)
		open, crossed := []float64{1}, 0.0 // weight of the wins so far, not having crossed
		for n := int64(1); n <= looks; n++ {
			next := make([]float64, n+1)
			for w, weight := range open {
				next[w] += weight / 2
				next[w+1] += weight / 2
			}
			for w := n; w > n/2 && SignEvidence(w, n-w) >= need; w-- {
				crossed += next[w]
				next[w] = 0
			}
			open = next
		}
		t.Logf("alpha %g: %g", alpha, crossed)
		if crossed > alpha || crossed < alpha/4 {
			t.Errorf("alpha %g is reached with a probability of %g", alpha, crossed)
		}
	}
}

// The rule for k engines, all alike and asked in turn: one is named that has
// evidence of 2k/alpha, which leaves the other half of alpha to the widths,
// against every other. 1,000 runs of up to 1,000 looks each name one in less than
// half of 5 % of them.
func TestFirstOfEqualsIsSeldomNamed(t *testing.T) {
	const runs, looks, alpha = 1000, 1000, 0.05
	for _, k := range []int{2, 3, 4} {
		enough := make([]int64, looks+1) // the fewest wins of so many pairs
		for n := range int64(looks + 1) {
			w := n / 2
			for w <= n && SignEvidence(w, n-w) < math.Log(2*float64(k)/alpha) {
				w++
			}
			enough[n] = w
		}
		rng := rand.New(rand.NewPCG(91, uint64(k)))
		named := 0
		for range runs {
			if nameFirst(rng, k, enough) {
				named++
			}
		}
		t.Logf("%d engines: named in %d of %d", k, named, runs)
		if float64(named) > alpha/2*runs {
			t.Errorf("%d engines: named in %d of %d", k, named, runs)
		}
	}
}

// nameFirst says whether an engine of k was ever named.
func nameFirst(rng *rand.Rand, k int, enough []int64) bool {
	wins, times := make([][]int64, k), make([]float64, k)
	for i := range wins {
		wins[i] = make([]int64, k)
	}
	for n := 1; n < len(enough); n++ {
		for i := range times {
			times[i] = rng.Float64()
		}
		for i := range k {
			ahead := true
			for j := range k {
				if times[i] < times[j] {
					wins[i][j]++
				}
				ahead = ahead && (i == j || wins[i][j] >= enough[n])
			}
			if ahead {
				return true
			}
		}
	}
	return false
}

// A win in three pairs of four is told from chance within 44 pairs, and one in
// 64 % of them, as 15 % less with a coefficient of variation of 0.28 makes,
// within 140: half as many again as a test of a number of pairs that was decided
// on beforehand takes for a power of 80 %.
func TestSignEvidenceIsSoonEnough(t *testing.T) {
	for _, c := range []struct{ pairs, wins int64 }{{44, 33}, {140, 90}} {
		if got, need := SignEvidence(c.wins, c.pairs-c.wins), math.Log(2/0.05); got < need {
			t.Errorf("%d wins of %d pairs weigh %g, want %g", c.wins, c.pairs, got, need)
		}
	}
}

// Looked at after every one of 1,000 observations, of distributions with ties
// and without, the sequence leaves out the median in 5 % of the runs at most.
func TestMedianSequenceEverCovers(t *testing.T) {
	runs, margin := draws(300)
	for name, c := range map[string]struct {
		draw   func(*rand.Rand) float64
		median float64
	}{"skewed": {lognormal(1), 1}, "tied": {tied, 4}} {
		rng := rand.New(rand.NewPCG(41, 42))
		missed := 0
		for range runs {
			var s Sorted
			for range 1000 {
				x := c.draw(rng)
				at, _ := slices.BinarySearch(s, x)
				s = slices.Insert(s, at, x)
				if ci, ok := MedianSequence(s, 0.95); ok && (c.median < ci.Low || ci.High < c.median) {
					missed++
					break
				}
			}
		}
		if limit := (0.05 + margin) * float64(runs); float64(missed) > limit {
			t.Errorf("%s: the median was left out at some time in %d of %d runs, want %.0f at most", name, missed, runs, limit)
		}
	}
}

// A sequence pays for being looked at, but by a bearable width.
func TestMedianSequenceWidth(t *testing.T) {
	for _, n := range []int{7, 8, 50, 200, 1000, 100_000} {
		s := make(Sorted, n)
		for i := range s {
			s[i] = float64(i + 1)
		}
		ci, ok := MedianSequence(s, 0.95)
		if ok != (n >= 8) {
			t.Fatalf("n %d: interval %t", n, ok)
		}
		if !ok {
			continue
		}
		low, high, _ := QuantileInterval(s, 0.5, 0.95)
		if ci.Low > low || ci.High < high || ci.Low+ci.High != float64(n+1) || ci.Width() > 2.3*(high-low)+2 {
			t.Errorf("n %d: %v beside %g..%g", n, ci, low, high)
		}
	}
}
