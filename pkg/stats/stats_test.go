package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat/distuv"
)

// The percentiles that results carry.
var percentiles = []float64{0.5, 0.9, 0.95, 0.99, 0.999}

func TestRank(t *testing.T) {
	for _, c := range []struct {
		n    int64
		p    float64
		want int64
	}{
		{1, 0, 1}, {1, 0.5, 1}, {1, 1, 1}, {4, 0.5, 2}, {5, 0.5, 3}, {20, 0.95, 19}, {21, 0.95, 20},
		{100, 0.99, 99}, {101, 0.99, 100}, {1000, 0.999, 999}, {10, 0, 1}, {10, 1, 10},
		// Products that floating point puts on the wrong side of a whole number.
		{100, 0.07, 7}, {100, 0.29, 29}, {10_000_000, 0.999, 9_990_000}, {10_000_000, 0.0000007, 7},
	} {
		if got := Rank(c.n, c.p); got != c.want {
			t.Errorf("Rank(%d, %g) = %d, want %d", c.n, c.p, got, c.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	s := Sorted{15, 20, 35, 40, 50}
	for _, c := range []struct{ p, want float64 }{{0.05, 15}, {0.3, 20}, {0.4, 20}, {0.5, 35}, {1, 50}, {0, 15}} {
		if got, ok := Quantile(s, c.p); !ok || got != c.want {
			t.Errorf("Quantile(%g) = %g, %t; want %g", c.p, got, ok, c.want)
		}
	}
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		if got, ok := Quantile(s, p); ok {
			t.Errorf("Quantile(%g) = %g, want none", p, got)
		}
	}
	if _, ok := Quantile(Sorted{}, 0.5); ok {
		t.Error("an empty sample has a median")
	}
	if _, ok := Quantile(&Counted{}, 0.5); ok {
		t.Error("an empty histogram has a median")
	}
}

// The defining property: r is the first rank at which the empirical
// distribution reaches p.
func TestRankIsTheInverseOfTheEmpiricalDistribution(t *testing.T) {
	for n := int64(1); n <= 400; n++ {
		for thousandth := int64(1); thousandth <= 1000; thousandth++ {
			want := (thousandth*n + 999) / 1000 // whole numbers throughout
			if got := Rank(n, float64(thousandth)/1000); got != want {
				t.Fatalf("Rank(%d, %d/1000) = %d, want %d", n, thousandth, got, want)
			}
		}
	}
}

// The interval of the median leaves out as many observations on each side as
// the critical value of the sign test says. Values: Triola, Elementary
// Statistics, table A-7, two tails (the same as Dixon and Mood, "The
// Statistical Sign Test", JASA 41, 1946); -1 where the table has none.
func TestMedianIntervalAgreesWithSignTestTables(t *testing.T) {
	for alpha, critical := range map[float64][]int64{
		0.05: {-1, -1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7},
		0.01: {-1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5},
	} {
		for i, r := range critical {
			n := int64(i + 1)
			got, ok := IntervalRanks(n, 0.5, 1-alpha)
			want := Ranks{}
			if r >= 0 {
				want = Ranks{Low: r + 1, High: n - r}
			}
			if diff := cmp.Diff(want, got); diff != "" || ok != (r >= 0) {
				t.Errorf("n=%d level=%g (ok %t) (-table +got):\n%s", n, 1-alpha, ok, diff)
			}
		}
	}
}

// Wilks, "Determination of Sample Sizes for Setting Tolerance Limits", Annals
// of Mathematical Statistics 12 (1941): the sample whose largest observation
// bounds a share p with a one-sided confidence. Two such tails make our level.
func TestMinSamplesAgreesWithWilks(t *testing.T) {
	for _, c := range []struct {
		p, oneSided float64
		want        int
	}{
		{0.9, 0.95, 29}, {0.95, 0.95, 59}, {0.99, 0.95, 299},
		{0.9, 0.99, 44}, {0.95, 0.99, 90}, {0.99, 0.99, 459},
	} {
		if got := MinSamples(c.p, 1-2*(1-c.oneSided)); got != c.want {
			t.Errorf("p=%g at one-sided %g: %d samples, want %d", c.p, c.oneSided, got, c.want)
		}
	}
}

func TestMinSamples(t *testing.T) {
	for _, c := range []struct {
		p, level float64
		want     int
	}{
		{0.5, 0.95, 6}, {0.9, 0.95, 36}, {0.95, 0.95, 72}, {0.99, 0.95, 368}, {0.999, 0.95, 3688},
		{0.5, 0.99, 8}, {0.5, 0.9375, 5}, {0.1, 0.95, 36}, {0.5, 0.5, 2},
		{0, 0.95, math.MaxInt}, {1, 0.95, math.MaxInt}, {0.5, 0, math.MaxInt}, {0.5, 1, math.MaxInt},
		{math.NaN(), 0.95, math.MaxInt}, {0.5, math.NaN(), math.MaxInt}, {1 - 1e-16, 0.95, math.MaxInt},
	} {
		if got := MinSamples(c.p, c.level); got != c.want {
			t.Errorf("MinSamples(%g, %g) = %d, want %d", c.p, c.level, got, c.want)
		}
	}
}

// For every n the interval exists exactly from MinSamples on, holds the
// nearest rank, and covers with its level at least; gonum's binomial, which
// computes by another way, is the judge.
func TestIntervalRanksKeepTheirPromise(t *testing.T) {
	sizes := []int64{1000, 3687, 3688, 12345}
	for n := int64(1); n <= 500; n++ {
		sizes = append(sizes, n)
	}
	for _, level := range []float64{0.5, 0.8, 0.9, 0.95, 0.99, 0.999} {
		for _, p := range append([]float64{0.01, 0.25}, percentiles...) {
			for _, n := range sizes {
				r, ok := IntervalRanks(n, p, level)
				if ok != (n >= int64(MinSamples(p, level))) || ok != Supports(n, p, level) {
					t.Fatalf("n=%d p=%g level=%g: interval %t, MinSamples %d", n, p, level, ok, MinSamples(p, level))
				}
				if !ok {
					continue
				}
				checkRanks(t, n, p, level, r)
			}
		}
	}
}

func checkRanks(t *testing.T, n int64, p, level float64, r Ranks) {
	t.Helper()
	if !(1 <= r.Low && r.Low <= Rank(n, p) && Rank(n, p) <= r.High && r.High <= n) {
		t.Fatalf("n=%d p=%g level=%g: ranks %v do not hold %d", n, p, level, r, Rank(n, p))
	}
	b := distuv.Binomial{N: float64(n), P: p}
	share := (1 - level) / 2 * (1 + 1e-8)
	low, high := b.CDF(float64(r.Low-1)), b.Survival(float64(r.High-1))
	if low > share || high > share {
		t.Fatalf("n=%d p=%g level=%g: ranks %v leave %g below and %g above", n, p, level, r, low, high)
	}
	if r.Low < Rank(n, p) && b.CDF(float64(r.Low)) <= share/(1+2e-8) {
		t.Fatalf("n=%d p=%g level=%g: rank %d is lower than it need be", n, p, level, r.Low)
	}
	if r.High > Rank(n, p) && b.Survival(float64(r.High-2)) <= share/(1+2e-8) {
		t.Fatalf("n=%d p=%g level=%g: rank %d is higher than it need be", n, p, level, r.High)
	}
}

// Large samples: the ranks must be those of the normal approximation to within
// its own error, which shrinks against the interval's width.
func TestIntervalRanksOfLargeSamples(t *testing.T) {
	z := distuv.UnitNormal.Quantile(0.975)
	for _, n := range []int64{1e5, 1e6, 1e7} {
		for _, p := range percentiles {
			r, ok := IntervalRanks(n, p, 0.95)
			mean, sd := float64(n)*p, math.Sqrt(float64(n)*p*(1-p))
			skew := (1 - 2*p) / 6 * (z*z - 1) // Cornish-Fisher, first term
			if !ok || math.Abs(float64(r.Low)-(mean-z*sd+skew)) > 2 || math.Abs(float64(r.High)-(mean+z*sd+skew+1)) > 2 {
				t.Errorf("n=%d p=%g: ranks %v (%t), normal approximation %.1f..%.1f", n, p, r, ok, mean-z*sd+skew, mean+z*sd+skew+1)
			}
		}
	}
}

func TestQuantileInterval(t *testing.T) {
	s := make(Sorted, 100)
	for i := range s {
		s[i] = float64(i + 1)
	}
	low, high, ok := QuantileInterval(s, 0.5, 0.95)
	if !ok || low != 40 || high != 61 { // sign test, n = 100, 5 %: critical value 39
		t.Errorf("median interval %g..%g (%t), want 40..61", low, high, ok)
	}
	if _, _, ok := QuantileInterval(s, 0.99, 0.95); ok {
		t.Error("100 observations have an interval of p99")
	}
}

// A counted sample is the same sample as its observations one by one.
func TestCountedAgreesWithSorted(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var counted Counted
		var single Sorted
		value := -50.0
		for range 1 + rng.IntN(30) {
			value += rng.Float64() + 1e-9
			n := rng.Int64N(40) - 2 // below 1 adds nothing
			counted.Add(value, n)
			for range n {
				single = append(single, value)
			}
		}
		if counted.N() != single.N() {
			t.Fatalf("N = %d, want %d", counted.N(), single.N())
		}
		for _, p := range append([]float64{0, 0.01, 1}, percentiles...) {
			got, gotOK := Quantile(&counted, p)
			want, wantOK := Quantile(single, p)
			gotLow, gotHigh, gotCI := QuantileInterval(&counted, p, 0.95)
			wantLow, wantHigh, wantCI := QuantileInterval(single, p, 0.95)
			if got != want || gotOK != wantOK || gotLow != wantLow || gotHigh != wantHigh || gotCI != wantCI {
				t.Fatalf("p=%g of %d: counted %g [%g, %g], single %g [%g, %g]", p, single.N(), got, gotLow, gotHigh, want, wantLow, wantHigh)
			}
		}
	}
}

// Quantiles rise with p, and a higher level never narrows an interval.
func TestMonotony(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		s := make(Sorted, 10+rng.IntN(2000))
		for i := range s {
			s[i] = math.Round(rng.ExpFloat64() * 20)
		}
		slices.Sort(s)
		before := math.Inf(-1)
		for _, p := range percentiles {
			q, _ := Quantile(s, p)
			if q < before {
				t.Fatalf("the quantile falls from %g to %g at p=%g", before, q, p)
			}
			before = q
			narrow, okNarrow := IntervalRanks(s.N(), p, 0.9)
			wide, okWide := IntervalRanks(s.N(), p, 0.99)
			if okWide && (!okNarrow || wide.Low > narrow.Low || wide.High < narrow.High) {
				t.Fatalf("n=%d p=%g: 99 %% %v is narrower than 90 %% %v", s.N(), p, wide, narrow)
			}
		}
	}
}

