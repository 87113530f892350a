package verdict

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// pair is a run of single requests to two engines: vllm's median TTFT is 100 ms,
// tgi's so many times as long, and their times per token likewise.
func pair(ttft, tpot float64) *bench {
	b, r := newBench("vllm", "tgi"), seeded(1)
	b.add("ttft", record.KindTTFT, engine{name: "vllm", ttft: r.lognormal(200, 100, 0.25), tpot: r.lognormal(200, 20, 0.1)})
	b.add("ttft", record.KindTTFT, engine{name: "tgi", ttft: r.lognormal(200, 100*ttft, 0.25), tpot: r.lognormal(200, 20*tpot, 0.1)})
	return b
}

// three is a run of three engines, alone and under load, in which vllm is best
// in all but what TGI does per token under load.
func three() *bench {
	b, r := newBench("vllm", "tgi", "ollama"), seeded(2)
	for i, name := range []string{"vllm", "tgi", "ollama"} {
		slow := 1 + 0.4*float64(i)
		b.add("ttft", record.KindTTFT, engine{name: name, ttft: r.lognormal(200, 100*slow, 0.2), tpot: r.lognormal(200, 20*slow, 0.05)})
		b.add("chat", record.KindLoad, engine{
			name: name, ttft: r.ar1(1200, 150*slow, 0.3, 0.3), tpot: r.ar1(1200, 25*slow, 0.1, 0.3), tokens: r.ar1(60, 900/slow, 0.1, 0.3), failed: int64(20 * i),
		})
	}
	b.scenario("chat", record.KindLoad).Engines[2].Server = &record.ServerView{Queue: &record.Gauge{Mean: 4.5, Max: 9}}
	return b
}

func TestGoldenVerdict(t *testing.T) {
	b := three()
	price := Cost{PerGPUHour: 2.5, Currency: "EUR", GPUs: map[string]int{"vllm": 2}}
	Judge(&b.summary, b.values, Options{Seed: 7, Cost: price, resamples: 400})
	for i := range b.summary.Scenarios {
		b.summary.Scenarios[i].Timeline = nil
	}
	data, err := json.MarshalIndent(b.summary, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/three.golden.json", append(data, '\n'))
}

func TestJudgingAgainSaysTheSame(t *testing.T) {
	b := three()
	b.summary.Targets = []record.TargetResult{{Scenario: "ttft", Engine: "vllm", Metric: "ttft_ms", Statistic: "p95", Limit: 140, Actual: record.Some(139.0), Met: new(true)}}
	Judge(&b.summary, b.values, Options{Seed: 7, resamples: 400})
	first, err := json.Marshal(b.summary)
	if err != nil {
		t.Fatal(err)
	}
	Judge(&b.summary, b.values, Options{Seed: 7, resamples: 400})
	again, err := json.Marshal(b.summary)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(again)); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
	if !strings.Contains(string(first), `"id":"target-near"`) {
		t.Error("nothing is said of a target inside the interval")
	}
}

