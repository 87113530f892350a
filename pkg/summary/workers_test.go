package summary

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Merging histograms comes to the very histogram of all gaps, bucket for bucket,
// whoever counted which.
func TestMergedHistogramsAreThatOfTheUnion(t *testing.T) {
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // it makes a test's numbers
		workers := 1 + random.IntN(50)
		parts := make([]*Gaps, workers)
		for i := range parts {
			parts[i] = NewGaps()
		}
		union, merged := NewGaps(), NewGaps()
		for range 1 + random.IntN(5000) {
			// From microseconds to beyond the top of an hour.
			ms, n := 1e-3*float64(uint64(1)<<random.IntN(33))*random.Float64(), int64(1+random.IntN(3))
			union.RecordMS(ms, n)
			parts[random.IntN(workers)].RecordMS(ms, n)
		}
		for _, p := range parts {
			if err := merged.Merge(p.Encode()); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(union.h.Distribution(), merged.h.Distribution()); diff != "" || union.N() != merged.N() || union.OverTop() != merged.OverTop() {
			t.Fatalf("%d workers, seed %d (-union +merged):\n%s", workers, seed, diff)
		}
	}
}

// loadOf is a load of samples and gaps, as one client kept it or as several did:
// with the same windows, and each request one client's.
func loadOf(seed uint64, workers int) *Aggregator {
	random := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // it makes a test's numbers
	shape := record.Shape{Arrival: "poisson", RatePerS: 50, MaxInFlight: 10}
	run := record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "r", FinishedAt: new(time.Time),
		Plan: record.Plan{Engines: []record.EngineInfo{{Engine: "vllm"}}, Scenarios: []record.PlannedScenario{{Name: "load", Kind: record.KindLoad, Shape: shape}}, SLO: record.SLO{TTFTMS: record.Some(50.0)}},
	}
	a := New(run)
	blocks := make([]record.Block, workers)
	gaps := make([]*Gaps, workers)
	for i := range blocks {
		blocks[i] = record.Block{ID: fmt.Sprintf("0-vllm-0-w%d", i), Engine: "vllm", Scenario: "load", StartMS: 1000, EndMS: 9000, Done: true, Dropped: 0}
		gaps[i] = NewGaps()
	}
	for i := range 600 {
		w := i % workers
		s := record.Sample{
			RequestID: fmt.Sprint(i), Engine: "vllm", Scenario: "load", Phase: record.PhaseMeasure, Seq: int64(i), Status: record.StatusOK, Attempt: 1, Clock: record.ClockKernel,
			ScheduledMS: record.Some(1000 + random.Float64()*8000), QueueMS: record.Some(random.Float64()), TTFTMS: record.Some(20 + 60*random.Float64()),
			PromptTokens: record.Some(int64(random.IntN(100))), OutputTokens: record.Some(int64(1 + random.IntN(30))), TokenSource: record.TokensEngine, Frames: 5,
		}
		s.SentMS = record.Some(s.ScheduledMS.Or(0) + s.QueueMS.Or(0))
		s.E2EMS = record.Some(s.TTFTMS.Or(0) + 300*random.Float64())
		s.TPOTMS = record.Some(random.Float64() * 20)
		if random.IntN(20) == 0 {
			s = record.Sample{RequestID: fmt.Sprint(i), Engine: "vllm", Scenario: "load", Phase: record.PhaseMeasure, Status: record.StatusHTTP5xx, Attempt: 1, ScheduledMS: s.ScheduledMS, SentMS: s.SentMS}
		}
		a.Add(s)
		for range 4 {
			gaps[w].RecordMS(random.Float64()*30, 1)
		}
		if random.IntN(50) == 0 {
			blocks[w].Dropped++
		}
	}
	for i, b := range blocks {
		if b.GapHistogram = gaps[i].Encode(); workers > 1 {
			b.Worker = record.Some(int64(i))
		}
		a.AddBlock(b)
	}
	return a
}

// Rates, counts, percentiles and the timeline are of the load, and not of how many
// clients sent it.
func TestTheSumOfWorkersIsThatOfOne(t *testing.T) {
	for seed := range uint64(5) {
		want := loadOf(seed, 1).Summary()
		for _, workers := range []int{2, 3, 17} {
			if diff := cmp.Diff(want, loadOf(seed, workers).Summary()); diff != "" {
				t.Errorf("%d workers, seed %d (-one +several):\n%s", workers, seed, diff)
			}
		}
	}
}

// A worker that is busy is not hidden by others that are idle.
func TestTheBusiestWorkerSpeaksForTheClient(t *testing.T) {
	a := loadOf(1, 3)
	for i, cpu := range []float64{0.1, 7.6, 0.2} {
		b := record.Block{ID: fmt.Sprintf("0-vllm-0-w%d", i), Worker: record.Some(int64(i)), Engine: "vllm", Scenario: "load", StartMS: 1000, EndMS: 9000, Done: true,
			Client: &record.ClientUsage{CPUSeconds: cpu, WallSeconds: 8, Cores: 1}}
		a.AddBlock(b)
	}
	c := a.Summary().Scenarios[0].Engines[0].Client
	if share := c.CPUShare.Or(0); share != 0.95 || c.Verdict != record.ClientBound {
		t.Errorf("a share of %g: %s", share, c.Verdict)
	}
}

func TestWorkersThatMissedSomethingMakeAResultPartial(t *testing.T) {
	whole := record.Worker{Index: 0, Pod: "p", Done: true, Samples: 5}
	for name, c := range map[string]struct {
		change   func(*record.Worker)
		partial  bool
		findings []string
	}{
		"whole":   {func(*record.Worker) {}, false, nil},
		"lost":    {func(w *record.Worker) { w.Done, w.Lost, w.Node = false, "Evicted", "n1" }, true, []string{"worker-lost"}},
		"rotated": {func(w *record.Worker) { w.Done, w.MissingLines = false, 3 }, true, []string{"worker-log-gap"}},
		"late":    {func(w *record.Worker) { w.LateMS = 501 }, false, []string{"worker-late"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := loadOf(1, 2)
			w := whole
			c.change(&w)
			a.run.Environment.Workers = []record.Worker{whole, w}
			s := a.Summary()
			var ids []string
			for _, f := range s.Findings {
				if slices.Contains([]string{"worker-lost", "worker-log-gap", "worker-late"}, f.ID) {
					ids = append(ids, f.ID)
				}
			}
			if s.Partial != c.partial || !slices.Equal(ids, c.findings) {
				t.Errorf("partial %t, findings %v", s.Partial, ids)
			}
		})
	}
}