// Samples drawn again and again: the interval covers the true quantile in a
// share of level at least, whatever the distribution. The limit is three
// standard errors below level, so an interval that is right on average fails
// with a chance of about one in a thousand, and the seed is fixed.
func TestCoverage(t *testing.T) {
	const level, draws = 0.95, 4000
	limit := level - 3*math.Sqrt(level*(1-level)/draws)
	for _, d := range []struct {
		name     string
		draw     func(*rand.Rand) float64
		quantile func(p float64) float64
	}{
		{"skewed", func(r *rand.Rand) float64 { return math.Exp(2 * r.NormFloat64()) },
			func(p float64) float64 { return math.Exp(2 * distuv.UnitNormal.Quantile(p)) }},
		{"tied", func(r *rand.Rand) float64 { return math.Floor(r.ExpFloat64() * 3) },
			func(p float64) float64 { return math.Ceil(-3*math.Log1p(-p)) - 1 }},
		{"two values", func(r *rand.Rand) float64 { return float64(r.IntN(10) / 9) },
			func(p float64) float64 { return map[bool]float64{true: 1}[p > 0.9] }},
	} {
		for _, c := range []struct {
			n int
			p float64
		}{{6, 0.5}, {37, 0.5}, {50, 0.9}, {100, 0.95}, {400, 0.99}} {
			rng := rand.New(rand.NewPCG(uint64(c.n), 7)) //nolint:gosec // a size
			covered := 0
			s := make(Sorted, c.n)
			for range draws {
				for i := range s {
					s[i] = d.draw(rng)
				}
				slices.Sort(s)
				low, high, ok := QuantileInterval(s, c.p, level)
				if q := d.quantile(c.p); ok && low <= q && q <= high {
					covered++
				}
			}
			if share := float64(covered) / draws; share < limit {
				t.Errorf("%s, n=%d, p=%g: covered %.4f of the time, want %.4f", d.name, c.n, c.p, share, limit)
			}
		}
	}
}

func BenchmarkIntervalRanks(b *testing.B) {
	for b.Loop() {
		IntervalRanks(10_000_000, 0.5, 0.95)
	}
}
