package chart

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNumbers(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.8449: "0.845", 55.34: "55.3", 984.4: "984", 1146.7: "1,147", 1234567: "1,234,567", -1234.5: "-1,234",
		0.00012345: "0.000123", 1e15: "1e+15", 1e-12: "1e-12", 10: "10.0", 999.96: "1,000",
	} {
		if got := number(v); got != want {
			t.Errorf("number(%v) is %q, want %q", v, got, want)
		}
	}
	if got := decimal(1234.5, -1); got != "1,234.5" {
		t.Errorf("as many decimals as it has: %q", got)
	}
}

func TestScales(t *testing.T) {
	for name, c := range map[string]struct {
		s            spread
		log, rounded bool
		want         []string
	}{
		"from zero":         {spread{3, 47, true}, false, true, []string{"0", "10", "20", "30", "40", "50"}},
		"far from zero":     {spread{90, 96, true}, false, true, []string{"90", "92", "94", "96"}},
		"not rounded":       {spread{91, 97, true}, false, false, []string{"92", "94", "96"}},
		"fractions":         {spread{0, 0.5, true}, false, true, []string{"0.0", "0.1", "0.2", "0.3", "0.4", "0.5"}},
		"thousands":         {spread{0, 12000, true}, false, true, []string{"0", "5,000", "10,000", "15,000"}},
		"one number":        {spread{7, 7, true}, false, true, []string{"0", "2", "4", "6", "8"}},
		"zero":              {spread{0, 0, true}, false, true, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		"nothing":           {spread{}, false, true, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		"below zero":        {spread{-4, 4, true}, false, true, []string{"-4", "-2", "0", "2", "4"}},
		"logarithmic":       {spread{3, 80, true}, true, true, []string{"2", "5", "10", "20", "50", "100"}},
		"many decades":      {spread{0.02, 70000, true}, true, true, []string{"1", "100", "10,000"}},
		"no log of zero":    {spread{0, 47, true}, true, true, []string{"0", "10", "20", "30", "40", "50"}},
		"log of one number": {spread{7, 7, true}, true, true, []string{"5", "10"}},
	} {
		var got []string
		for _, tick := range newScale(c.s, c.log, c.rounded, 0, 100, 5).ticks {
			got = append(got, tick.Label)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAScaleHoldsWhateverItIsAsked(t *testing.T) {
	for _, s := range []spread{{1, 1000, true}, {-5, 5, true}, {}, {1e-99, 1e99, true}, {-1e99, 1e99, true}} {
		for _, log := range []bool{false, true} {
			scale := newScale(s, log, true, 10, 100, 5)
			for _, v := range []float64{0, -1, 1, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64} {
				if at := scale.at(v); at < 10 || at > 110 {
					t.Errorf("%v log=%v: %v is at %d", s, log, v, at)
				}
			}
			if n := len(scale.ticks); n == 0 || n > mostTicks {
				t.Errorf("%v log=%v: %d ticks", s, log, n)
			}
		}
	}
}
