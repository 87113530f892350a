package summary

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// reading is one of the engine's metrics in block b: after so many requests of
// 10 prompt and 20 output tokens each.
func reading(at float64, edge string, requests int64) record.ServerSample {
	return record.ServerSample{
		Engine: "vllm", Endpoint: "http://vllm:8000", Scenario: "chat", Block: "b", Edge: edge, TMS: at, Status: record.StatusOK,
		Requests: record.Some(requests), PromptTokens: record.Some(10 * requests), OutputTokens: record.Some(20 * requests),
	}
}

func changed(s record.ServerSample, change func(*record.ServerSample)) record.ServerSample {
	change(&s)
	return s
}

// account is a run of a block from 1 s to 10 s whose requests and readings are
// given.
func account(run record.Run, samples []record.Sample, readings ...record.ServerSample) record.Summary {
	a := New(run)
	for _, s := range samples {
		a.Add(s)
	}
	a.AddBlock(withBlock(window("b", 1000, 10_000), func(b *record.Block) {
		b.Client = &record.ClientUsage{CPUSeconds: 0.1, WallSeconds: 10, Cores: 1}
	}))
	for _, r := range readings {
		a.AddServer(r)
	}
	return a.Summary()
}

// three are successful requests in the block, the first of the warm-up.
func three() []record.Sample {
	return []record.Sample{
		with(request(500, 100, 500, 20), func(s *record.Sample) { s.Phase = record.PhaseWarmup }),
		request(1500, 200, 500, 20), request(2500, 300, 500, 20),
	}
}

