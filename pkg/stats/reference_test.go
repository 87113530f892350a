package stats

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Reference values below that name no other source come from scipy 1.17.1 and
// arch 8.0.0, with lcg(n, phi, seed) written in Python:
//
//	s, v, out = seed, 0.0, []
//	for i in range(n + 50):
//	    s = (s*6364136223846793005 + 1442695040888963407) % 2**64
//	    v = phi*v + ((s >> 11)/2**53 - 0.5)
//	    if i >= 50: out.append(v)
func lcg(n int, phi float64, seed uint64) []float64 {
	out, v := []float64{}, 0.0
	for i := range n + 50 {
		seed = seed*6364136223846793005 + 1442695040888963407
		if v = phi*v + (float64(seed>>11)/(1<<53) - 0.5); i >= 50 {
			out = append(out, v)
		}
	}
	return out
}

func apply(s []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(s))
	for i, x := range s {
		out[i] = f(x)
	}
	return out
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.10g, want %.10g", what, got, want)
	}
}

// Permeability constants of the human chorioamnion at term (a) and between 12
// and 26 weeks (b): Hollander and Wolfe, Nonparametric Statistical Methods,
// table 4.1, the example of R's wilcox.test, whose one-sided p is 0.1272.
var (
	atTerm = []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	early  = []float64{1.15, 0.88, 0.90, 0.74, 1.21}
)

// scipy.stats.mannwhitneyu(b, a, method="exact" or "asymptotic").
func TestMannWhitney(t *testing.T) {
	grow := func(n int, by, from float64) []float64 {
		s := make([]float64, n)
		for i := range s {
			s[i] = float64(i+1)*by + from
		}
		return s
	}
	add := func(by float64) func(float64) float64 { return func(x float64) float64 { return x + by } }
	coarse := func(by float64) func(float64) float64 {
		return func(x float64) float64 { return math.RoundToEven(math.Exp(3*x) * by) }
	}
	for _, c := range []struct {
		name string
		a, b []float64
		u, p float64
	}{
		{"exact, Hollander and Wolfe", atTerm, early, 15, 0.2544122544122544},
		{"exact, 8 and 7", grow(8, 1.1, 0), grow(7, 1.37, 2), 42, 0.1205905205905206},
		{"exact, largest", lcg(49, 0, 3), apply(lcg(49, 0, 4), add(0.12)), 1556, 0.011216251612281592},
		{"normal", lcg(80, 0, 3), apply(lcg(70, 0, 4), add(0.12)), 3625, 0.0018964889577176727},
		{"ties, small", []float64{10, 12, 12, 13, 15, 15, 15, 18}, []float64{12, 14, 15, 16, 18, 19, 20}, 42, 0.11326762363401209},
		{"ties", apply(lcg(60, 0, 7), coarse(10)), apply(lcg(55, 0, 8), coarse(11)), 1723.5, 0.6819570192717934},
		{"all equal", []float64{1, 1, 1}, []float64{1, 1}, 3, 1},
		{"one each", []float64{1}, []float64{2}, 1, 1},
	} {
		u, p, ok := MannWhitney(c.a, c.b)
		if !ok || u != c.u {
			t.Errorf("%s: u %g (%t), want %g", c.name, u, ok, c.u)
		}
		near(t, c.name, p, c.p, 1e-12)
		if v, q, _ := MannWhitney(c.b, c.a); v != float64(len(c.a)*len(c.b))-u || math.Abs(p-q) > 1e-12 {
			t.Errorf("%s: the other way round u %g p %g, which does not fit %g and %g", c.name, v, q, u, p)
		}
	}
	if _, _, ok := MannWhitney(nil, early); ok {
		t.Error("an empty sample was tested")
	}
	if _, _, ok := MannWhitney([]float64{math.NaN()}, early); ok {
		t.Error("no number was tested")
	}
}

