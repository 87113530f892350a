package verdict

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func at(p50 float64) *record.Distribution {
	return &record.Distribution{N: 100, P50: record.Some(p50), Max: record.Some(2 * p50)}
}

// quiet is a run of one engine with nothing to advise: a scenario of single
// requests and a load that takes half as long again.
func quiet(kind string) record.Summary {
	alone := record.EngineResult{Engine: kind, Requests: 100, Succeeded: 100, TTFT: at(100), TPOT: at(20), E2E: at(1000)}
	loaded := record.EngineResult{Engine: kind, Requests: 100, Succeeded: 100, TTFT: at(150), TPOT: at(22), E2E: at(1500)}
	return record.Summary{
		Environment: record.Environment{Engines: []record.EngineInfo{{Engine: kind, Kind: kind, Via: "cluster-dns"}}},
		Scenarios: []record.ScenarioResult{
			{Name: "ttft", Kind: record.KindTTFT, Engines: []record.EngineResult{alone}},
			{Name: "chat", Kind: record.KindLoad, Engines: []record.EngineResult{loaded}},
		},
	}
}

func TestAdvice(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		change     func(s *record.Summary, e *record.EngineResult)
		restsOn    []string
		message    string
	}{
		{"nothing to say", "vllm", func(*record.Summary, *record.EngineResult) {}, nil, ""},
		{"TTFT grows and TPOT does not", "vllm", func(_ *record.Summary, e *record.EngineResult) { e.TTFT = at(250) }, []string{"chat ttft_ms"}, "2.5 times as long"},
		{"TTFT and TPOT grow", "vllm", func(_ *record.Summary, e *record.EngineResult) { e.TTFT, e.TPOT = at(250), at(40) }, nil, ""},
		{"the engine says that requests wait", "vllm", func(_ *record.Summary, e *record.EngineResult) {
			e.Server = &record.ServerView{Queue: &record.Gauge{Mean: 3, Max: 8}}
		}, []string{"chat queue"}, "3.0 requests waited on average, up to 8"},
		{"the engine says that none wait", "vllm", func(_ *record.Summary, e *record.EngineResult) {
			e.TTFT, e.Server = at(250), &record.ServerView{Queue: &record.Gauge{}}
		}, nil, ""},
		{"Ollama's slots", "ollama", func(_ *record.Summary, e *record.EngineResult) { e.TTFT = at(300) }, []string{"chat ttft_ms"}, "Raise OLLAMA_NUM_PARALLEL of ollama"},
		{"Ollama keeps up", "ollama", func(*record.Summary, *record.EngineResult) {}, nil, ""},
		{"KV cache", "vllm", func(_ *record.Summary, e *record.EngineResult) {
			e.Server = &record.ServerView{KVCache: &record.Gauge{Mean: 0.5, Max: 0.97}, Preemptions: record.Some(int64(4))}
		}, []string{"chat kv_cache"}, "up to 97 % full and it took memory back from running requests 4 times"},
		{"room in the KV cache", "vllm", func(_ *record.Summary, e *record.EngineResult) {
			e.Server = &record.ServerView{KVCache: &record.Gauge{Max: 0.9}, Preemptions: record.Some(int64(0))}
		}, nil, ""},
		{"cut at the router", "vllm", func(s *record.Summary, e *record.EngineResult) {
			s.Environment.Engines[0].Via = "route"
			e.Errors, e.E2E = map[record.Status]int64{record.StatusTruncated: 3}, at(14_900)
		}, []string{"chat errors"}, "haproxy.router.openshift.io/timeout"},
		{"cut, but answers take longer", "vllm", func(s *record.Summary, e *record.EngineResult) {
			s.Environment.Engines[0].Via = "route"
			e.Errors, e.E2E = map[record.Status]int64{record.StatusTruncated: 3}, at(20_000)
		}, nil, ""},
		{"cut, but not by a router", "vllm", func(_ *record.Summary, e *record.EngineResult) {
			e.Errors = map[record.Status]int64{record.StatusTruncated: 3}
		}, nil, ""},
		{"turned away", "vllm", func(_ *record.Summary, e *record.EngineResult) {
			e.Errors = map[record.Status]int64{record.StatusHTTP429: 1, record.StatusOverloaded: 1}
		}, []string{"chat errors"}, "it turned away 2 requests of 100"},
		{"client-bound", "vllm", func(_ *record.Summary, e *record.EngineResult) {
			e.Client = &record.ClientHealth{Verdict: record.ClientBound}
		}, []string{"client-bound"}, "--in-cluster"},
		{"cold", "ollama", func(_ *record.Summary, e *record.EngineResult) {
			e.Server = &record.ServerView{Timings: map[string]float64{"load_duration_ms": 900}}
		}, []string{"chat timings"}, "OLLAMA_KEEP_ALIVE"},
		{"warm", "ollama", func(_ *record.Summary, e *record.EngineResult) {
			e.Server = &record.ServerView{Timings: map[string]float64{"load_duration_ms": 90}}
		}, nil, ""},
		{"findings, the graver first", "vllm", func(s *record.Summary, _ *record.EngineResult) {
			s.Findings = []record.Finding{
				{ID: "prompt-cut", Subject: "vllm", Message: "cut", Remedy: "raise it"},
				{ID: "buffered-stream", Subject: "vllm", Message: "in chat: bursts", Remedy: "turn it off"},
				{ID: "buffered-stream", Subject: "vllm", Message: "in ttft: bursts", Remedy: "turn it off"},
				{ID: "model-chosen", Subject: "vllm", Message: "m", Remedy: "choose"},
			}
		}, []string{"buffered-stream", "prompt-cut"}, "Turn it off: in chat: bursts"},
		{"a command to paste", "vllm", func(s *record.Summary, _ *record.EngineResult) {
			s.Findings = []record.Finding{{ID: "route-timeout", Subject: "vllm", Message: "30s", Remedy: "oc annotate route vllm"}}
		}, []string{"route-timeout"}, "Run `oc annotate route vllm`: 30s"},
		{"uneven ground", "vllm", func(s *record.Summary, _ *record.EngineResult) {
			s.Fairness = []record.FairnessCheck{
				{Check: "tls-equal", Status: "warn", Detail: "differs", Remedy: "use TLS"}, {Check: "same-gpu", Status: "fail", Detail: "differs", Remedy: "same GPU"},
				{Check: "tunnel", Status: "warn", Detail: "through it", Remedy: "go around"}, {Check: "same-model", Status: "pass", Detail: "fine"},
			}
		}, []string{"same-gpu", "tunnel", "tls-equal"}, "Same GPU: differs"},
		{"a target that needs more", "vllm", func(s *record.Summary, _ *record.EngineResult) {
			s.Targets = []record.TargetResult{
				{Scenario: "ttft", Engine: "vllm", Metric: "ttft_ms", Statistic: "p99", NeedsSamples: record.Some(int64(368))},
				{Scenario: "ttft", Engine: "vllm", Metric: "e2e_ms", Statistic: "p99", Met: new(true)},
			}
		}, []string{"ttft ttft_ms"}, "Send at least 368 requests to vllm in ttft"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := quiet(c.kind)
			c.change(&s, &s.Scenarios[1].Engines[0])
			var restsOn []string
			got := advise(s)
			for _, r := range got {
				restsOn = append(restsOn, r.RestsOn)
			}
			if diff := cmp.Diff(c.restsOn, restsOn); diff != "" {
				t.Fatalf("rests on (-want +got):\n%s\n%+v", diff, got)
			}
			if len(got) > 0 && !strings.Contains(got[0].Message, c.message) {
				t.Errorf("says %q, want %q", got[0].Message, c.message)
			}
		})
	}
}