func TestWinners(t *testing.T) {
	row := func(b *bench, scenario, engine string) *record.EngineResult {
		sc := b.scenario(scenario, record.KindTTFT)
		i := slices.IndexFunc(sc.Engines, func(e record.EngineResult) bool { return e.Engine == engine })
		return &sc.Engines[i]
	}
	info := func(b *bench, engine string) *record.EngineInfo {
		i := slices.IndexFunc(b.summary.Environment.Engines, func(e record.EngineInfo) bool { return e.Engine == engine })
		return &b.summary.Environment.Engines[i]
	}
	for _, c := range []struct {
		name string
		make func() *bench
		o    Options
		// winner is of the only scenario, reason part of one of its reasons or
		// exclusions, and said part of the run's summary.
		winner, reason, said string
	}{
		{"faster in all", func() *bench { return pair(1.3, 1.3) }, Options{}, "vllm", "vllm is best in first token (", "Take vllm: at 95 % confidence"},
		{"alike", func() *bench { return pair(1, 1) }, Options{}, "none", "no significant difference", "choose by something else"},
		{"sure but too little to matter", func() *bench { return pair(1.3, 1.3) }, Options{PracticalThreshold: new(0.8)}, "none", "no significant difference", ""},
		{"each better at something", func() *bench { return pair(1.3, 0.7) }, Options{}, "none", "tgi and vllm each lead in something", "vllm leads with its first token"},
		{"only one of them counts", func() *bench { return pair(1.3, 0.7) }, Options{Weights: map[string]float64{record.DimensionFirstToken: 1}}, "vllm", "tgi is best in steadiness", "Take vllm"},
		{"nothing that was shown counts", func() *bench { return pair(1.3, 1) }, Options{Weights: map[string]float64{record.DimensionReliability: 1}}, "none", "nothing of this is enough to win", ""},
		{"surer than the sample", func() *bench { return pair(1.12, 1) }, Options{Level: 0.999999}, "none", "no significant difference", ""},
		{"client-bound", func() *bench {
			b := pair(1.3, 1)
			row(b, "ttft", "tgi").Client = &record.ClientHealth{Verdict: record.ClientBound, Reasons: []string{"busy"}}
			return b
		}, Options{}, "none", "client-bound: busy", "No two engines could be compared, so none is recommended: in ttft of tgi client-bound"},
		{"another model", func() *bench {
			b := pair(1.3, 1)
			info(b, "tgi").Model = "meta-llama/Llama-3.1-70B"
			return b
		}, Options{}, "none", "it serves another model, meta-llama/Llama-3.1-70B", ""},
		{"another name of the model", func() *bench {
			b := pair(1.3, 1)
			info(b, "tgi").Model = "llama3.1:8b"
			return b
		}, Options{}, "vllm", "", "the ground was not even (same-model)"},
		{"other GPUs", func() *bench {
			b := pair(1.3, 1)
			info(b, "tgi").GPU = &record.GPU{Product: "A100", Count: 2}
			return b
		}, Options{}, "none", "it has other GPUs, 2 x A100", ""},
		{"through a tunnel", func() *bench {
			b := pair(1.3, 1)
			row(b, "ttft", "tgi").Via, info(b, "tgi").Via = "port-forward", "port-forward"
			return b
		}, Options{}, "none", "only vllm is left to judge", ""},
		{"buffered", func() *bench {
			b := pair(1.3, 1)
			b.summary.Findings = append(b.summary.Findings, record.Finding{ID: "buffered-stream", Subject: "vllm", Message: "in ttft: 9 of 10 answers"})
			return b
		}, Options{}, "none", "its stream is buffered", ""},
		{"buffered elsewhere", func() *bench {
			b := pair(1.3, 1)
			b.summary.Findings = append(b.summary.Findings, record.Finding{ID: "buffered-stream", Subject: "vllm", Message: "in ttft-2: 9 of 10 answers"})
			return b
		}, Options{}, "vllm", "", ""},
		{"the faster one fails too often", func() *bench {
			b := pair(1.3, 1)
			r := row(b, "ttft", "vllm")
			r.Failed, r.Requests = 40, 240
			return b
		}, Options{}, "tgi", "only 83.33 % of its requests succeeded", "Take tgi"},
		{"the slower one fails too often in a small sample", func() *bench {
			b := pair(1, 1.3)
			r := row(b, "ttft", "tgi")
			r.Failed, r.Requests, r.Succeeded = 1, 19, 18
			row(b, "ttft", "vllm").Requests, row(b, "ttft", "vllm").Succeeded = 20, 20
			return b
		}, Options{}, "none", "speeds are compared only of engines that answer at least 95 %", ""},
		{"nothing measured of one", func() *bench {
			b := pair(1.3, 1)
			*row(b, "ttft", "tgi") = record.EngineResult{Engine: "tgi"}
			return b
		}, Options{}, "none", "nothing was measured", ""},
		{"alone", func() *bench {
			b := newBench("vllm")
			b.add("ttft", record.KindTTFT, engine{name: "vllm", ttft: seeded(1).lognormal(80, 100, 0.2)})
			return b
		}, Options{}, "none", "only one engine was measured", "Only vllm was measured"},
		{"simulated", func() *bench { b := pair(1.3, 1.3); b.summary.Simulated = true; return b }, Options{}, "vllm", "", "The engines were simulated, so this says nothing of real ones."},
		{"cut short", func() *bench { b := pair(1.3, 1.3); b.summary.Partial = true; return b }, Options{}, "vllm", "", "The run did not come to its end."},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := c.make()
			c.o.resamples = 400
			Judge(&b.summary, b.values, c.o)
			v := b.summary.Scenarios[0].Verdict
			said := strings.Join(append(slices.Clone(v.Reasons), slices.Collect(maps.Values(v.Excluded))...), "\n")
			if winner(v.Winner) != c.winner || !strings.Contains(said, c.reason) {
				t.Errorf("%s won, because %s; want %s because %s", winner(v.Winner), said, c.winner, c.reason)
			}
			if winner(b.summary.Verdict.Winner) != c.winner || !strings.Contains(b.summary.Verdict.Summary, c.said) {
				t.Errorf("the run: %s won: %s; want %s", winner(b.summary.Verdict.Winner), b.summary.Verdict.Summary, c.said)
			}
			if (v.Winner != nil) != v.Confidence.Known() {
				t.Errorf("winner %s with confidence %v", winner(v.Winner), v.Confidence)
			}
		})
	}
}

