package ui

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func distribution(n int64, p50 float64) *record.Distribution {
	return &record.Distribution{N: n, Mean: record.Some(p50 * 1.05), P50: record.Some(p50), P95: record.Some(p50 * 1.5), CI: &record.Intervals{
		Level: 0.95, P50: &record.Interval{p50 * 0.9, p50 * 1.1},
	}}
}

// example is a summary with something of everything that tables show.
func example() record.Summary {
	met, missed := true, false
	shape := record.Shape{Arrival: "users", Users: 5, DurationS: 30, MaxTokens: 32, ThinkTime: "exponential(2s)"}
	row := func(name string, p50 float64) record.EngineResult {
		return record.EngineResult{
			Engine: name, Requests: 200, Succeeded: 200, TTFT: distribution(200, p50), TPOT: distribution(200, p50/4), E2E: distribution(200, p50*9),
			Gap: distribution(2000, p50/5), OutputTokensPerS: record.Some(512.25), RequestsPerS: record.Some(17.0), GoodputPerS: record.Some(9.5),
			Client: &record.ClientHealth{Verdict: record.ClientOK},
		}
	}
	bad := record.EngineResult{Engine: "ollama", Requests: 12, Succeeded: 3, Failed: 9, TTFT: &record.Distribution{N: 3},
		Errors: map[record.Status]int64{record.StatusTruncated: 7, record.StatusReset: 2}}
	return record.Summary{
		Name: "example", StartedAt: time.Unix(1_700_000_000, 0).UTC(), Simulated: true, Partial: true,
		Environment: record.Environment{Engines: []record.EngineInfo{{Engine: "vllm", Model: "tiny\x1b[31m", Via: "manual"}}},
		Scenarios: []record.ScenarioResult{{Name: "chat", Kind: record.KindLoad, Shape: shape, Engines: []record.EngineResult{row("vllm", 41.234), row("tgi", 1234.5), bad}},
			{Name: "never begun", Kind: record.KindLoad, Engines: []record.EngineResult{{Engine: "vllm"}}}},
		Targets: []record.TargetResult{
			{Scenario: "chat", Engine: "vllm", Metric: "ttft_ms", Statistic: "p95", Limit: 100, Actual: record.Some(61.8), Met: &met},
			{Scenario: "chat", Engine: "tgi", Metric: "ttft_ms", Statistic: "p95", Limit: 100, Actual: record.Some(1851.8), Met: &missed},
			{Scenario: "chat", Engine: "ollama", Metric: "ttft_ms", Statistic: "p95", Limit: 100},
		},
		Findings: []record.Finding{{ID: "x", Severity: record.SeverityWarn, Subject: "ollama", Message: "says \x1b]0;evil\x07", Remedy: "look"}},
	}
}

func TestSummaryTables(t *testing.T) {
	for name, output := range map[string]string{"summary.golden": "table", "summary-wide.golden": "wide"} {
		var out strings.Builder
		if err := Write(&out, example(), output, false); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/"+name, []byte(out.String()))
		if strings.ContainsAny(out.String(), "\x1b\x07") {
			t.Errorf("%s: an escape of an engine reached the terminal", name)
		}
	}
}

func TestOpenLoops(t *testing.T) {
	s := example()
	s.Partial, s.Targets, s.Findings = false, nil, nil
	s.Scenarios[0].Shape = record.Shape{Arrival: "poisson", RatePerS: 5, DurationS: 30, MaxTokens: 32, MaxInFlight: 100}
	s.Scenarios[0].Engines[1].TTFTFromSchedule, s.Scenarios[0].Engines[1].Dropped = distribution(200, 4321), 17
	for name, output := range map[string]string{"open.golden": "table", "open-wide.golden": "wide"} {
		var out strings.Builder
		if err := Write(&out, s, output, false); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/"+name, []byte(out.String()))
	}
}

