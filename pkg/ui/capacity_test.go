package ui

import (
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestCapacityTables(t *testing.T) {
	const slo = "ttft:p95<500ms,success>=99%"
	point := func(rate, done float64, verdict, reason string) record.CapacityPoint {
		return record.CapacityPoint{
			OfferedPerS: rate, RequestsPerS: record.Some(done), GoodputPerS: record.Some(done * 0.98), OutputTokensPerS: record.Some(done * 100),
			Requests: int64(rate * 60), Verdict: verdict, Reason: reason,
		}
	}
	s := example()
	s.Partial, s.Targets, s.Findings, s.Scenarios = false, nil, nil, []record.ScenarioResult{{
		Name: "capacity", Kind: record.KindCapacity,
		Shape:   record.Shape{Arrival: "poisson", RatePerS: 1, MaxRatePerS: 1000, DurationS: 30, MaxStepS: 240, MaxTokens: 128, SLO: slo},
		Engines: []record.EngineResult{{Engine: "vllm", Requests: 900}, {Engine: "tgi", Requests: 3}},
		Capacity: []record.CapacityResult{
			{
				Engine: "vllm", SLO: slo, RatePerS: record.Some(7.8), CI: &record.Interval{7.8, 8.2}, Confidence: 0.95,
				LimitedBy: "queue", Reason: "at 8.2 requests/s ever more requests were under way: 12 on average, then 40",
				Curve: []record.CapacityPoint{
					point(4, 3.97, record.CapacityHolds, "ttft:p95<500ms: 41.2 ms (40.0..43.1)"),
					point(7.8, 7.77, record.CapacityHolds, "ttft:p95<500ms: 312 ms (290..355)"),
					point(8, 7.9, record.CapacityCannotSay, "ttft:p95<500ms: 470 ms (398..561)"),
					point(8.2, 8.0, record.CapacityMisses, "ever more requests were under way: 12 on average, then 40\x1b[31m"),
				},
			},
			{
				Engine: "tgi", SLO: slo, Confidence: 0.95, LimitedBy: "compute", Reason: "at 0.01 requests/s ttft:p95<500ms: 812 ms",
				Curve: []record.CapacityPoint{{OfferedPerS: 0.01, Requests: 3, Failed: 1, Verdict: record.CapacityMisses, Reason: "ttft:p95<500ms: 812 ms"}},
			},
		},
	}}
	var out strings.Builder
	if err := Write(&out, s, "table", false); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/capacity.golden", []byte(out.String()))
	if strings.Contains(out.String(), "\x1b") {
		t.Error("an escape reached the terminal")
	}
	for by := range gaveWay {
		if gaveWay[by] == "" {
			t.Errorf("%s has no words", by)
		}
	}
	if got := StepText(s.Scenarios[0].Capacity[0].Curve[2]); got != "8 requests/s: cannot say: ttft:p95<500ms: 470 ms (398..561)" {
		t.Errorf("%q", got)
	}
}
