package load

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	ms  = time.Millisecond
	sec = time.Second
)

// take returns a pacer's arrivals before an instant, at most so many.
func take(p Pacer, seed uint64, before time.Duration, most int) []time.Duration {
	var all []time.Duration
	for at := range p.Arrivals(seed) {
		if at >= before || len(all) == most {
			break
		}
		all = append(all, at)
	}
	return all
}

func TestArrivalsThatFollowARule(t *testing.T) {
	for name, c := range map[string]struct {
		pacer  Pacer
		before time.Duration
		want   []time.Duration
	}{
		"constant": {Profile{{4, 4, time.Hour}}, sec, []time.Duration{0, 250 * ms, 500 * ms, 750 * ms}},
		"constant at a rate that does not divide": {
			Profile{{3, 3, time.Hour}}, sec + ms, []time.Duration{0, 333333333, 666666667, sec},
		},
		"less than one a second": {Profile{{0.5, 0.5, time.Hour}}, 5 * sec, []time.Duration{0, 2 * sec, 4 * sec}},
		// The area is the square of t.
		"ramp from nothing": {
			Profile{{0, 4, 2 * sec}}, time.Hour, []time.Duration{0, sec, 1414213562, 1732050808},
		},
		// The area is 4 t less the square of t.
		"ramp to nothing": {
			Profile{{4, 0, 2 * sec}}, time.Hour, []time.Duration{0, 267949192, 585786438, sec},
		},
		"ramp upwards": { // the area is t and half its square
			Profile{{1, 3, 2 * sec}}, time.Hour, []time.Duration{0, 732050808, 1236067977, 1645751311},
		},
		"steps": {
			Profile{{1, 1, 2 * sec}, {4, 4, sec}, {0, 0, sec}, {2, 2, sec}}, time.Hour,
			[]time.Duration{0, sec, 2 * sec, 2250 * ms, 2500 * ms, 2750 * ms, 4 * sec, 4500 * ms},
		},
		"a step carries over what the one before left of a gap": {
			Profile{{1, 1, 1500 * ms}, {2, 2, sec}}, time.Hour, []time.Duration{0, sec, 1750 * ms, 2250 * ms},
		},
		"an empty segment changes nothing": {
			Profile{{9, 9, 0}, {1, 1, 2 * sec}}, time.Hour, []time.Duration{0, sec},
		},
		"bursts": {
			Burst{Size: 2, Every: 10 * sec}, 21 * sec,
			[]time.Duration{0, 0, 10 * sec, 10 * sec, 20 * sec, 20 * sec},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.pacer.Validate(); err != nil {
				t.Error(err)
			}
			got := take(c.pacer, 1, c.before, 100)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("arrivals (-want +got):\n%s", diff)
			}
			if e := c.pacer.Expected(c.before); math.Abs(e-float64(len(got))) > 1 {
				t.Errorf("%d arrivals, %g expected", len(got), e)
			}
		})
	}
}

func TestExpected(t *testing.T) {
	steps := Profile{{2, 2, 10 * sec}, {0, 0, 5 * sec}, {1, 3, 10 * sec}}
	for _, c := range []struct {
		pacer  Pacer
		before time.Duration
		want   float64
	}{
		{steps, -sec, 0}, {steps, 0, 0}, {steps, 5 * sec, 10}, {steps, 12 * sec, 20}, {steps, 20 * sec, 27.5}, {steps, time.Hour, 40},
		{Burst{Size: 3, Every: sec}, 0, 0}, {Burst{Size: 3, Every: sec}, 1, 3}, {Burst{Size: 3, Every: sec}, sec, 3}, {Burst{Size: 3, Every: sec}, sec + 1, 6},
		{Gamma{Rate: 5, Burstiness: 2}, 3 * sec, 15}, {Gamma{Rate: 5, Burstiness: 2}, -sec, 0},
	} {
		if got := c.pacer.Expected(c.before); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v before %v: %g expected, want %g", c.pacer, c.before, got, c.want)
		}
	}
}

// A profile neither loses nor invents requests where its segments meet, however
// they round.
func TestProfilesCountIsItsArea(t *testing.T) {
	for _, p := range []Profile{
		{{0.1, 0.1, 100 * sec}, {0.3, 0.3, 100 * sec}, {7.7, 0.7, 333 * sec}},
		{{1.0 / 3, 1.0 / 3, 9 * sec}, {2.0 / 3, 2.0 / 3, 9 * sec}, {100, 1, 60 * sec}},
		{{0, 500, 100 * sec}, {500, 500, 100 * sec}, {500, 0, 100 * sec}},
	} {
		area := p.Expected(time.Hour)
		if n := float64(len(take(p, 0, time.Hour, math.MaxInt))); math.Abs(n-area) > 1 {
			t.Errorf("%v: %g arrivals, want %g", p, n, area)
		}
		last := time.Duration(0)
		for at := range p.Arrivals(0) {
			if at < last {
				t.Fatalf("%v: %v comes after %v", p, at, last)
			}
			last = at
		}
	}
}

func TestPacersRefuseWhatCannotBeKept(t *testing.T) {
	for name, c := range map[string]struct {
		pacer Pacer
		want  string
	}{
		"negative rate":      {Profile{{-1, 1, sec}}, "from -1 to 1 requests/s"},
		"no number":          {Profile{{1, math.NaN(), sec}}, "to NaN requests/s"},
		"infinite":           {Profile{{math.Inf(1), 1, sec}}, "from +Inf"},
		"negative time":      {Profile{{1, 1, -1}}, "during -1ns"},
		"nothing":            {Profile{{0, 0, sec}}, "without a request"},
		"empty":              {Profile{}, "without a request"},
		"no rate":            {Gamma{Burstiness: 1}, "mean of 0"},
		"no burstiness":      {Gamma{Rate: 1}, "burstiness of 0"},
		"negative shape":     {Gamma{Rate: 1, Burstiness: -1}, "burstiness of -1"},
		"burst of nothing":   {Burst{Every: 1}, "bursts of 0"},
		"burst all the time": {Burst{Size: 1}, "every 0s"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.pacer.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Validate() = %v, want an error with %q", err, c.want)
			}
		})
	}
}
