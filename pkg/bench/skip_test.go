package bench

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const twoScenarios = `
test_scenarios:
  ttft: {iterations: 1000000, warmup_iterations: 0, max_tokens: 4}
  load_tests: [{name: after, concurrent_users: 1, duration_seconds: 0.2, warmup_seconds: 0, ramp_up_seconds: 0, max_tokens: 4}]
`

func TestASkippedScenarioKeepsWhatItMeasuredAndTheRunGoesOn(t *testing.T) {
	skip := make(chan string)
	var asked atomic.Int64
	o, sink := options(t, twoScenarios, openAIServer(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 3 {
			go func() { // the scenario under way is asked for second
				skip <- "after"
				skip <- TTFTScenario
			}()
		}
		good(w, r)
	}))
	o.Skip = skip
	var findings []record.Finding
	o.Notify = func(e Event) {
		if e.Kind == EventFinding {
			findings = append(findings, *e.Finding)
		}
	}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || findings[0].ID != "scenario-skipped" || findings[0].Subject != TTFTScenario {
		t.Errorf("findings %+v", findings)
	}
	if b := sink.blocks["0-openai-0-0"]; !b.Interrupted || !b.Done {
		t.Errorf("the skipped scenario's block: %+v", b)
	}
	if b := sink.blocks["1-openai-0-0"]; b.Interrupted || !b.Done {
		t.Errorf("the next scenario's block: %+v", b)
	}
	got := map[string]int{}
	for _, s := range sink.of("openai-0", record.PhaseMeasure) {
		if s.Status == record.StatusOK {
			got[s.Scenario]++
		}
	}
	if got[TTFTScenario] < 2 || got["after"] == 0 {
		t.Errorf("samples %v", got)
	}
}
