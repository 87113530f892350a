package bench

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// quickEngine is a simulated engine that never makes anyone wait for a slot.
var quickEngine = simulate.Profile{PrefillTokensPerS: 1e7, StepBase: time.Millisecond, Slots: 1000, QueueLimit: -1, KVTokens: 1 << 24}

// addEngine adds a simulated vLLM to the targets; between stands before it.
func addEngine(t *testing.T, o *Options, name string, between func(next http.Handler) http.Handler) {
	t.Helper()
	sim, err := simulate.New(simulate.Options{Engine: "vllm", Model: "m", Seed: 1, Profile: quickEngine})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(between(sim.Handler()))
	t.Cleanup(server.Close)
	target, err := NewTarget(name, engine.VLLM, server.URL, "simulate", wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	target.Model = "m"
	o.Targets = append(o.Targets, target)
}

// metricsPath is where metrics are read beside what is measured.
const metricsPath = "/metrics"

func nothing(next http.Handler) http.Handler { return next }

// summed is what a run amounts to, one row a scenario.
func summed(o Options, sink *kept) map[string]record.EngineResult {
	s := summary.New(record.Run{Plan: Plan(o.Config, []record.EngineInfo{{Engine: o.Targets[0].Name}}, o.Seed)})
	for _, sample := range sink.samples {
		s.Add(sample)
	}
	for _, b := range sink.blocks {
		s.AddBlock(b)
	}
	rows := map[string]record.EngineResult{}
	for _, sc := range s.Summary().Scenarios {
		rows[sc.Name] = sc.Engines[0]
	}
	return rows
}

// stall holds up everything for a time, once a request numbered begin came.
func stall(begin int64, length time.Duration) func(http.Handler) http.Handler {
	var asked atomic.Int64
	over := make(chan struct{})
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == metricsPath {
				next.ServeHTTP(w, r)
				return
			}
			n := asked.Add(1)
			if n == begin {
				time.AfterFunc(length, func() { close(over) })
			}
			if n >= begin {
				<-over
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Coordinated omission: users who wait for a stalled engine do not ask
// meanwhile, so that the stall is a single slow request of each of them. Under
// an open loop everyone who came in that time has waited.
func TestAStallIsSeenByAnOpenLoopAndHiddenByAClosedOne(t *testing.T) {
	const length = 600 * time.Millisecond
	results := map[string]record.EngineResult{}
	for name, load := range map[string]string{
		"open":   "arrival: constant, rate_per_s: 100, max_in_flight: 500",
		"closed": "concurrent_users: 1",
	} {
		o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: "+name+", duration_seconds: 1.5, max_tokens: 2, "+load+"}]}")
		addEngine(t, &o, "vllm", stall(20, length))
		if err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		results[name] = summed(o, sink)[name]
	}
	open, closed := results["open"], results["closed"]
	if open.Requests != 150 || open.Succeeded != 150 || open.Dropped != 0 {
		t.Errorf("the stall held arrivals up: %d of %d requests succeeded, %d were dropped; want all of 150", open.Succeeded, open.Requests, open.Dropped)
	}
	if p90 := open.TTFTFromSchedule.P90.Or(0); p90 < millis(length)/2 {
		t.Errorf("open loop: TTFT P90 from schedule is %g ms, which hides a stall of %v", p90, length)
	}
	if longest := closed.TTFT.Max.Or(0); longest < millis(length)*0.9 {
		t.Errorf("closed loop: the longest TTFT is %g ms, so there was no stall of %v", longest, length)
	}
	if p90 := closed.TTFT.P90.Or(math.Inf(1)); p90 > millis(length)/4 {
		t.Errorf("closed loop: TTFT P90 is %g ms of %d requests; it cannot show the stall", p90, closed.Requests)
	}
}

