package record

func fullEffect() Effect {
	return Effect{Difference: Some(5.0), CI: &Interval{2, 8}, Ratio: Some(1.25)}
}

func fullScenarioVerdict() *ScenarioVerdict {
	winner, effect := "vllm", fullEffect()
	return &ScenarioVerdict{
		Winner: &winner, Confidence: Some(0.95),
		Dimensions: []Dimension{{
			Name: DimensionFirstToken, Metric: "ttft_ms", Statistic: "p50", Winner: &winner,
			Values: map[string]float64{"tgi": 25, "vllm": 20}, Scores: map[string]float64{"tgi": 80, "vllm": 100},
			Significant: true, PValue: Some(0.001), Effect: &effect,
			Pairs:          []Pair{{A: "vllm", B: "tgi", Effect: effect, PValue: Some(0.001), Significant: true}},
			FurtherSamples: Some(int64(100)),
		}},
		Reasons: []string{"vllm is best in first token"}, Excluded: map[string]string{"ollama": "client-bound"},
	}
}

func fullFairness() []FairnessCheck {
	return []FairnessCheck{{Check: "same-gpu", Status: string(CheckFail), Detail: "the GPU differs", Remedy: "give every engine the same"}}
}

func fullVerdict() *Verdict {
	winner := "vllm"
	return &Verdict{
		Winner: &winner, Confidence: Some(0.95), Summary: "Take vllm.",
		Recommendations: []Recommendation{{Message: "Add a replica", RestsOn: "chat queue", Engine: "tgi"}},
	}
}

func fullComparison() Comparison {
	return Comparison{
		SchemaVersion: SchemaVersion, Level: 0.95, Warnings: []string{"the GPU of vllm differs"},
		Ways: []WayCost{{Run: "b", Scenario: "chat", Engine: "vllm", Baseline: "route", Via: "cluster-dns", Effect: fullEffect(), Significant: true}},
		Runs: []ComparedRun{{Name: "a", RunID: "r1", StartedAt: began, Simulated: true, Samples: true}},
		Rows: []ComparedRow{{
			Run: "b", Scenario: "chat", Engine: "vllm", EngineB: "vllm-new", Metric: "ttft_ms", Statistic: "p95", Unit: "ms",
			A: Some(20.0), B: Some(25.0), Effect: fullEffect(), PValue: Some(0.001), Significant: true, Change: ChangeWorse, Basis: BasisSamples,
		}},
		Gate: &GateResult{
			Gate: "ttft_p95:+10%", Status: GateFail,
			Checks: []GateCheck{{Limit: "ttft_p95:+10%", Run: "b", Scenario: "chat", Engine: "vllm", Status: GateFail, Reason: "20 ms to 25 ms"}},
		},
	}
}
