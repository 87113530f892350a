package load

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mathext"
)

// gaps are the first n gaps of a pacer, in seconds.
func gaps(g Gamma, seed uint64, n int) []float64 {
	var all []float64
	last := time.Duration(0)
	for _, at := range take(g, seed, math.MaxInt64, n) {
		all = append(all, (at - last).Seconds())
		last = at
	}
	return all
}

// The seeds are fixed, so the sample either has the distribution or never does.
func TestGammaGapsHaveTheirDistribution(t *testing.T) {
	const n, perS = 50_000, 20.0
	for _, burstiness := range []float64{0.25, 0.9, 1, 1.5, 4, 100} {
		t.Run(fmt.Sprintf("burstiness %g", burstiness), func(t *testing.T) {
			all := gaps(Gamma{Rate: perS, Burstiness: burstiness}, 3, n)
			var sum, squares float64
			for _, gap := range all {
				sum += gap
				squares += (gap - 1/perS) * (gap - 1/perS)
			}
			cv := 1 / math.Sqrt(burstiness)
			near(t, "mean gap", sum/n, 1/perS, 4*cv/perS/math.Sqrt(n))
			near(t, "coefficient of variation", math.Sqrt(squares/n)*perS, cv, 0.04*cv)

			// Kolmogorov-Smirnov: above 1.95 / sqrt(n) once in a thousand samples.
			slices.Sort(all)
			furthest := 0.0
			for i, gap := range all {
				law := mathext.GammaIncReg(burstiness, gap*perS*burstiness)
				furthest = max(furthest, law-float64(i)/n, float64(i+1)/n-law)
			}
			if furthest > 1.95/math.Sqrt(n) {
				t.Errorf("the gaps are %g from their law, want at most %g", furthest, 1.95/math.Sqrt(n))
			}
		})
	}
}

// The draws are part of what a seed promises: the same seed gives the same run
// in every build.
func TestGammaIsPinnedByItsSeed(t *testing.T) {
	for _, c := range []struct {
		pacer Gamma
		seed  uint64
		want  []time.Duration
	}{
		{Gamma{Rate: 5, Burstiness: 1}, 1, []time.Duration{91037959, 132008744, 162236127}},
		{Gamma{Rate: 5, Burstiness: 1}, 2, []time.Duration{32788379, 508149419, 647069361}},
		{Gamma{Rate: 5, Burstiness: 0.25}, 1, []time.Duration{14907, 527917732, 529137749}},
		{Gamma{Rate: 5, Burstiness: 4}, 1, []time.Duration{99505306, 346358978, 538352169}},
	} {
		if diff := cmp.Diff(c.want, take(c.pacer, c.seed, time.Hour, 3)); diff != "" {
			t.Errorf("%+v, seed %d (-want +got):\n%s", c.pacer, c.seed, diff)
		}
	}
}

func TestArrivalsEndBeforeTheyOverflow(t *testing.T) {
	for _, p := range []Pacer{Gamma{Rate: 1e-12, Burstiness: 1}, Burst{Size: 1, Every: longest - 1}} {
		last := time.Duration(-1)
		for at := range p.Arrivals(1) {
			if at <= last || at >= longest {
				t.Fatalf("%+v: %v comes after %v", p, at, last)
			}
			last = at
		}
	}
}
