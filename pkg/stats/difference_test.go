package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// Of normal samples, the bootstrap of the difference of means must come to what
// Welch's t-test says.
func TestBootstrapDifferenceAgreesWithWelch(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	for range 20 {
		a, b := make([]float64, 40), make([]float64, 30)
		for i := range a {
			a[i] = 10 + rng.NormFloat64()
		}
		for i := range b {
			b[i] = 10.7 + 2*rng.NormFloat64()
		}
		d, ok := BootstrapDifference(a, b, Mean, Resampling{Level: 0.95, Resamples: 10_000, Seed: 1, Block: 1})
		va, vb := variance(a)/40, variance(b)/30
		student := distuv.StudentsT{Sigma: 1, Nu: (va + vb) * (va + vb) / (va*va/39 + vb*vb/29)}
		diff, deviation := Mean(b)-Mean(a), math.Sqrt(va+vb)
		if !ok {
			t.Fatal("no difference")
		}
		near(t, "estimate", d.Estimate, diff, 1e-12)
		half := student.Quantile(0.975) * deviation
		near(t, "low", d.CI.Low, diff-half, 0.2*deviation)
		near(t, "high", d.CI.High, diff+half, 0.2*deviation)
		near(t, "p", d.PValue, 2*student.Survival(math.Abs(diff)/deviation), 0.03)
		if significant := d.CI.Low > 0 || d.CI.High < 0; significant != (d.PValue < 0.05) && math.Abs(d.PValue-0.05) > 0.002 {
			t.Errorf("p %g does not go with %v", d.PValue, d.CI)
		}
	}
}

// Where there is no difference, p falls below 5 % in about 5 % of the runs, and
// the interval covers 0 in about 95 %.
func TestDifferencesKeepTheirLevel(t *testing.T) {
	type pair func(*rand.Rand) (a, b []float64)
	apart := func(sample func(*rand.Rand) []float64) pair {
		return func(rng *rand.Rand) (a, b []float64) { return sample(rng), sample(rng) }
	}
	together := func(rng *rand.Rand) (a, b []float64) { // a common drift, and own noise
		common := autoregressive(rng, 200, 0.8)
		a, b = make([]float64, 200), make([]float64, 200)
		for i, c := range common {
			a[i], b[i] = c+math.Exp(0.5*rng.NormFloat64()), c+math.Exp(0.5*rng.NormFloat64())
		}
		return a, b
	}
	bootstrap := func(by func(a, b []float64, of Statistic, r Resampling) (Difference, bool), of Statistic) func(a, b []float64, seed uint64) (Difference, bool) {
		return func(a, b []float64, seed uint64) (Difference, bool) {
			return by(a, b, of, Resampling{Level: 0.95, Resamples: 300, Seed: seed})
		}
	}
	for _, c := range []struct {
		name  string
		pair  pair
		by    func(a, b []float64, seed uint64) (Difference, bool)
		least float64
	}{
		{"skewed, mean", apart(independent(100, lognormal(0.5))), bootstrap(BootstrapDifference, Mean), 0.93},
		{"skewed, p50", apart(independent(100, lognormal(0.5))), bootstrap(BootstrapDifference, QuantileOf(0.5)), 0.93},
		{"skewed AR 0.5, mean", apart(loaded(200, 0.5)), bootstrap(BootstrapDifference, Mean), 0.93},
		{"pairs, mean", together, bootstrap(PairedDifference, Mean), 0.93},
		{"pairs, p50", together, bootstrap(PairedDifference, QuantileOf(0.5)), 0.93},
		{"Hodges-Lehmann, skewed", apart(independent(60, lognormal(0.5))), shifted, 0.93},
		{"Hodges-Lehmann, small", apart(independent(12, lognormal(0.5))), shifted, 0.93},
		{"Hodges-Lehmann, tied", apart(independent(60, tied)), shifted, 0.93},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n, margin := draws(1000)
			rng := rand.New(rand.NewPCG(31, 32))
			covered, rejected := 0, 0
			for i := range n {
				a, b := c.pair(rng)
				d, ok := c.by(a, b, uint64(i))
				if ok && d.CI.Low <= 0 && 0 <= d.CI.High {
					covered++
				}
				if !ok || d.PValue < 0.05 {
					rejected++
				}
			}
			share, wrong := float64(covered)/float64(n), float64(rejected)/float64(n)
			t.Logf("%s: covered %.3f, wrongly rejected %.3f", c.name, share, wrong)
			if share < c.least-margin || wrong > 1-c.least+margin {
				t.Errorf("covered %.3f, want %.2f; wrongly rejected %.3f", share, c.least, wrong)
			}
		})
	}
}

func shifted(a, b []float64, _ uint64) (Difference, bool) {
	shift, ci, ok := HodgesLehmann(a, b, 0.95)
	_, p, tested := MannWhitney(a, b)
	return Difference{Estimate: shift, CI: ci, PValue: p}, ok && tested
}

