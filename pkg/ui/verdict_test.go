package ui

import (
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestVerdicts(t *testing.T) {
	vllm, tgi := "vllm", "tgi"
	won := func(name, engine string, a, b float64) record.Dimension {
		return record.Dimension{Name: name, Winner: &engine, Significant: true, Values: map[string]float64{vllm: a, tgi: b}}
	}
	open := record.Dimension{Name: record.DimensionThroughput, Values: map[string]float64{vllm: 500, tgi: 498}, Scores: map[string]float64{vllm: 100, tgi: 99.6}}
	s := example()
	s.Targets, s.Findings = nil, nil
	one := s.Scenarios[0]
	s.Scenarios = nil
	for name, v := range map[string]*record.ScenarioVerdict{
		"1 a winner": {Winner: &vllm, Confidence: record.Some(0.95), Dimensions: []record.Dimension{won(record.DimensionFirstToken, vllm, 85, 100), open}},
		"2 a winner with a weakness": {Winner: &vllm, Confidence: record.Some(0.95), Dimensions: []record.Dimension{
			won(record.DimensionFirstToken, vllm, 50, 100), won(record.DimensionThroughput, tgi, 400, 500), won(record.DimensionReliability, vllm, 1, 0.9)}},
		"3 no difference": {Dimensions: []record.Dimension{open}, Reasons: []string{"200 requests each"}},
		"4 no winner":     {Dimensions: []record.Dimension{won(record.DimensionTail, vllm, 50, 100), won(record.DimensionThroughput, tgi, 400, 500)}, Reasons: []string{"each leads in something\x1b[2J"}},
		"5 excluded":      {Reasons: []string{"only one engine may win"}, Excluded: map[string]string{tgi: "client-bound"}},
		"6 nothing said":  {},
		"7 one fails too often": {Winner: &vllm, Confidence: record.Some(0.95), Dimensions: []record.Dimension{
			{Name: record.DimensionFirstToken, Values: map[string]float64{vllm: 10, tgi: 400}, Scores: map[string]float64{vllm: 100}}, won(record.DimensionReliability, vllm, 1, 0.9)},
			Excluded: map[string]string{tgi: "only 90 % of its requests succeeded"}},
	} {
		sc := one
		sc.Name, sc.Verdict, sc.Engines = name, v, sc.Engines[:2]
		s.Scenarios = append(s.Scenarios, sc)
	}
	sortScenarios(s.Scenarios)
	s.Fairness = []record.FairnessCheck{
		{Check: "same-model", Status: "pass", Detail: "all serve m"}, {Check: "same-gpu", Status: "warn", Detail: "H100 and A100", Remedy: "move one"},
		{Check: "apart", Status: "fail", Detail: "vllm and tgi share a node"}, {Check: "same-image", Status: "skip"},
	}
	s.Verdict = &record.Verdict{Winner: &vllm, Summary: "Take vllm: its first token comes 15 % sooner.", Recommendations: []record.Recommendation{
		{Message: "raise max_num_seqs", Engine: vllm}, {Message: "measure again with a GPU each"}, {Message: "pin the image", Engine: tgi}, {Message: "and so on"},
	}}
	for name, output := range map[string]string{"verdict.golden": "table", "verdict-wide.golden": "wide"} {
		var out strings.Builder
		if err := Write(&out, s, output, false); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/"+name, []byte(out.String()))
		if strings.Contains(out.String(), "\x1b") {
			t.Error("an escape reached the terminal")
		}
	}
}

func sortScenarios(all []record.ScenarioResult) {
	for i := range all {
		for j := range i {
			if all[i].Name < all[j].Name {
				all[i], all[j] = all[j], all[i]
			}
		}
	}
}
