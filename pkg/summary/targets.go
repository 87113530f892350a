package summary

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// targetResults holds every target against every engine of the run, those too
// that were never measured: an engine that gave no number has not met a
// target. A target is met where the statistic itself is within the limit;
// whether the interval around it is as well is for the reader of the interval.
func targetResults(targets []record.Target, engines []string, scenarios []record.ScenarioResult) []record.TargetResult {
	results := []record.TargetResult{}
	for _, t := range targets {
		for _, engine := range engines {
			r := record.TargetResult{
				Scenario: t.Scenario, Engine: engine, Metric: t.Metric, Statistic: t.Statistic, Limit: t.Limit,
				Actual: actual(t, engine, scenarios),
			}
			if v, known := r.Actual.Get(); known {
				met := v <= t.Limit
				r.Met = &met
			}
			results = append(results, r)
		}
	}
	return results
}

func actual(t record.Target, engine string, scenarios []record.ScenarioResult) record.Float {
	for _, sc := range scenarios {
		for _, e := range sc.Engines {
			if sc.Name == t.Scenario && e.Engine == engine {
				return e.Distribution(t.Metric).Statistic(t.Statistic)
			}
		}
	}
	return record.Float{}
}