// Against all differences written down. The ranks: R's qwilcox(0.025, 10, 5) =
// 9 and qwilcox(0.025, 4, 5) = 2; n of 80 and 70 by scipy.stats.norm.ppf.
func TestHodgesLehmann(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []float64
		rank int
	}{
		{"Hollander and Wolfe", atTerm, early, 9},
		{"small", atTerm[:4], early, 2},
		{"normal", lcg(80, 0, 3), lcg(70, 0, 4), 2279},
	} {
		var all []float64
		for _, x := range c.a {
			for _, y := range c.b {
				all = append(all, y-x)
			}
		}
		slices.Sort(all)
		n := len(all)
		shift, ci, ok := HodgesLehmann(c.a, c.b, 0.95)
		if want := (Interval{all[c.rank-1], all[n-c.rank]}); !ok || ci != want {
			t.Errorf("%s: interval %v (%t), want %v", c.name, ci, ok, want)
		}
		near(t, c.name, shift, (all[(n-1)/2]+all[n/2])/2, 1e-15)
	}
	if _, _, ok := HodgesLehmann(atTerm[:3], early[:3], 0.95); ok {
		t.Error("three and three have a 95 % interval, though one of twenty orders is 5 % alone")
	}
	// 0.305 is the estimate of R's wilcox.test(x, y, conf.int = TRUE).
	shift, _, _ := HodgesLehmann(early, atTerm, 0.95)
	near(t, "published shift", shift, 0.305, 1e-12)
}

func TestHodgesLehmannOfManyPairs(t *testing.T) {
	a, b := lcg(10_000, 0, 1), apply(lcg(10_000, 0, 99), func(x float64) float64 { return x + 0.25 })
	shift, ci, ok := HodgesLehmann(a, b, 0.99)
	if !ok || !(ci.Low < 0.25 && 0.25 < ci.High) || ci.Width() > 0.05 {
		t.Errorf("shift %g in %v (%t), want 0.25", shift, ci, ok)
	}
}

// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm"), from Holm's definition.
func TestHolm(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}},
		{[]float64{0.01, nan, 0.04}, []float64{0.02, nan, 0.04}},
		{[]float64{0.5, 0.9, 0.6}, []float64{1, 1, 1}},
		{[]float64{}, []float64{}},
	} {
		if diff := cmp.Diff(c.want, Holm(c.p), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-15)); diff != "" {
			t.Errorf("Holm(%v) (-want +got):\n%s", c.p, diff)
		}
	}
}

// Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
func TestProportion(t *testing.T) {
	for _, c := range []struct {
		some, n   int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {20, 20, 0.8389, 1}} {
		ci, ok := Proportion(c.some, c.n, 0.95)
		if !ok || (c.some == 0) != (ci.Low == 0) || (c.some == c.n) != (ci.High == 1) {
			t.Errorf("%d of %d: %v (%t)", c.some, c.n, ci, ok)
		}
		near(t, "low", ci.Low, c.low, 5e-5)
		near(t, "high", ci.High, c.high, 5e-5)
	}
	for _, c := range [][2]int64{{0, 0}, {-1, 5}, {6, 5}} {
		if ci, ok := Proportion(c[0], c[1], 0.95); ok {
			t.Errorf("%d of %d have the interval %v", c[0], c[1], ci)
		}
	}
}

// Intervals: Newcombe, Statistics in Medicine 17 (1998), 873-890, table II,
// method 10, whose difference is the first less the second. p: Fisher's by
// scipy.stats.fisher_exact, the others by chi2_contingency(correction=False).
func TestDifferenceOfProportions(t *testing.T) {
	for _, c := range []struct {
		someB, nB, someA, nA int64
		low, high            float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090}, {6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926}, {0, 10, 0, 20, -0.1611, 0.2775}, {10, 10, 0, 20, 0.6791, 1},
	} {
		d, ok := DifferenceOfProportions(c.someA, c.nA, c.someB, c.nB, 0.95)
		if !ok {
			t.Errorf("%v has no difference", c)
		}
		near(t, "low", d.CI.Low, c.low, 5e-5)
		near(t, "high", d.CI.High, c.high, 5e-5)
	}
	for _, c := range []struct {
		someA, nA, someB, nB int64
		p                    float64
	}{
		{0, 20, 4, 18, 0.04145498882340987}, {1, 30, 7, 28, 0.023206538189890023}, {3, 100, 0, 120, 0.09237149679527461},
		{56, 70, 48, 80, 0.008045081368196585}, {0, 50, 0, 50, 1}, {50, 50, 60, 60, 1},
	} {
		d, _ := DifferenceOfProportions(c.someA, c.nA, c.someB, c.nB, 0.95)
		near(t, "p", d.PValue, c.p, 1e-9)
	}
	if _, ok := DifferenceOfProportions(0, 0, 1, 2, 0.95); ok {
		t.Error("no trials have a proportion")
	}
}

