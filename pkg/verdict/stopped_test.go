package verdict

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// A scenario that stopped by itself is decided by what its rule found, and by
// no test for a fixed number of requests.
func TestStoppedEarly(t *testing.T) {
	for _, c := range []struct {
		name       string
		ttft, tpot float64
		finding    record.Finding
		threshold  float64
		winner     string
		reason     string
	}{
		{"vllm was separated", 1.3, 1, record.Finding{ID: "stopped-early", Subject: "vllm"}, 0.05, "vllm", "vllm is best in first token"},
		{"nobody was", 1.3, 1, record.Finding{ID: "not-confident", Subject: "ttft"}, 0.05, "none", "separated no engine"},
		{"stopped by the width of the intervals", 1.3, 1, record.Finding{ID: "stopped-early", Subject: "ttft"}, 0.05, "none", "separated no engine"},
		{"separated against the medians", 1.3, 1, record.Finding{ID: "stopped-early", Subject: "tgi"}, 0.05, "none", "separated no engine"},
		{"too little to matter", 1.3, 1, record.Finding{ID: "stopped-early", Subject: "vllm"}, 0.8, "none", "by less than matters in practice"},
		{"another dimension makes no winner", 1, 0.7, record.Finding{ID: "not-confident", Subject: "ttft"}, 0.05, "none", "nothing of this is enough to win"},
		{"but it may unmake one", 1.3, 0.7, record.Finding{ID: "stopped-early", Subject: "vllm"}, 0.05, "none", "but tgi is better in steadiness"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := pair(c.ttft, c.tpot)
			b.summary.Scenarios[0].Shape.UntilConfident = true
			b.summary.Findings = []record.Finding{c.finding}
			Judge(&b.summary, b.values, Options{PracticalThreshold: &c.threshold, resamples: 400})
			v := b.summary.Scenarios[0].Verdict
			if winner(v.Winner) != c.winner || winner(b.summary.Verdict.Winner) != c.winner || !strings.Contains(strings.Join(v.Reasons, "\n"), c.reason) {
				t.Errorf("%s won, of the run %s: %q; want %s: %s", winner(v.Winner), winner(b.summary.Verdict.Winner), v.Reasons, c.winner, c.reason)
			}
			for _, name := range []string{record.DimensionFirstToken, record.DimensionTail} {
				if d := dimensionNamed(v, name); d.PValue.Known() || d.FurtherSamples.Known() || slices.ContainsFunc(d.Pairs, func(p record.Pair) bool { return p.PValue.Known() || p.Effect.CI != nil }) {
					t.Errorf("a test for a fixed number of requests: %+v", d)
				}
			}
			if d := dimensionNamed(v, record.DimensionTail); d.Significant || d.Winner != nil {
				t.Errorf("the tail is judged: %+v", d)
			}
		})
	}
}

func TestCapacity(t *testing.T) {
	found := func(engine string, rate, low, high float64) record.CapacityResult {
		return record.CapacityResult{Engine: engine, RatePerS: record.Some(rate), CI: &record.Interval{low, high}, Confidence: 0.95, LimitedBy: "queue"}
	}
	open := found("tgi", 4, 0, 0)
	open.CI = nil
	client := found("tgi", 4, 4, 4.5)
	client.LimitedBy = "client"
	for _, c := range []struct {
		name   string
		found  []record.CapacityResult
		winner string
		reason string
	}{
		{"apart", []record.CapacityResult{found("tgi", 4, 4, 4.5), found("vllm", 6, 6, 7)}, "vllm", "vllm is best in throughput (6 requests/s to tgi's 4 requests/s)"},
		{"overlapping", []record.CapacityResult{found("vllm", 6, 6, 7), found("tgi", 4, 4, 6.5)}, "none", "overlap"},
		{"apart, but too little", []record.CapacityResult{found("vllm", 6, 6, 7), found("tgi", 5.9, 5.9, 6)}, "none", "no significant difference"},
		{"one was never seen to miss", []record.CapacityResult{found("vllm", 6, 6, 7), open}, "none", "overlap"},
		{"the client was the limit", []record.CapacityResult{found("vllm", 6, 6, 7), client}, "none", "fewer than two engines"},
		{"one holds at no rate", []record.CapacityResult{found("vllm", 6, 6, 7), {Engine: "tgi"}}, "none", "fewer than two engines"},
		{"less sure than asked", []record.CapacityResult{{Engine: "vllm", RatePerS: record.Some(6.0), CI: &record.Interval{6, 7}, Confidence: 0.9}, found("tgi", 4, 4, 4.5)}, "none", "overlap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench("vllm", "tgi")
			sc := b.scenario("capacity", record.KindCapacity)
			sc.Engines, sc.Capacity = []record.EngineResult{{Engine: "vllm", Requests: 9}, {Engine: "tgi", Requests: 9}}, c.found
			Judge(&b.summary, b.values, Options{})
			v := b.summary.Scenarios[0].Verdict
			if winner(v.Winner) != c.winner || winner(b.summary.Verdict.Winner) != c.winner || !strings.Contains(strings.Join(v.Reasons, "\n"), c.reason) {
				t.Errorf("%s won: %q, want %s: %s", winner(v.Winner), v.Reasons, c.winner, c.reason)
			}
		})
	}
}