// What both series share makes pairs tell more than the same values apart.
func TestPairsCancelWhatTheyShare(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	a, b := make([]float64, 100), make([]float64, 100)
	for i := range a {
		shared := 10 * rng.NormFloat64()
		a[i], b[i] = 100+shared+rng.NormFloat64(), 101+shared+rng.NormFloat64()
	}
	r := Resampling{Level: 0.95, Block: 1}
	pairs, ok := PairedDifference(a, b, Mean, r)
	single, okSingle := BootstrapDifference(a, b, Mean, r)
	if !ok || !okSingle || pairs.PValue > 0.01 || single.PValue < 0.1 || pairs.Estimate != single.Estimate || pairs.CI.Width() > single.CI.Width()/5 {
		t.Errorf("pairs %+v, single %+v", pairs, single)
	}
}

func TestResamplingRepeats(t *testing.T) {
	a, b := lcg(300, 0.4, 1), lcg(300, 0.4, 2)
	for _, r := range []Resampling{{Level: 0.95, Seed: 7}, {Level: 0.9, Seed: 7, Block: 1, Resamples: 500}} {
		ci, ok := BCa(a, Mean, r)
		again, okAgain := BCa(slices.Clone(a), Mean, r)
		d, okD := PairedDifference(a, b, QuantileOf(0.9), r)
		dAgain, okDAgain := PairedDifference(a, b, QuantileOf(0.9), r)
		if !ok || !okAgain || ci != again || !okD || !okDAgain || d != dAgain {
			t.Errorf("%+v: %v and %v, %v and %v", r, ci, again, d, dAgain)
		}
	}
	one, _ := BCa(a, Mean, Resampling{Level: 0.95, Seed: 1})
	other, _ := BCa(a, Mean, Resampling{Level: 0.95, Seed: 2})
	if one == other {
		t.Error("the seed changes nothing")
	}
}

func TestNothingToResample(t *testing.T) {
	good := lcg(50, 0, 1)
	bad := map[string]struct {
		sample []float64
		r      Resampling
	}{
		"short":       {good[:MinResampled-1], Resampling{Level: 0.95}},
		"no number":   {append(slices.Clone(good), math.NaN()), Resampling{Level: 0.95}},
		"infinite":    {append(slices.Clone(good), math.Inf(1)), Resampling{Level: 0.95}},
		"level 1":     {good, Resampling{Level: 1}},
		"level 0":     {good, Resampling{}},
		"block":       {good, Resampling{Level: 0.95, Block: -1}},
		"long blocks": {good, Resampling{Level: 0.95, Block: 11}},
	}
	for name, c := range bad {
		if ci, ok := BlockBootstrap(c.sample, Mean, c.r); ok {
			t.Errorf("%s: block bootstrap %v", name, ci)
		}
		if d, ok := BootstrapDifference(good, c.sample, Mean, c.r); ok {
			t.Errorf("%s: difference %v", name, d)
		}
		if d, ok := PairedDifference(c.sample, c.sample, Mean, c.r); ok {
			t.Errorf("%s: pairs %v", name, d)
		}
		if name == "long blocks" {
			continue
		}
		if ci, ok := BCa(c.sample, Mean, c.r); ok {
			t.Errorf("%s: BCa %v", name, ci)
		}
	}
	if _, ok := PairedDifference(good, good[1:], Mean, Resampling{Level: 0.95}); ok {
		t.Error("pairs of unequal samples")
	}
}

// A sample of one value has no spread, and nothing may divide by that.
func TestConstantSamples(t *testing.T) {
	ones, twos := slices.Repeat([]float64{1}, 30), slices.Repeat([]float64{2}, 30)
	r := Resampling{Level: 0.95}
	ci, ok := BCa(ones, Mean, r)
	blocks, okBlocks := BlockBootstrap(ones, Mean, r)
	if point := (Interval{1, 1}); !ok || !okBlocks || ci != point || blocks != point {
		t.Errorf("BCa %v (%t), blocks %v (%t)", ci, ok, blocks, okBlocks)
	}
	d, ok := BootstrapDifference(ones, twos, Mean, r)
	if !ok || d.Estimate != 1 || d.CI != (Interval{1, 1}) || !(d.PValue < 0.01) {
		t.Errorf("difference %+v (%t)", d, ok)
	}
	if d, ok := BootstrapDifference(ones, ones, Mean, r); !ok || d.PValue != 1 {
		t.Errorf("no difference %+v (%t)", d, ok)
	}
}

// Groups stand in for single observations in a large sample's jackknife.
func TestJackknifeOfGroups(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	sorted := make(Sorted, 50_000)
	for i := range sorted {
		sorted[i] = rng.ExpFloat64()
	}
	slices.Sort(sorted)
	want := 2 / (6 * math.Sqrt(50_000)) // skewness of the exponential: 2
	if got := skewOfInfluence(jackknife(sorted, Mean, rng)); math.Abs(got-want) > want/2 {
		t.Errorf("acceleration %g, want %g", got, want)
	}
}