// The winner of one scenario is not the run's where another engine beats it in
// the other.
func TestScenariosMayDisagree(t *testing.T) {
	b, r := pair(1.3, 1), seeded(3)
	b.add("chat", record.KindLoad, engine{name: "vllm", ttft: r.ar1(1000, 100, 0.2, 0.2), tokens: r.ar1(90, 500, 0.1, 0.2)})
	b.add("chat", record.KindLoad, engine{name: "tgi", ttft: r.ar1(1000, 100, 0.2, 0.2), tokens: r.ar1(90, 800, 0.1, 0.2)})
	Judge(&b.summary, b.values, Options{})
	got := []string{winner(b.summary.Scenarios[0].Verdict.Winner), winner(b.summary.Scenarios[1].Verdict.Winner), winner(b.summary.Verdict.Winner)}
	if diff := cmp.Diff([]string{"vllm", "tgi", "none"}, got); diff != "" {
		t.Errorf("winners (-want +got):\n%s", diff)
	}
	for _, want := range []string{"vllm leads with its first token", "tgi leads with", "more output tokens per second than vllm in chat"} {
		if !strings.Contains(b.summary.Verdict.Summary, want) {
			t.Errorf("the summary does not say %q: %s", want, b.summary.Verdict.Summary)
		}
	}
}

func TestWithoutSingleRequestsIntervalsAreCompared(t *testing.T) {
	b := pair(1.4, 1)
	Judge(&b.summary, nil, Options{})
	v := b.summary.Scenarios[0].Verdict
	if winner(v.Winner) != "vllm" || !slices.Contains(v.Reasons, "single requests were not kept, so latencies are compared by their intervals alone") {
		t.Errorf("%s won: %v", winner(v.Winner), v.Reasons)
	}
	d := dimensionNamed(v, record.DimensionFirstToken)
	if d.Effect.CI == nil || d.Effect.CI[0] <= 0 || !d.PValue.Known() {
		t.Errorf("effect %+v, p %v", d.Effect, d.PValue)
	}
	b = pair(1.03, 1)
	Judge(&b.summary, nil, Options{PracticalThreshold: new(0.0)})
	if d := dimensionNamed(b.summary.Scenarios[0].Verdict, record.DimensionFirstToken); d.Significant || d.PValue.Known() {
		t.Errorf("intervals that overlap differ: %+v", d)
	}
}

