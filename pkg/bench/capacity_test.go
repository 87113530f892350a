package bench

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// slotted is an engine whose capacity is arithmetic: each answer of n tokens
// holds one of its slots for n steps, whatever else runs.
func slotted(slots int, step time.Duration) simulate.Profile {
	return simulate.Profile{PrefillTokensPerS: 1e9, StepBase: step, Slots: slots, QueueLimit: -1, KVTokens: 1 << 24}
}

// searched runs a capacity search on an engine and returns what the summary
// makes of it.
func searched(t *testing.T, seed uint64, yaml string, handler http.Handler) (record.ScenarioResult, *kept) {
	t.Helper()
	o, sink := options(t, yaml)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	target, err := NewTarget("vllm", engine.VLLM, server.URL, "simulate", wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	target.Model, o.Seed = "m", seed
	o.Targets = []*Target{target}
	o.Notify = func(e Event) {
		if e.Kind == EventStep {
			t.Logf("%g/s: %s: %s", e.Step.OfferedPerS, e.Step.Verdict, e.Step.Reason)
		}
	}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s := summary.New(record.Run{Plan: Plan(o.Config, []record.EngineInfo{{Engine: "vllm"}}, o.Seed)})
	for _, sample := range sink.samples {
		s.Add(sample)
	}
	for _, b := range sink.blocks {
		s.AddBlock(b)
	}
	return s.Summary().Scenarios[0], sink
}

func simulated(t *testing.T, p simulate.Profile) http.Handler {
	t.Helper()
	sim, err := simulate.New(simulate.Options{Engine: "vllm", Model: "m", Seed: 1, Profile: p})
	if err != nil {
		t.Fatal(err)
	}
	return sim.Handler()
}

const capacityYAML = `
test_scenarios:
  ttft: {enabled: false}
  load_tests: []
  capacity: {enabled: true, arrival: constant, %s}
generation: {force_length: true}
`

// Four slots, ten tokens and steps of 5 ms are 80 requests/s. A busy machine may
// lower what the search finds and may find the client at fault, but nothing can
// raise it.
func TestCapacityOfAnEngineOnASocket(t *testing.T) {
	const served = 80.0
	yaml := fmt.Sprintf(capacityYAML, `slo: "ttft:p95<200ms,success>=90%", start_rate_per_s: 60, max_rate_per_s: 400, precision: 0.5,
    warmup_seconds: 0.2, step_seconds: 2.5, max_step_seconds: 2.5, max_in_flight: 400, max_tokens: 10`)
	sc, sink := searched(t, 1, yaml, simulated(t, slotted(4, 5*time.Millisecond)))
	if len(sc.Capacity) != 1 {
		t.Fatalf("capacity %+v", sc.Capacity)
	}
	got := sc.Capacity[0]
	t.Logf("%+v", got)
	if held := got.RatePerS.Or(0); held > served*1.1 {
		t.Errorf("holds at %g requests/s, and the engine serves %g", held, served)
	}
	// What a busy machine does to neighbouring requests leaves too few that are
	// independent, and the search says so in place of a verdict.
	unsure := slices.ContainsFunc(got.Curve, func(p record.CapacityPoint) bool { return p.Verdict == record.CapacityCannotSay })
	if !got.RatePerS.Known() && got.LimitedBy != "client" && !unsure {
		t.Errorf("it holds at no rate; limited by %s: %s", got.LimitedBy, got.Reason)
	}
	var rates []float64
	for _, p := range got.Curve {
		if p.OfferedPerS > served*1.3 && p.Verdict == record.CapacityHolds {
			t.Errorf("the SLO holds at %g requests/s: %s", p.OfferedPerS, p.Reason)
		}
		if done := p.RequestsPerS.Or(0); done > served*1.15 {
			t.Errorf("%g requests/s at %g", done, p.OfferedPerS)
		}
		rates = append(rates, p.OfferedPerS)
	}
	// The file alone must give the same curve and result.
	steps := 0
	for _, b := range sink.blocks {
		if b.Capacity != nil && b.RatePerS == b.Capacity.OfferedPerS && b.Done {
			steps++
		}
	}
	if steps != len(rates) {
		t.Errorf("%d blocks hold a step, the curve has %v", steps, rates)
	}
	if e := sc.Engines[0]; e.Succeeded == 0 || e.TTFT != nil || e.RequestsPerS.Known() {
		t.Errorf("the row mixes the steps: %+v", e)
	}
}

// A failing engine is not asked at ever lower rates until the night is over.
func TestCapacityOfAnEngineThatOnlyFails(t *testing.T) {
	yaml := fmt.Sprintf(capacityYAML, `slo: "ttft:p95<200ms", start_rate_per_s: 100, warmup_seconds: 0, step_seconds: 0.3, max_step_seconds: 0.6, max_tokens: 2`)
	sc, _ := searched(t, 1, yaml, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", http.StatusInternalServerError)
	}))
	got := sc.Capacity[0]
	if got.RatePerS.Known() || len(got.Curve) != deadSteps || got.LimitedBy != "errors" && got.LimitedBy != "client" {
		t.Errorf("%+v", got)
	}
}

// What a step sees of its requests is what their users waited.
func TestAStepCountsFromWhenARequestWasDue(t *testing.T) {
	begin := time.Now()
	w := newWatched(begin)
	i := w.due(arrivalAt(begin.Add(time.Second)))
	w.first(i, begin.Add(1300*time.Millisecond))
	if o := w.observe(2 * time.Second); len(o.Requests) != 1 || math.Abs(o.Requests[0].TTFT-300) > 1e-6 || !math.IsInf(o.Requests[0].EndS, 1) {
		t.Errorf("under way: %+v", o.Requests)
	}
	w.ended(i, record.Sample{Status: record.StatusOK, QueueMS: record.Some(100.0), TTFTMS: record.Some(200.0), E2EMS: record.Some(900.0), TPOTMS: record.Some(7.0)})
	r := w.observe(2 * time.Second).Requests[0]
	if diff := cmp.Diff([]float64{300, 1000, 7}, []float64{r.TTFT, r.E2E, r.TPOT}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if w.onlyFailed() {
		t.Error("a success is a failure")
	}
}

func arrivalAt(at time.Time) load.Arrival { return load.Arrival{Scheduled: at} }
