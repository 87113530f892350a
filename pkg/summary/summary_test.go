package summary

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// syntheticRun is a whole run of two engines, made of a seed.
func syntheticRun() (record.Run, []record.Sample, []record.Block) {
	run := finishedRun()
	run.Simulated = true
	run.Plan.Engines = append(run.Plan.Engines, record.EngineInfo{Engine: "tgi", Kind: "tgi", Model: "m", Endpoint: "http://tgi", Via: "route"})
	run.Environment.Engines = run.Plan.Engines
	run.Plan.SLO = record.SLO{TTFTMS: record.Some(120.0), TPOTMS: record.Some(25.0)}
	run.Plan.Targets = []record.Target{{Scenario: "chat", Metric: "ttft_ms", Statistic: "p95", Limit: 150}}
	rng := rand.New(rand.NewPCG(8, 9))
	var samples []record.Sample
	var blocks []record.Block
	for e, engine := range []string{"vllm", "tgi"} {
		gaps := NewGaps()
		for i := range 120 {
			for _, scenario := range []string{"ttft", "chat"} {
				s := with(randomRequest(rng), func(s *record.Sample) {
					s.Engine, s.Scenario, s.Seq = engine, scenario, int64(i)
					s.RequestID = fmt.Sprintf("r1-%s-%s-%d", engine, scenario, i)
				})
				samples = append(samples, s)
				gaps.RecordMS(s.TPOTMS.Or(0), s.OutputTokens.Or(0))
			}
		}
		for i, scenario := range []string{"ttft", "chat"} {
			blocks = append(blocks, record.Block{
				ID: fmt.Sprintf("%d-%d", i, e), Engine: engine, Scenario: scenario, StartMS: 2000, EndMS: 10_000, Done: true,
				GapHistogram: gaps.Encode(), Client: &record.ClientUsage{CPUSeconds: 1, WallSeconds: 8, Cores: 2, GCMS: 1},
			})
		}
	}
	return run, samples, blocks
}

func randomRequest(rng *rand.Rand) record.Sample {
	ttft, tokens := 50+rng.ExpFloat64()*30, 20+rng.Int64N(50)
	tpot := 15 + rng.ExpFloat64()*5
	s := request(rng.Float64()*10_000, ttft, ttft+tpot*float64(tokens-1), tokens)
	s.TPOTMS, s.MaxStallMS = record.Some(tpot), record.Some(tpot*2)
	if s.SentMS.Or(0) < 2000 {
		s.Phase = record.PhaseWarmup
	}
	switch rng.IntN(20) {
	case 0:
		return with(failure(s.SentMS.Or(0), record.StatusHTTP5xx), func(f *record.Sample) { f.Phase = s.Phase })
	case 1:
		s.TokenSource = record.TokensEstimated
	}
	return s
}

func TestSummaryOfAWholeRun(t *testing.T) {
	run, samples, blocks := syntheticRun()
	checkGolden(t, "testdata/summary.golden.json", sumUp(run, samples, blocks...))
}

// The order in which samples and blocks come says nothing, and a summary that
// was drawn half-way leaves no trace.
func TestOrderDoesNotMatter(t *testing.T) {
	run, samples, blocks := syntheticRun()
	want := sumUp(run, samples, blocks...)
	rng := rand.New(rand.NewPCG(1, 9))
	for range 5 {
		rng.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		rng.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		a := New(run)
		for _, b := range blocks {
			half := b
			half.Done, half.GapHistogram = false, ""
			a.AddBlock(half)
		}
		for _, s := range samples {
			a.Add(s)
		}
		a.Summary()
		for _, b := range blocks {
			a.AddBlock(b)
		}
		nearly := cmp.Comparer(func(a, b float64) bool { return a == b || (a-b < 1e-9*a && b-a < 1e-9*a) })
		floats := cmp.Comparer(func(a, b record.Float) bool {
			return a.Known() == b.Known() && cmp.Equal(a.Or(0), b.Or(0), nearly)
		})
		if diff := cmp.Diff(want, a.Summary(), nearly, floats); diff != "" {
			t.Fatalf("summary (-want +got):\n%s", diff)
		}
	}
}

// Whatever was added, a summary can be written as JSON and holds no null where
// a list is promised.
func TestSummaryOfNothing(t *testing.T) {
	data, err := json.Marshal(New(record.Run{StartedAt: began}).Summary())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"schema_version":"1","run_id":"","name":"","started_at":"2026-01-02T03:04:05Z","simulated":false,"partial":true,"interrupted":false,` +
		`"tool":{"version":"","commit":"","go":"","os":"","arch":"","clock":""},"environment":{"engines":[]},"scenarios":[],"targets":[],"findings":[]}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// A million samples must stay far below 300 MB; a tenth of them shows it.
func TestMemoryOfManySamples(t *testing.T) {
	const n, most = 100_000, 100 // bytes a sample
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	a := New(finishedRun())
	s := request(0, 100, 1000, 50)
	for i := range n {
		s.SentMS = record.Some(float64(i))
		a.Add(s)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n; each > most { //nolint:gosec // far from overflow
		t.Errorf("%d bytes are kept of each sample, want at most %d", each, most)
	}
	if e := chat(t, a.Summary()); e.Requests != n {
		t.Errorf("%d requests, want %d", e.Requests, n)
	}
}

func BenchmarkAdd(b *testing.B) {
	a, s := New(finishedRun()), request(0, 100, 1000, 50)
	for b.Loop() {
		a.Add(s)
	}
}

func BenchmarkSummaryOfAMillion(b *testing.B) {
	a := New(finishedRun())
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1_000_000 {
		a.Add(randomRequest(rng))
	}
	a.AddBlock(window("b", 0, 600_000))
	began := time.Now()
	for b.Loop() {
		a.Summary()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-from-OS")
	b.ReportMetric(time.Since(began).Seconds()/float64(b.N), "s/summary")
}
