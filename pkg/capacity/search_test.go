package capacity

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// law is a step whose verdict follows from its rate alone.
func law(rate float64, verdict string) Step {
	return Step{Point: record.CapacityPoint{OfferedPerS: rate, Verdict: verdict, Limits: []record.CapacityLimit{{Actual: record.Some(1.0)}}}}
}

func TestSearch(t *testing.T) {
	const holds, misses, open = record.CapacityHolds, record.CapacityMisses, record.CapacityCannotSay
	knee := func(at, doubt float64) func(float64) Step {
		return func(rate float64) Step {
			switch {
			case rate < at*(1-doubt):
				return law(rate, holds)
			case rate > at*(1+doubt):
				return law(rate, misses)
			}
			return law(rate, open)
		}
	}
	tooFewBelow := func(few, at float64) func(float64) Step {
		return func(rate float64) Step {
			if rate < few {
				s := law(rate, open)
				s.Point.Limits[0].Actual = record.Float{}
				return s
			}
			return knee(at, 0)(rate)
		}
	}
	clientAbove := func(at float64) func(float64) Step {
		return func(rate float64) Step {
			s := law(rate, holds)
			if rate > at {
				s.Point.Verdict, s.ClientBound = open, true
			}
			return s
		}
	}
	for _, tt := range []struct {
		name   string
		search Search
		take   func(float64) Step
		rates  []float64
		held   float64
		ci     *record.Interval
		by     string
	}{
		{"up and in", Search{1, 1000, 0.1}, knee(7.8, 0), []float64{1, 2, 4, 8, 5.657, 6.727, 7.336}, 7.336, &record.Interval{7.336, 8}, limitedUnknown},
		{"down and in", Search{8, 1000, 0.2}, knee(1.3, 0), []float64{8, 4, 2, 1, 1.414, 1.189}, 1.189, &record.Interval{1.189, 1.414}, limitedUnknown},
		{"a rate that cannot be judged lies between the ends", Search{1, 1000, 0.2}, knee(4, 0.05), []float64{1, 2, 4, 8, 2.828, 3.363, 5.657, 4.757}, 3.363, &record.Interval{3.363, 4.756}, limitedUnknown},
		{"the highest rate holds", Search{1, 5, 0.1}, knee(100, 0), []float64{1, 2, 4, 5}, 5, nil, limitedBySearch},
		{"too few requests at low rates", Search{1, 1000, 0.2}, tooFewBelow(10, 20), []float64{1, 2, 4, 8, 16, 32, 22.63, 19.03}, 19.03, &record.Interval{19.03, 22.63}, limitedUnknown},
		{"too few requests up to the miss", Search{1, 1000, 0.5}, tooFewBelow(10, 10), []float64{1, 2, 4, 8, 16, 11.31}, 0, nil, limitedUnknown},
		{"the client is the limit", Search{1, 1000, 0.2}, clientAbove(5), []float64{1, 2, 4, 8, 5.657, 4.757}, 4.757, nil, limitedByClient},
	} {
		t.Run(tt.name, func(t *testing.T) {
			steps := search(tt.search, tt.take)
			var rates []float64
			for _, s := range steps {
				rates = append(rates, math.Round(s.Point.OfferedPerS*1000)/1000)
			}
			if diff := cmp.Diff(tt.rates, rates); diff != "" {
				t.Errorf("rates (-want +got):\n%s", diff)
			}
			got := tt.search.Conclude("e", Rules{}, steps)
			near := func(a, b float64) bool { return math.Abs(a-b) <= 0.001 }
			ciAsWanted := (got.CI == nil) == (tt.ci == nil) && (tt.ci == nil || near(got.CI[0], tt.ci[0]) && near(got.CI[1], tt.ci[1]))
			if !near(got.RatePerS.Or(0), tt.held) || !ciAsWanted || got.LimitedBy != tt.by {
				t.Errorf("holds at %v, %v, limited by %s (%s)", got.RatePerS, got.CI, got.LimitedBy, got.Reason)
			}
		})
	}
}

func TestSearchEnds(t *testing.T) {
	never := func(rate float64) Step { return law(rate, record.CapacityMisses) }
	steps := search(Search{1, 1000, 0.1}, never)
	if n := len(steps); n != 11 {
		t.Errorf("%d steps down", n)
	}
	if got := (Search{1, 1000, 0.1}).Conclude("e", Rules{}, steps); got.RatePerS.Known() || got.CI != nil {
		t.Errorf("found %+v where nothing holds", got)
	}
}

func TestWhatGaveWay(t *testing.T) {
	missed := func(limits ...string) Step {
		s := Step{Point: record.CapacityPoint{OfferedPerS: 8, Requests: 100, Verdict: record.CapacityMisses}}
		for _, l := range limits {
			s.Point.Limits = append(s.Point.Limits, record.CapacityLimit{Limit: l, Verdict: record.CapacityMisses})
		}
		return s
	}
	with := func(s Step, change func(*Step)) Step { change(&s); return s }
	for _, tt := range []struct {
		name  string
		step  Step
		lower bool
		want  string
	}{
		{"ever more under way", with(missed(), func(s *Step) { s.Growing = true }), true, limitedByQueue},
		{"first tokens wait", missed("ttft:p95<500ms"), true, limitedByQueue},
		{"each token takes longer", missed("tpot:p95<50ms"), true, limitedByCompute},
		{"both", missed("ttft:p95<500ms", "tpot:p95<50ms"), true, limitedUnknown},
		{"too slow alone", missed("ttft:p95<500ms"), false, limitedByCompute},
		{"requests fail", missed("success>=99%", "ttft:p95<500ms"), true, limitedByErrors},
		{"many fail without a limit on it", with(missed("ttft:p95<500ms"), func(s *Step) { s.Point.Failed = 10 }), true, limitedByErrors},
		{"the cache is full", with(missed("ttft:p95<500ms"), func(s *Step) {
			s.Server = &record.ServerView{KVCache: &record.Gauge{Max: 0.99}}
		}), true, limitedByKVCache},
		{"preemptions", with(missed("tpot:p95<50ms"), func(s *Step) {
			s.Server = &record.ServerView{Preemptions: record.Some[int64](3)}
		}), true, limitedByKVCache},
		{"the engine says that requests wait", with(missed("e2e:p95<5000ms"), func(s *Step) {
			s.Server = &record.ServerView{Queue: &record.Gauge{Mean: 3}}
		}), true, limitedByQueue},
	} {
		if got := tt.step.gaveWay(tt.lower); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
