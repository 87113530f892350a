package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// methods are every interval of one or two samples here, as a function of both.
// Each gives an estimate beside its interval.
func methods(level float64) map[string]func(a, b []float64) (estimate float64, ci Interval, ok bool) {
	r := Resampling{Level: level, Resamples: 400, Seed: 7}
	median := QuantileOf(0.5)
	of := func(d Difference, ok bool) (float64, Interval, bool) { return d.Estimate, d.CI, ok }
	return map[string]func(a, b []float64) (float64, Interval, bool){
		"order statistics": func(a, _ []float64) (float64, Interval, bool) {
			s := Sorted(slices.Sorted(slices.Values(a)))
			q, _ := Quantile(s, 0.5)
			low, high, ok := QuantileInterval(s, 0.5, level)
			return q, Interval{low, high}, ok
		},
		"BCa": func(a, _ []float64) (float64, Interval, bool) {
			ci, ok := BCa(a, median, r)
			return median(Sorted(slices.Sorted(slices.Values(a)))), ci, ok
		},
		"block bootstrap": func(a, _ []float64) (float64, Interval, bool) {
			ci, ok := BlockBootstrap(a, Mean, r)
			return Mean(Sorted(slices.Sorted(slices.Values(a)))), ci, ok
		},
		"difference":     func(a, b []float64) (float64, Interval, bool) { return of(BootstrapDifference(a, b, median, r)) },
		"Hodges-Lehmann": func(a, b []float64) (float64, Interval, bool) { return HodgesLehmann(a, b, level) },
	}
}

// In another unit and from another zero, an interval is the same one; it holds its
// estimate; and at a higher level it is no narrower. Factors are powers of two, so
// that no rounding tells. Chance makes some independent samples look dependent,
// and too short to be resampled in blocks; such a one has no interval in any unit.
func TestIntervalsKeepTheirProperties(t *testing.T) {
	const factor, shift = 4, 1024
	high := methods(0.99)
	for name, interval := range methods(0.95) {
		t.Run(name, func(t *testing.T) {
			rng, without := rand.New(rand.NewPCG(5, 6)), 0
			for range 40 {
				a, b := drawn(rng), drawn(rng)
				estimate, ci, ok := interval(a, b)
				_, scaled, okScaled := interval(changed(a, factor, 0), changed(b, factor, 0))
				_, shifted, okShifted := interval(changed(a, 1, shift), changed(b, 1, shift))
				if ok != okScaled || ok != okShifted {
					t.Errorf("an interval of %d and %d observations: %t, times %d %t, plus %d %t", len(a), len(b), ok, factor, okScaled, shift, okShifted)
				}
				if !ok {
					without++
					continue
				}
				if !(ci.Low <= estimate && estimate <= ci.High) {
					t.Errorf("%v is not within %v", estimate, ci)
				}
				if _, wide, ok := high[name](a, b); !ok || wide.Low > ci.Low || wide.High < ci.High {
					t.Errorf("%v at 99 %% is narrower than %v at 95 %%", wide, ci)
				}
				if scaled.Low != factor*ci.Low || scaled.High != factor*ci.High {
					t.Errorf("times %d: %v, want that of %v", factor, scaled, ci)
				}
				moved := float64(shift)
				if name == "difference" || name == "Hodges-Lehmann" {
					moved = 0 // both samples moved
				}
				if math.Abs(shifted.Low-ci.Low-moved) > 1e-9 || math.Abs(shifted.High-ci.High-moved) > 1e-9 {
					t.Errorf("plus %d: %v, want that of %v", shift, shifted, ci)
				}
			}
			if without > 4 {
				t.Errorf("%d of 40 pairs of independent samples have no interval", without)
			}
		})
	}
}

// drawn is a sample with ties, in quarters so that sums are exact.
func drawn(rng *rand.Rand) []float64 {
	s := make([]float64, 40+rng.IntN(160))
	for i := range s {
		s[i] = math.Round(rng.ExpFloat64()*200) / 4
	}
	return s
}

func changed(s []float64, factor, shift float64) []float64 {
	c := slices.Clone(s)
	for i := range c {
		c[i] = c[i]*factor + shift
	}
	return c
}

// Of nothing, of one and of two observations no interval is made up.
func TestIntervalsOfNextToNothing(t *testing.T) {
	for name, interval := range methods(0.95) {
		for _, s := range [][]float64{nil, {1}, {1, 2}} {
			if _, ci, ok := interval(s, s); ok && (math.IsNaN(ci.Low) || math.IsInf(ci.Low, 0) || math.IsNaN(ci.High) || math.IsInf(ci.High, 0)) {
				t.Errorf("%s of %v: %v", name, s, ci)
			}
		}
	}
}
