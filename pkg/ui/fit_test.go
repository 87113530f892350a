package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestShortenKeepsBothEnds(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"vllm", 8, "vllm"}, {"vllm-llama-3-70b-fp8", 11, "vllm-…b-fp8"}, {"abcdef", 2, "…f"}, {"abcdef", 1, "a"}, {"abcdef", 0, ""},
		{"日本語のモデル", 7, "日…デル"},
	} {
		got := shorten(tt.text, tt.width)
		if got != tt.want || ansi.StringWidth(got) > tt.width {
			t.Errorf("%q in %d: %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

// longNames are engines as a real cluster names them.
var longNames = []string{"vllm-llama-3-3-70b-instruct-fp8", "tgi-llama-3-3-70b-instruct-fp8", "ollama-llama-3-3-70b-q4-k-m"}

// long is an example in which every name is long and every number large.
func long() record.Summary {
	s := example()
	s.Simulated, s.Findings, s.Partial = false, nil, false
	one := s.Scenarios[0].Engines[0]
	s.Scenarios[0].Name, s.Scenarios[0].Engines, s.Environment.Engines = "chat-with-long-context", nil, nil
	for i, name := range longNames {
		e := one
		e.Engine, e.Requests, e.Succeeded = name, 12345, 12345
		e.TTFT, e.E2E, e.TPOT = distribution(12345, 12345), distribution(12345, 98765), distribution(12345, 123)
		e.OutputTokensPerS, e.CostPerMillionOutputTokens = record.Some(12345.0), record.Some(1.234)
		e.TokenSources = map[record.TokenSource]int64{record.TokensEngine: 12000, record.TokensEstimated: 345}
		e.Lengths = &record.Lengths{Prompt: distribution(12345, 2048), PromptTarget: distribution(12345, 2000), Output: distribution(12345, 512)}
		e.Via = "port-forward"
		s.Scenarios[0].Engines = append(s.Scenarios[0].Engines, e)
		s.Environment.Engines = append(s.Environment.Engines, record.EngineInfo{
			Engine: name, Kind: "vllm", Version: "0.11.0+cu128.post1", Model: "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", Via: "port-forward",
			Endpoint: fmt.Sprintf("https://%s-inference.apps.cluster-%d.eu-central-1.example.com:8443", name, i),
		})
	}
	yes := true
	s.Targets = []record.TargetResult{{Scenario: "chat-with-long-context", Engine: longNames[0], Metric: "ttft_from_schedule_ms", Statistic: "p95", Limit: 100, Actual: record.Some(61.8), Met: &yes}}
	return s
}

func longDiscovery() (d record.Discovery) {
	for _, e := range long().Environment.Engines {
		d.Engines = append(d.Engines, record.DiscoveredEngine{
			Engine: e.Engine, Kind: "vllm", Name: e.Engine + "-predictor", Namespace: "team-language-models-production", Version: e.Version,
			Models: []string{e.Model}, URL: e.Endpoint, Via: e.Via, Healthy: true, RTTMS: record.Some(1.2), Info: e,
		})
	}
	return d
}

func TestEveryTableFitsEightyColumns(t *testing.T) {
	planned := record.Plan{Engines: long().Environment.Engines, ExpectedS: 4000, Scenarios: []record.PlannedScenario{{
		Name: "chat-with-long-context", Kind: record.KindLoad, Requests: 123456, WarmupRequests: 1234, ExpectedS: 4000,
		Shape: record.Shape{Arrival: "gamma", RatePerS: 12.5, Burstiness: 0.25, DurationS: 1800, Rounds: 3},
	}}}
	var out strings.Builder
	for _, err := range []error{
		Write(&out, long(), "table", true), WriteDiscovery(&out, longDiscovery(), Narrow, true), WritePlan(&out, "long", planned, false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	wantWidth(t, out.String(), 80)
	golden.Check(t, "testdata/long.golden", []byte(ansi.Strip(out.String())))
}

func TestTheWideResultsFitTwelveDozenColumnsWithLongNamesWhole(t *testing.T) {
	var out strings.Builder
	s := long()
	s.Targets, s.Environment.Engines = nil, nil
	if err := Write(&out, s, "wide", false); err != nil {
		t.Fatal(err)
	}
	wantWidth(t, out.String(), 144)
	for _, name := range longNames {
		if !strings.Contains(out.String(), name) {
			t.Errorf("%s was cut", name)
		}
	}
	out.Reset()
	for i, name := range []string{"vllm", "tgi", "ollama"} {
		s.Scenarios[0].Engines[i].Engine = name
	}
	if err := Write(&out, s, "wide", false); err != nil {
		t.Fatal(err)
	}
	wantWidth(t, out.String(), 120)
	golden.Check(t, "testdata/long-wide.golden", []byte(out.String()))
}

func wantWidth(t *testing.T, text string, most int) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n := ansi.StringWidth(strings.TrimSuffix(line, "\n")); n > most {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