func TestWhatIsDueAtTheCapIsDroppedAndCounted(t *testing.T) {
	yaml := `
test_scenarios:
  ttft: {enabled: false}
  load_tests: [{name: bursts, arrival: burst, burst_size: 5, burst_period_seconds: 0.05, warmup_seconds: 0.1, duration_seconds: 0.1, max_in_flight: 5, max_tokens: 2}]
`
	o, sink := options(t, yaml)
	var dropped atomic.Int64
	release := make(chan struct{})
	o.Notify = func(e Event) {
		if e.Kind == EventDropped && dropped.Add(1) == 10 {
			close(release)
		}
	}
	addEngine(t, &o, "vllm", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != metricsPath {
				<-release
			}
			next.ServeHTTP(w, r)
		})
	})
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if n, m := len(sink.of("vllm", record.PhaseWarmup)), len(sink.of("vllm", record.PhaseMeasure)); n != 5 || m != 0 {
		t.Errorf("%d samples of the warm-up and %d measured, want 5 and none", n, m)
	}
	if row := summed(o, sink)["bursts"]; row.Dropped != 10 || row.Requests != 0 {
		t.Errorf("%d dropped and %d requests, want 10, those of the measured time, and none", row.Dropped, row.Requests)
	}
}

// Every engine and every run with a seed gets the same arrivals.
func TestASeedReproducesTheArrivals(t *testing.T) {
	yaml := `
test_scenarios:
  ttft: {enabled: false}
  load_tests: [{name: random, arrival: poisson, rate_per_s: 200, duration_seconds: 0.4, rounds: 2, max_tokens: 1}]
`
	schedules := map[string][][]float64{}
	for _, run := range []struct {
		name string
		seed uint64
	}{{"first", 1}, {"again", 1}, {"other", 2}} {
		o, sink := options(t, yaml)
		o.Seed = run.seed
		addEngine(t, &o, "vllm-a", nothing)
		addEngine(t, &o, "vllm-b", nothing)
		if err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"vllm-a", "vllm-b"} {
			schedules[run.name] = append(schedules[run.name], spacing(sink.of(name, record.PhaseMeasure))...)
		}
	}
	first := schedules["first"]
	if len(first) != 4 || len(first[0]) < 10 {
		t.Fatalf("schedules of the two engines' two rounds: %v", first)
	}
	if same(first[0], first[1]) {
		t.Error("both rounds have the same arrivals")
	}
	if !same(first[0], first[2]) || !same(first[1], first[3]) {
		t.Error("the engines had different arrivals")
	}
	if !same(first[0], schedules["again"][0]) || same(first[0], schedules["other"][0]) {
		t.Error("arrivals do not follow from the seed")
	}
}

// spacing is the times between scheduled requests, by round.
func spacing(all []record.Sample) [][]float64 {
	slices.SortFunc(all, func(a, b record.Sample) int { return int(a.Seq - b.Seq) })
	var rounds [][]float64
	for i, s := range all {
		if i == 0 || s.Seq/seqStride != all[i-1].Seq/seqStride {
			rounds = append(rounds, nil)
			continue
		}
		last := &rounds[len(rounds)-1]
		*last = append(*last, ms(s.ScheduledMS)-ms(all[i-1].ScheduledMS))
	}
	return rounds
}

// same allows for the rounding of times to a float64 of milliseconds.
func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-6 })
}

func TestAnOpenLoopGivesUpAnEngineThatFailsForLong(t *testing.T) {
	o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, arrival: constant, rate_per_s: 2, duration_seconds: 3600}]}")
	var once sync.Once
	given := ""
	o.Notify = func(e Event) {
		if e.Kind == EventFinding {
			once.Do(func() { given = e.Finding.ID })
		}
	}
	addEngine(t, &o, "vllm", func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom", 500) })
	})
	l := newLoop(o.Config.TestScenarios.LoadTests[0], load.Trace{}, 1, load.Part{})
	if l.mostFailures != 20 {
		t.Errorf("given up after %d failures in a row, want those of ten seconds", l.mostFailures)
	}
	l.mostFailures = 2
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	newRunner(o).runLoop(ctx, l, shot{target: o.Targets[0], scenario: "l", block: newBlock(o.Start, blockState)}, 0)
	if n := len(sink.of("vllm", record.PhaseMeasure)); n < 2 || ctx.Err() != nil || given != "engine-given-up" {
		t.Errorf("%d requests, finding %q, %v", n, given, ctx.Err())
	}
}