// The circular length that arch.bootstrap's _single_optimal_block gives for
// lcg(n, phi, 42), before it is rounded up, with opt_m = i - kn - 1: the last
// lag that counts, as in the paper, where arch takes the first that does not.
func TestAutoBlock(t *testing.T) {
	for _, c := range []struct {
		n    int
		phi  float64
		want float64
	}{{200, 0, 0.09917580342757906}, {200, 0.3, 3.550984713626945}, {200, 0.5, 6.667120555870983}, {500, 0.5, 9.768680706748416}, {1000, 0.8, 24.789182003699995}, {300, -0.4, 3.1617208849162775}} {
		if got := AutoBlock(lcg(c.n, c.phi, 42)); got != int(math.Ceil(c.want)) {
			t.Errorf("n %d phi %g: %d, want %g rounded up", c.n, c.phi, got, c.want)
		}
	}
	for name, s := range map[string][]float64{"short": {1, 2}, "constant": make([]float64, 50), "no number": append(lcg(50, 0.9, 1), math.NaN())} {
		if got := AutoBlock(s); got != 1 {
			t.Errorf("%s: %d, want 1", name, got)
		}
	}
}

// scipy.stats.bootstrap((a,), f, n_resamples=200000, method="BCa") of a =
// exp(3 lcg(100, 0, 5)), quantiles by numpy's method="inverted_cdf". Ours draws
// 20,000, so both ends may be off by a few hundredths of a standard error, or by
// one observation.
func TestBCaAgreesWithScipy(t *testing.T) {
	a := apply(lcg(100, 0, 5), func(x float64) float64 { return math.Exp(3 * x) })
	sorted := sortedCopy(a)
	for _, c := range []struct {
		name      string
		of        Statistic
		estimate  float64
		low, high float64
	}{
		{"mean", Mean, 1.2737551555542546, 1.0793357938840553, 1.5080546250805784},
		{"p50", QuantileOf(0.5), 0.829529979293257, 0.6617666641553998, 0.9837903947568936},
		{"p90", QuantileOf(0.9), 3.0262173828892114, 2.5267479700731243, 3.386262822591494},
	} {
		near(t, c.name, c.of(sorted), c.estimate, 1e-12)
		ci, ok := BCa(a, c.of, Resampling{Level: 0.95, Resamples: 20_000, Seed: 3})
		if !ok {
			t.Errorf("%s has no interval", c.name)
		}
		if c.name == "mean" {
			near(t, c.name, ci.Low, c.low, 0.008)
			near(t, c.name, ci.High, c.high, 0.008)
			continue
		}
		for end, pair := range map[string][2]float64{"low": {ci.Low, c.low}, "high": {ci.High, c.high}} {
			i, found := slices.BinarySearch(sorted, pair[0])
			j, _ := slices.BinarySearch(sorted, pair[1]-1e-9)
			if !found || i-j > 1 || j-i > 1 {
				t.Errorf("%s %s: %g is observation %d, scipy's %g is %d", c.name, end, pair[0], i, pair[1], j)
			}
		}
	}
}

// By hand: half the width must shrink from 20 to 10 for the difference to be
// significant half of the time, four times as many; (1 + 0.8416/1.9600)^2 is
// 2.0431 for 80 %.
func TestSamplesToSettle(t *testing.T) {
	wide := Interval{Low: -10, High: 30}
	for _, c := range []struct {
		d    Difference
		n    int
		want int
	}{
		{Difference{Estimate: 10, CI: wide}, 100, 818},
		{Difference{Estimate: 10, CI: Interval{1, 19}}, 100, 100},
		{Difference{Estimate: 0, CI: Interval{-10, 10}}, 100, math.MaxInt},
		{Difference{Estimate: 1e-6, CI: Interval{-10, 10}}, 100, math.MaxInt},
		{Difference{Estimate: math.NaN(), CI: wide}, 100, math.MaxInt},
		{Difference{Estimate: 10, CI: wide}, 0, math.MaxInt},
	} {
		if got := SamplesToSettle(c.d, c.n, 0.95); got != c.want {
			t.Errorf("%+v of %d: %d, want %d", c.d, c.n, got, c.want)
		}
	}
}
