package load

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestThinkValidate(t *testing.T) {
	for name, c := range map[string]struct {
		think Think
		want  string // part of the message, "" for none
	}{
		"zero":               {Think{}, ""},
		"fixed":              {Think{Distribution: Fixed, Seconds: 1}, ""},
		"uniform":            {Think{Distribution: Uniform, Min: 1, Max: 1}, ""},
		"exponential":        {Think{Distribution: Exponential, Seconds: 1}, ""},
		"unknown":            {Think{Distribution: "gamma"}, `"gamma" is not one of fixed, uniform, exponential`},
		"negative":           {Think{Seconds: -1}, "-1 s"},
		"negative min":       {Think{Distribution: Uniform, Min: -2, Max: 1}, "-2 s"},
		"not a number":       {Think{Distribution: Uniform, Max: math.NaN()}, "NaN s"},
		"infinite":           {Think{Distribution: Exponential, Seconds: math.Inf(1)}, "+Inf s"},
		"min above max":      {Think{Distribution: Uniform, Min: 2, Max: 1}, "between 2 and 1 s"},
		"min of another one": {Think{Distribution: Fixed, Seconds: 1, Min: 2}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			switch err := c.think.Validate(); {
			case c.want == "" && err != nil:
				t.Errorf("Validate() = %v, want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("Validate() = %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	for seconds, want := range map[float64]time.Duration{
		0: 0, 1e-9: 1, 0.4e-9: 0, 0.6e-9: 1, 1.5: 1500 * time.Millisecond,
		-1: 0, 1e300: longest, math.Inf(1): longest, math.Inf(-1): 0,
	} {
		if got := duration(seconds); got != want {
			t.Errorf("duration(%g) = %d, want %d", seconds, got, want)
		}
	}
	if got := duration(math.NaN()); got != 0 {
		t.Errorf("duration(NaN) = %v, want 0", got)
	}
}

// The seed is fixed, so the sample either has the distribution or never does.
func TestThinkHasItsDistribution(t *testing.T) {
	const n = 20_000
	for name, c := range map[string]struct {
		think    Think
		mean, sd float64 // in seconds
		low      float64 // the smallest possible
		high     float64 // the largest possible
		half     float64 // the median
	}{
		"uniform":     {Think{Distribution: Uniform, Min: 1, Max: 4}, 2.5, 3 / math.Sqrt(12), 1, 4, 2.5},
		"exponential": {Think{Distribution: Exponential, Seconds: 2}, 2, 2, 0, math.Inf(1), 2 * math.Ln2},
	} {
		t.Run(name, func(t *testing.T) {
			u := Users{Users: 100, Seed: 1, Think: c.think}
			var sum, squares float64
			below := 0
			for i := range n {
				s := u.Pause(i%100, 1+i/100).Seconds()
				if s < c.low || s > c.high {
					t.Fatalf("drew %g s, want %g to %g", s, c.low, c.high)
				}
				if s < c.half {
					below++
				}
				sum += s
				squares += (s - c.mean) * (s - c.mean)
			}
			// Four standard errors of each estimate.
			near(t, "mean", sum/n, c.mean, 4*c.sd/math.Sqrt(n))
			near(t, "standard deviation", math.Sqrt(squares/n), c.sd, 0.04*c.sd)
			near(t, "share below the median", float64(below)/n, 0.5, 4*0.5/math.Sqrt(n))
		})
	}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %g, want %g within %g", what, got, want, within)
	}
}
