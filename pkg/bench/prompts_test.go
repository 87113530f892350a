package bench

import (
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestPlanNamesPrompts(t *testing.T) {
	for prompts, want := range map[string]record.Shape{
		"{}":                                {Prompts: "builtin", MaxTokens: 256},
		"{file: p.txt}":                     {Prompts: "p.txt", MaxTokens: 256},
		"{source: sharegpt, file: s.json}":  {Prompts: "sharegpt(s.json)"},
		`{synthetic: {input: "480+-240"}}`:  {Prompts: "synthetic(input 480±240)", MaxTokens: 256},
		`{conversation: {turns: "2 .. 4"}}`: {Prompts: "builtin, conversations of 2..4 turns", MaxTokens: 256},
		`{synthetic: {input: "480±240", output: "300±150", shared_prefix_tokens: 200, prefixes: 4}}`: {Prompts: "synthetic(input 480±240, output 300±150, shared prefix 200 of 4)"},
	} {
		o, _ := options(t, "test_scenarios: {ttft: {max_tokens: 0}, load_tests: [{name: l, concurrent_users: 1, duration_seconds: 1}]}\nprompts: "+prompts)
		for _, s := range Plan(o.Config, []record.EngineInfo{{}}, 1).Scenarios {
			if s.Shape.Prompts != want.Prompts || s.Shape.MaxTokens != want.MaxTokens {
				t.Errorf("%s: %s has %q and %d tokens, want %q and %d", prompts, s.Name, s.Shape.Prompts, s.Shape.MaxTokens, want.Prompts, want.MaxTokens)
			}
		}
	}
}

func TestPlanExpectsTheMeanAnswer(t *testing.T) {
	expected := func(most string) float64 {
		o, _ := options(t, `
prompts: {synthetic: {input: "480", output: "300±150"}}
test_scenarios: {ttft: {iterations: 1, warmup_iterations: 0, max_tokens: `+most+`}, load_tests: []}`)
		return Plan(o.Config, []record.EngineInfo{{}}, 1).ExpectedS
	}
	if got := [3]float64{expected("0"), expected("10"), expected("5000")}; got != [3]float64{guessedRequestSeconds(300), guessedRequestSeconds(10), guessedRequestSeconds(300)} {
		t.Errorf("expected %v", got)
	}
}
