package fleet

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// Four slots, ten tokens and steps of 5 ms are 80 requests/s.
const (
	searching = `
test_scenarios:
  ttft: {enabled: false}
  load_tests: []
  capacity: {enabled: true, arrival: constant, slo: "ttft:p95<200ms,success>=90%", start_rate_per_s: 60, max_rate_per_s: 400, precision: 0.5,
    warmup_seconds: 0.2, step_seconds: 2.5, max_step_seconds: 5, max_in_flight: 400, max_tokens: 10}
generation: {force_length: true}
`
	served = 80.0
)

func slotted() simulate.Profile {
	return simulate.Profile{PrefillTokensPerS: 1e9, StepBase: 5 * time.Millisecond, Slots: 4, QueueLimit: -1, KVTokens: 1 << 24}
}

// summed is what a summary makes of what came in.
func (s *stage) summed(g *gathered) record.ScenarioResult {
	a := summary.New(s.plan.Run)
	for _, sample := range g.samples {
		a.Add(sample)
	}
	for _, b := range g.blocks {
		a.AddBlock(b)
	}
	return a.Summary().Scenarios[0]
}

// found holds a search of several workers to what the engine can.
func (s *stage) found(t *testing.T, g *gathered) record.CapacityResult {
	t.Helper()
	sc := s.summed(g)
	if len(sc.Capacity) != 1 || len(sc.Capacity[0].Curve) == 0 {
		t.Fatalf("capacity %+v", sc.Capacity)
	}
	got := sc.Capacity[0]
	for _, p := range got.Curve {
		t.Logf("%.4g/s: %d requests, %.4g/s done: %s: %s", p.OfferedPerS, p.Requests, p.RequestsPerS.Or(0), p.Verdict, p.Reason)
		if p.OfferedPerS > served*1.3 && p.Verdict == record.CapacityHolds || p.RequestsPerS.Or(0) > served*1.15 {
			t.Errorf("at %g/s: %+v", p.OfferedPerS, p)
		}
	}
	if held := got.RatePerS.Or(0); held > served*1.1 || got.Reason == "the search did not reach its end" {
		t.Errorf("holds at %g requests/s, and the engine serves %g: %s", held, served, got.Reason)
	}
	return got
}

func TestWorkersSearchForACapacityTogether(t *testing.T) {
	t.Parallel()
	s, g := newStageWith(t, 3, searching, slotted()), newGathered()
	var told []float64
	out, err := s.conduct(t.Context(), g, func(o *Options) {
		o.Notify = func(e bench.Event) {
			if e.Kind == bench.EventStep {
				told = append(told, e.Step.OfferedPerS)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	everythingButCancelled(t, s, g)
	if got := s.found(t, g); len(told) != len(got.Curve) {
		t.Errorf("steps %v were told of", told)
	}
	for _, w := range out.Workers {
		if !w.Done || w.Samples == 0 {
			t.Errorf("worker %+v", w)
		}
	}
	// Who collects the run when it is over decides as the one who led it.
	again := newGathered()
	if _, err := s.conduct(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.summed(g).Capacity, s.summed(again).Capacity); diff != "" {
		t.Errorf("read again (-led +collected):\n%s", diff)
	}
	for _, b := range g.blocks {
		if b.Worker.Or(0) > 0 && (b.Capacity != nil || b.CapacityResult != nil) {
			t.Errorf("worker %d has the point of a step", b.Worker.Or(0))
		}
	}
}

// Another caller goes on with a search: with what was judged before, and with the
// step under way.
func TestAnotherCallerGoesOnWithASearch(t *testing.T) {
	t.Parallel()
	s := newStageWith(t, 2, searching, slotted())
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	_, err := s.conduct(ctx, newGathered(), func(o *Options) {
		o.Notify = func(e bench.Event) {
			if e.Kind == bench.EventStep {
				time.AfterFunc(time.Second, kill) // amid the second
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	g := newGathered()
	out, err := s.conduct(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	everythingButCancelled(t, s, g)
	s.found(t, g)
	for _, w := range out.Workers {
		if !w.Done {
			t.Errorf("worker %+v", w)
		}
	}
}

// The load that a step asks for is not there where a worker is lost: the search
// ends with what it has.
func TestASearchEndsWithALostWorker(t *testing.T) {
	t.Parallel()
	s, g := newStageWith(t, 2, searching, slotted()), newGathered()
	out, err := s.conduct(t.Context(), g, func(o *Options) {
		o.Notify = func(e bench.Event) {
			if e.Kind == bench.EventStep {
				time.AfterFunc(time.Second, func() { s.lose(1, "Evicted: the node was low on memory") })
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.Workers[1].Lost == "" || !out.Workers[0].Done {
		t.Errorf("workers %+v", out.Workers)
	}
	got := s.summed(g).Capacity[0]
	if len(got.Curve) != 1 || !strings.Contains(got.Reason, "did not reach its end") {
		t.Errorf("%+v", got)
	}
}