// The widest interval that leaves out 0 says how much more would be needed.
func TestFurtherSamples(t *testing.T) {
	b, r := newBench("vllm", "tgi"), seeded(5)
	b.add("ttft", record.KindTTFT, engine{name: "vllm", ttft: r.lognormal(30, 100, 0.4), tpot: r.lognormal(30, 20, 0.1)})
	b.add("ttft", record.KindTTFT, engine{name: "tgi", ttft: r.lognormal(30, 95, 0.4), tpot: r.lognormal(30, 20, 0.1)})
	Judge(&b.summary, b.values, Options{})
	v := b.summary.Scenarios[0].Verdict
	if d := dimensionNamed(v, record.DimensionFirstToken); d.Significant || d.FurtherSamples.Or(0) < 10 || d.FurtherSamples.Or(0) > 2000 {
		t.Errorf("first token %+v", d)
	}
	// p90 needs 36 requests, and there are 30.
	for _, name := range []string{record.DimensionSteadiness, record.DimensionTail} {
		if d := dimensionNamed(v, name); d.FurtherSamples.Or(0) != 6 || len(d.Pairs) > 0 {
			t.Errorf("%s %+v", name, d)
		}
	}
	if !slices.ContainsFunc(b.summary.Verdict.Recommendations, func(r record.Recommendation) bool {
		return r.RestsOn == "ttft tpot_ms" && strings.Contains(r.Message, "about 6 requests more to each engine in ttft") && strings.Contains(r.Message, "test_scenarios.ttft.iterations: 206")
	}) {
		t.Errorf("recommendations %+v", b.summary.Verdict.Recommendations)
	}
}