func TestArrivalText(t *testing.T) {
	for want, shape := range map[string]record.Shape{
		"constant 0.5/s for 30 s":                        {Arrival: "constant", RatePerS: 0.5, DurationS: 30},
		"gamma 5/s (burstiness 0.25) for 30 s":           {Arrival: "gamma", RatePerS: 5, Burstiness: 0.25, DurationS: 30},
		"ramp 1/s to 20/s for 300 s":                     {Arrival: "ramp", RatePerS: 1, ToRatePerS: 20, DurationS: 300},
		"bursts of 30 every 2.5 s for 60 s":              {Arrival: "burst", BurstSize: 30, BurstPeriodS: 2.5, DurationS: 60},
		"trace mine.jsonl for 376.2 s":                   {Arrival: "trace", Trace: "mine.jsonl", Speed: 1, DurationS: 376.198150289},
		"trace mine.jsonl at 2 times its speed for 60 s": {Arrival: "trace", Trace: "mine.jsonl", Speed: 2, DurationS: 60},
		"steps of 1/s, 0/s for 20 s":                     {Arrival: "steps", Steps: []record.RateStep{{RatePerS: 1}, {}}, DurationS: 20},
		"steps of 1/s, 2/s, 3/s, 4/s, and 2 more for 6 s": {Arrival: "steps", DurationS: 6, Steps: []record.RateStep{
			{RatePerS: 1}, {RatePerS: 2}, {RatePerS: 3}, {RatePerS: 4}, {RatePerS: 5}, {RatePerS: 6}}},
	} {
		if got := arrivalText(shape); got != want {
			t.Errorf("%+v: %q, want %q", shape, got, want)
		}
	}
}

func TestDocumentsHaveTheSameKeysInBothForms(t *testing.T) {
	var asJSON, asYAML strings.Builder
	if err := Write(&asJSON, example(), "json", true); err != nil {
		t.Fatal(err)
	}
	if err := Write(&asYAML, example(), "yaml", true); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"output_tokens_per_s", "simulated", "ttft_ms", "p50"} {
		if !strings.Contains(asJSON.String(), `"`+key+`":`) || !strings.Contains(asYAML.String(), key+":") {
			t.Errorf("key %s is missing in one form", key)
		}
	}
}

func TestColoursOnlyWhereTheyMayBe(t *testing.T) {
	var plain, coloured strings.Builder
	if err := Write(&plain, example(), "table", false); err != nil {
		t.Fatal(err)
	}
	if err := Write(&coloured, example(), "table", true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[33mSIMULATED", "\x1b[32mmet\x1b[0m", "\x1b[31mmissed\x1b[0m", "\x1b[33mwarn\x1b[0m: ollama"} {
		if !strings.Contains(coloured.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if stripped := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(coloured.String(), ""); stripped != plain.String() {
		t.Errorf("colours change more than colours (-plain +coloured):\n%s", cmp.Diff(plain.String(), stripped))
	}
}

func TestPlan(t *testing.T) {
	plan := record.Plan{
		Engines: []record.EngineInfo{{Engine: "vllm", Kind: "vllm", Via: "manual", Endpoint: "http://a"}, {Engine: "tgi", Kind: "tgi", Via: "manual", Endpoint: "http://b", Model: "m"}},
		Scenarios: []record.PlannedScenario{
			{Name: "ttft", Kind: record.KindTTFT, Shape: record.Shape{Arrival: "sequential", Iterations: 80}, Requests: 80, WarmupRequests: 3, ExpectedS: 90},
			{Name: "heavy", Kind: record.KindLoad, Shape: record.Shape{Arrival: "users", Users: 50, DurationS: 120, Rounds: 2}, ExpectedS: 1000},
			{Name: "open", Kind: record.KindLoad, Shape: record.Shape{Arrival: "poisson", RatePerS: 5, DurationS: 30, Rounds: 3}, Requests: 150, WarmupRequests: 10, ExpectedS: 60},
		},
		Targets: []record.Target{{Scenario: "ttft", Metric: "ttft_ms", Statistic: "p95", Limit: 100}}, ExpectedS: 1090,
	}
	var out strings.Builder
	if err := WritePlan(&out, "a run", plan, true); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/plan.golden", []byte(out.String()))
}