func TestTheEnginesCountsAgainstOurs(t *testing.T) {
	open, end := reading(100, record.EdgeOpen, 1000), func(n int64) record.ServerSample { return reading(11_000, record.EdgeClose, 1000+n) }
	some := record.Some[int64]
	none := record.Int{}
	type want struct {
		delta, own, unclear, foreign, prompt, output record.Int
		findings                                     []string
	}
	for name, c := range map[string]struct {
		samples  []record.Sample
		readings []record.ServerSample
		want     want
	}{
		"nobody else": {three(), []record.ServerSample{open, end(3)}, want{some(3), some(3), some(0), some(0), some(0), some(0), nil}},
		"two others":  {three(), []record.ServerSample{open, end(5)}, want{some(5), some(3), some(0), some(2), some(20), some(40), []string{"foreign-traffic"}}},
		"one less":    {three(), []record.ServerSample{open, end(2)}, want{some(2), some(3), some(0), none, some(-10), some(-20), []string{"server-counts-less"}}},
		"one of ours was cut off and counted": {append(three(), failure(3000, record.StatusTimeoutStall)), []record.ServerSample{open, end(4)},
			want{some(4), some(3), some(1), some(0), none, none, nil}},
		"one of ours was cut off and not counted": {append(three(), failure(3000, record.StatusTruncated)), []record.ServerSample{open, end(3)},
			want{some(3), some(3), some(1), some(0), none, none, nil}},
		"others beside one that was cut off": {append(three(), failure(3000, record.StatusReset)), []record.ServerSample{open, end(6)},
			want{some(6), some(3), some(1), some(2), none, none, []string{"foreign-traffic"}}},
		"refused ones never count": {append(three(), failure(3000, record.StatusHTTP429), failure(3000, record.StatusOverloaded), failure(3000, record.StatusRefused)), []record.ServerSample{open, end(4)},
			want{some(4), some(3), some(0), some(1), some(10), some(20), []string{"foreign-traffic"}}},
		"before and after the block": {append(three(), request(50, 5, 90, 20), request(11_500, 5, 90, 20)), []record.ServerSample{open, end(3)},
			want{some(3), some(3), some(0), some(0), some(0), some(0), nil}},
		"tokens that differ": {three(), []record.ServerSample{open, changed(end(3), func(s *record.ServerSample) { s.OutputTokens = some(20*1003 + 2) })},
			want{some(3), some(3), some(0), some(0), some(0), some(2), []string{"server-residual"}}},
		"tokens that hardly differ": {three(), []record.ServerSample{open, changed(end(3), func(s *record.ServerSample) { s.OutputTokens = some(20*1003 + 1) })},
			want{some(3), some(3), some(0), some(0), some(0), some(1), nil}},
		"tokens that we only estimate": {append(three()[:2], with(request(2500, 300, 500, 20), func(s *record.Sample) { s.TokenSource = record.TokensEstimated })),
			[]record.ServerSample{open, end(3)}, want{some(3), some(3), some(0), some(0), some(0), none, []string{"estimated-tokens"}}},
		"counters that come with the first request": {three(), []record.ServerSample{
			changed(open, func(s *record.ServerSample) { s.Requests, s.PromptTokens, s.OutputTokens = none, none, none }),
			changed(end(0), func(s *record.ServerSample) { s.Requests, s.PromptTokens, s.OutputTokens = some(3), some(30), some(60) }),
		}, want{some(3), some(3), some(0), some(0), some(0), some(0), nil}},
		"no reading at the end": {three(), []record.ServerSample{open, reading(9000, "", 1003)}, want{}},
		"a reading that failed at the end": {three(), []record.ServerSample{open, changed(end(3), func(s *record.ServerSample) {
			s.Status = record.StatusTimeoutTotal
		})}, want{}},
		"a restart": {three(), []record.ServerSample{open, reading(5000, "", 0), reading(11_000, record.EdgeClose, 2)}, want{findings: []string{"engine-restarted"}}},
		"another process that counts on": {three(), []record.ServerSample{
			changed(open, func(s *record.ServerSample) { s.StartedS = record.Some(1.0) }), changed(end(3), func(s *record.ServerSample) { s.StartedS = record.Some(2.0) }),
		}, want{findings: []string{"engine-restarted"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := account(finishedRun(), c.samples, c.readings...)
			v := chat(t, s).Server
			if v == nil {
				v = &record.ServerView{}
			}
			got := want{v.RequestsDelta, v.OwnRequests, v.UnclearRequests, v.ForeignRequests, v.PromptTokensResidual, v.OutputTokensResidual, findingIDs(s)}
			if len(got.findings) == 0 {
				got.findings = nil
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Blocks are compared one by one: what is missing in one may not hide what
// strangers did in another, and what happens between them is nobody's.
func TestBlocksAreComparedOneByOne(t *testing.T) {
	block := func(id string, from float64, before, after int64) []record.ServerSample {
		in := func(s *record.ServerSample) { s.Block = id }
		return []record.ServerSample{changed(reading(from, record.EdgeOpen, before), in), changed(reading(from+4000, record.EdgeClose, after), in)}
	}
	var readings []record.ServerSample
	readings = append(readings, block("a", 0, 10, 14)...)
	readings = append(readings, block("b", 5000, 90, 91)...)
	samples := []record.Sample{request(100, 5, 90, 20), request(5100, 5, 90, 20), request(5200, 5, 90, 20)}
	s := account(finishedRun(), samples, readings...)
	v := chat(t, s).Server
	if v.ForeignRequests.Known() || v.RequestsDelta != record.Some(int64(5)) {
		t.Errorf("delta %v, foreign %v", v.RequestsDelta, v.ForeignRequests)
	}
	if diff := cmp.Diff([]string{"server-counts-less"}, findingIDs(s)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	samples = append(samples, request(100, 5, 90, 20))
	samples = append(samples[:1], samples[2:]...)
	s = account(finishedRun(), samples, readings...)
	if v := chat(t, s).Server; v.ForeignRequests != record.Some(int64(2)) {
		t.Errorf("%d foreign requests, want the 2 of the first block", v.ForeignRequests.Or(-1))
	}
}

func TestOneOfSeveralReplicasIsNoAccount(t *testing.T) {
	replicated := finishedRun()
	replicated.Environment.Engines = []record.EngineInfo{{Engine: "vllm", Replicas: 2}}
	started := func(at float64, edge string, n int64, when float64) record.ServerSample {
		return changed(reading(at, edge, n), func(s *record.ServerSample) { s.StartedS = record.Some(when) })
	}
	for name, c := range map[string]struct {
		run      record.Run
		readings []record.ServerSample
		several  bool
	}{
		"known to be":                    {replicated, []record.ServerSample{reading(100, record.EdgeOpen, 0), reading(11_000, record.EdgeClose, 3)}, true},
		"counters back and forth":        {finishedRun(), []record.ServerSample{reading(100, record.EdgeOpen, 50), reading(2000, "", 7), reading(3000, "", 51), reading(11_000, record.EdgeClose, 8)}, true},
		"processes in turn":              {finishedRun(), []record.ServerSample{started(100, record.EdgeOpen, 5, 1), started(2000, "", 7, 2), started(11_000, record.EdgeClose, 8, 1)}, true},
		"one that restarts and restarts": {finishedRun(), []record.ServerSample{started(100, record.EdgeOpen, 5, 1), started(2000, "", 2, 2), started(11_000, record.EdgeClose, 1, 3)}, false},
	} {
		s := account(c.run, three(), c.readings...)
		got := false
		for _, id := range findingIDs(s) {
			got = got || id == "metrics-several-replicas"
		}
		if got != c.several || chat(t, s).Server != nil {
			t.Errorf("%s: findings %v, account %+v", name, findingIDs(s), chat(t, s).Server)
		}
	}
}

func TestGaugesAreOfTheWindow(t *testing.T) {
	gauges := func(at, queue, running float64) record.ServerSample {
		return changed(reading(at, "", 0), func(s *record.ServerSample) {
			s.Queue, s.Running, s.KVCache = record.Some(queue), record.Some(running), record.Some(queue/10)
		})
	}
	s := account(finishedRun(), three(), gauges(500, 100, 100), gauges(1200, 1, 2), gauges(1800, 3, 4), gauges(2500, 8, 6), gauges(10_500, 100, 100))
	v := chat(t, s).Server
	want := []*record.Gauge{{Mean: 4, Max: 8}, {Mean: 4, Max: 6}, {Mean: 0.4, Max: 0.8}}
	for i, got := range []*record.Gauge{v.Queue, v.Running, v.KVCache} {
		if got == nil || math.Abs(got.Mean-want[i].Mean) > 1e-12 || got.Max != want[i].Max {
			t.Errorf("gauge %d is %+v, want %+v", i, got, want[i])
		}
	}
	line := s.Scenarios[1].Timeline
	near(t, "queue in the first second", line[0].Queue, 2)
	near(t, "running in the second", line[1].Running, 6)
	near(t, "cache in the first second", line[0].KVCache, 0.2)
	absent(t, "queue in the third second", line[2].Queue)
}

func histogramOf(counts []int64, sum float64) *record.ServerHistogram {
	return &record.ServerHistogram{Count: counts[len(counts)-1], SumMS: sum, UpToMS: []float64{100, 250, 500}, Counts: counts[:3]}
}

func TestTheEnginesTTFTBesideOurs(t *testing.T) {
	edges := func(before, after *record.ServerHistogram, requests int64) []record.ServerSample {
		return []record.ServerSample{
			changed(reading(100, record.EdgeOpen, 0), func(s *record.ServerSample) { s.TTFT = before }),
			changed(reading(11_000, record.EdgeClose, requests), func(s *record.ServerSample) { s.TTFT = after }),
		}
	}
	first := chat(t, account(finishedRun(), three(), edges(histogramOf([]int64{4, 5, 6, 7}, 9000), histogramOf([]int64{5, 7, 9, 10}, 9570), 3)...)).Server.TTFTMS
	want := &record.ServerTTFT{
		Source: record.TTFTFromMetrics, N: 3, Mean: 190, OwnMean: record.Some(200.0), NetworkMS: record.Some(10.0),
		P50: &record.Interval{100, 250}, P95: &record.Interval{250, 500},
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, readings := range map[string][]record.ServerSample{
		"more than ours": edges(nil, histogramOf([]int64{1, 2, 3, 4}, 800), 3),
		"a stranger's":   edges(nil, histogramOf([]int64{1, 2, 3, 3}, 570), 4),
	} {
		v := chat(t, account(finishedRun(), three(), readings...)).Server.TTFTMS
		if v == nil || v.NetworkMS.Known() || v.OwnMean.Known() {
			t.Errorf("%s: the TTFT of other requests is set against ours: %+v", name, v)
		}
	}
	v := chat(t, account(finishedRun(), three(), edges(nil, histogramOf([]int64{0, 0, 0, 3}, 3000), 3)...)).Server.TTFTMS
	if v == nil || v.P50 != nil || v.Mean != 1000 {
		t.Errorf("past the last bound: %+v", v)
	}
	other := &record.ServerHistogram{Count: 1, UpToMS: []float64{1}, Counts: []int64{1}}
	if v := chat(t, account(finishedRun(), three(), edges(other, histogramOf([]int64{1, 2, 3, 3}, 570), 3)...)).Server.TTFTMS; v != nil {
		t.Errorf("bounds that changed: %+v", v)
	}
}

func TestTimingsOfAnswers(t *testing.T) {
	said := func(at, ttft, load, prompt float64) record.Sample {
		return with(request(at, ttft, 900, 20), func(s *record.Sample) {
			s.EngineTimings = map[string]float64{"prompt_eval_duration_ms": prompt}
			if load > 0 {
				s.EngineTimings["load_duration_ms"] = load
			}
		})
	}
	v := chat(t, account(finishedRun(), []record.Sample{said(1500, 200, 0, 100), said(2500, 300, 50, 150)})).Server
	want := &record.ServerView{
		Timings: map[string]float64{"prompt_eval_duration_ms": 125, "load_duration_ms": 50},
		TTFTMS:  &record.ServerTTFT{Source: record.TTFTFromAnswers, N: 2, Mean: 150, OwnMean: record.Some(250.0)},
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A cached prompt has no duration: the mean of the others is not the engine's.
	silent := request(3500, 10, 900, 20)
	if v := chat(t, account(finishedRun(), []record.Sample{said(1500, 200, 0, 100), silent})).Server; v.TTFTMS != nil {
		t.Errorf("TTFT of some answers: %+v", v.TTFTMS)
	}
	many := request(1500, 200, 900, 20)
	many.EngineTimings = map[string]float64{}
	for i := range 1000 {
		many.EngineTimings[fmt.Sprint(i)] = 1
	}
	if v := chat(t, account(finishedRun(), []record.Sample{many})).Server; len(v.Timings) != maxTimings {
		t.Errorf("%d names of timings are kept", len(v.Timings))
	}
}

func TestDurationsOfMetricsAreMeansOfTheBlock(t *testing.T) {
	edge := func(at float64, edge string, requests, n int64, sum float64) record.ServerSample {
		return changed(reading(at, edge, requests), func(s *record.ServerSample) {
			s.Durations = map[string]record.ServerSum{"request_queue_time_ms": {Count: n, SumMS: sum}, "said_ms": {Count: n, SumMS: sum}, "idle_ms": {Count: 4, SumMS: 7}}
		})
	}
	samples := three()
	samples[1].EngineTimings = map[string]float64{"said_ms": 1}
	v := chat(t, account(finishedRun(), samples, edge(100, record.EdgeOpen, 0, 10, 1000), edge(11_000, record.EdgeClose, 3, 13, 1060))).Server
	if diff := cmp.Diff(map[string]float64{"request_queue_time_ms": 20, "said_ms": 1}, v.Timings); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMetricsThatCouldNotBeReadAreSaidOnce(t *testing.T) {
	failed := changed(reading(100, record.EdgeOpen, 0), func(s *record.ServerSample) {
		*s = record.ServerSample{Engine: s.Engine, Scenario: s.Scenario, Block: "b", Status: record.StatusHTTP4xx, Message: "HTTP 404"}
	})
	s := account(finishedRun(), three(), failed, failed, failed)
	if diff := cmp.Diff([]string{"no-server-metrics"}, findingIDs(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s = account(finishedRun(), three(), failed, reading(100, record.EdgeOpen, 0), reading(11_000, record.EdgeClose, 3))
	if len(findingIDs(s)) != 0 {
		t.Errorf("one failure among readings is a finding: %v", s.Findings)
	}
}

// Whatever readings a file holds, no count of strangers is below nothing or
// above what the engine counted.
func TestForeignRequestsAreWithinTheCount(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var readings []record.ServerSample
		for range rng.IntN(12) {
			edge := []string{"", record.EdgeOpen, record.EdgeClose}[rng.IntN(3)]
			readings = append(readings, changed(reading(rng.Float64()*12_000, edge, rng.Int64N(6)), func(s *record.ServerSample) {
				s.Block = []string{"b", "c"}[rng.IntN(2)]
				if rng.IntN(3) == 0 {
					s.TTFT = histogramOf([]int64{1, 2, 3, rng.Int64N(9)}, rng.Float64())
				}
			}))
		}
		s := account(finishedRun(), three(), readings...)
		v := chat(t, s).Server
		if v == nil {
			continue
		}
		if n := v.ForeignRequests.Or(0); n < 0 || n > v.RequestsDelta.Or(0) {
			t.Fatalf("seed %d: %d of %d are foreign", seed, n, v.RequestsDelta.Or(0))
		}
		rounded(t, s) // it can be written
	}
}