// Each dimension of an open loop, and of a scenario with a thousand requests.
func TestQuantitiesOfDimensions(t *testing.T) {
	b, r := newBench("vllm", "tgi"), seeded(5)
	for _, name := range []string{"vllm", "tgi"} {
		b.add("rate", record.KindLoad, engine{name: name, ttft: r.lognormal(1000, 100, 0.2), tpot: r.lognormal(1000, 20, 0.1), tokens: r.ar1(60, 100, 0.1, 0)})
	}
	sc := b.scenario("rate", record.KindLoad)
	sc.Shape = record.Shape{Arrival: "poisson", RatePerS: 5}
	for i := range sc.Engines {
		sc.Engines[i].TTFTFromSchedule = sc.Engines[i].TTFT
		b.of["rate/"+sc.Engines[i].Engine+"/ttft_from_schedule_ms"] = b.values("rate", sc.Engines[i].Engine, "ttft_ms")
	}
	Judge(&b.summary, b.values, Options{})
	var got []string
	for _, d := range b.summary.Scenarios[0].Verdict.Dimensions {
		got = append(got, d.Name+" "+d.Metric+" "+d.Statistic)
	}
	want := []string{
		"first_token ttft_from_schedule_ms p50", "steadiness tpot_ms p95", "throughput output_tokens_per_s mean",
		"reliability success_share share", "tail ttft_from_schedule_ms p99",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An outage is one event: a hundred failures in a row do not make an engine
// significantly less reliable than one without any, a hundred spread ones do.
func TestBunchedFailures(t *testing.T) {
	for _, c := range []struct {
		name        string
		failures    func(second int) int64
		significant bool
	}{
		{"spread over the load", func(int) int64 { return 1 }, true},
		{"in an outage", func(second int) int64 {
			if second < 10 {
				return 12
			}
			return 0
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, r := newBench("vllm", "tgi"), seeded(5)
			b.add("chat", record.KindLoad, engine{name: "vllm", ttft: r.lognormal(5000, 100, 0.2), tokens: r.ar1(120, 100, 0.1, 0)})
			b.add("chat", record.KindLoad, engine{name: "tgi", ttft: r.lognormal(4880, 100, 0.2), failed: 120, tokens: r.ar1(120, 100, 0.1, 0)})
			sc := b.scenario("chat", record.KindLoad)
			for i, second := 0, 0; i < len(sc.Timeline); i++ {
				if sc.Timeline[i].Engine == "tgi" {
					sc.Timeline[i].Errors = c.failures(second)
					second++
				}
			}
			Judge(&b.summary, nil, Options{})
			d := dimensionNamed(b.summary.Scenarios[0].Verdict, record.DimensionReliability)
			if d.Significant != c.significant {
				t.Errorf("reliability %+v", d)
			}
			if diff := cmp.Diff(map[string]float64{"vllm": 100, "tgi": 97.6}, d.Scores, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })); diff != "" {
				t.Errorf("scores (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCost(t *testing.T) {
	e := record.EngineResult{Engine: "vllm", OutputTokensPerS: record.Some(1000.0)}
	two := record.EngineInfo{Engine: "vllm", GPU: &record.GPU{Product: "A100", Count: 2}, Replicas: 3}
	for _, c := range []struct {
		name string
		e    record.EngineResult
		info record.EngineInfo
		cost Cost
		want record.Float
	}{
		{"2 GPUs in 3 replicas", e, two, Cost{PerGPUHour: 3.6}, record.Some(6.0)},
		{"as configured", e, two, Cost{PerGPUHour: 3.6, GPUs: map[string]int{"vllm": 1}}, record.Some(1.0)},
		{"no price", e, two, Cost{}, record.Float{}},
		{"no GPUs known", e, record.EngineInfo{}, Cost{PerGPUHour: 3.6}, record.Float{}},
		{"nothing generated", record.EngineResult{OutputTokensPerS: record.Some(0.0)}, two, Cost{PerGPUHour: 3.6}, record.Float{}},
		{"no rate", record.EngineResult{}, two, Cost{PerGPUHour: 3.6}, record.Float{}},
	} {
		got := costOf(c.e, c.info, c.cost)
		if v, w := got.Or(-1), c.want.Or(-1); v-w > 1e-9 || w-v > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Tokens that cannot be compared decide nothing.
func TestTokensThatCannotBeCompared(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(sc *record.ScenarioResult)
		judged bool
	}{
		{"counted, users", func(*record.ScenarioResult) {}, true},
		{"counted, at a rate", func(sc *record.ScenarioResult) { sc.Shape = record.Shape{Arrival: "poisson"} }, true},
		{"longer answers to users", func(sc *record.ScenarioResult) { sc.Engines[0].RequestsPerS = record.Some(5.0) }, true},
		{"longer answers at a rate", func(sc *record.ScenarioResult) {
			sc.Shape, sc.Engines[0].RequestsPerS = record.Shape{Arrival: "poisson"}, record.Some(5.0)
		}, false},
		{"estimated", func(sc *record.ScenarioResult) {
			sc.Engines[1].TokenSources = map[record.TokenSource]int64{record.TokensEstimated: 9}
		}, false},
		{"a few estimated", func(sc *record.ScenarioResult) {
			sc.Engines[1].TokenSources = map[record.TokenSource]int64{record.TokensEstimated: 1}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, r := newBench("vllm", "tgi"), seeded(9)
			b.add("chat", record.KindLoad, engine{name: "vllm", ttft: r.lognormal(100, 100, 0.2), tokens: r.ar1(90, 800, 0.1, 0.2)})
			b.add("chat", record.KindLoad, engine{name: "tgi", ttft: r.lognormal(100, 100, 0.2), tokens: r.ar1(90, 500, 0.1, 0.2)})
			c.change(b.scenario("chat", record.KindLoad))
			Judge(&b.summary, b.values, Options{resamples: 400})
			d := dimensionNamed(b.summary.Scenarios[0].Verdict, record.DimensionThroughput)
			if judged := d.Winner != nil && *d.Winner == "vllm" && len(d.Scores) == 2; judged != c.judged || len(d.Values) != 2 {
				t.Errorf("judged %v, want %v: %+v", judged, c.judged, d)
			}
		})
	}
}

// Under load, requests that are too few to resample say nothing: their
// intervals would take them for independent.
func TestFewRequestsUnderLoad(t *testing.T) {
	b, r := newBench("vllm", "tgi"), seeded(9)
	b.add("chat", record.KindLoad, engine{name: "vllm", ttft: r.lognormal(15, 100, 0.1)})
	b.add("chat", record.KindLoad, engine{name: "tgi", ttft: r.lognormal(15, 300, 0.1)})
	Judge(&b.summary, b.values, Options{})
	v := b.summary.Scenarios[0].Verdict
	if d := dimensionNamed(v, record.DimensionFirstToken); d.Significant || d.PValue.Known() {
		t.Errorf("%+v", d)
	}
	if !slices.Contains(v.Reasons, "first token cannot be compared: too little was measured to say how much it varies") {
		t.Errorf("reasons %q", v.Reasons)
	}
}
