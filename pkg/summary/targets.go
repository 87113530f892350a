package summary

import (
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// targets holds every target against every engine of the run, those too that
// were never measured: an engine that gave no number has not met a target.
//
// Where the sample supports the statistic, a target is met if the statistic
// itself is within the limit; whether the interval around it is as well is for
// the reader of the interval. Where it does not, the requests within the limit
// may still say so (bound). Where they do not either, Met is absent and
// NeedsSamples is the number of requests from which the statistic is supported.
func (a *Aggregator) targets(engines []string, scenarios []record.ScenarioResult) []record.TargetResult {
	results := []record.TargetResult{}
	for _, t := range a.run.Plan.Targets {
		for _, engine := range engines {
			r := record.TargetResult{
				Scenario: t.Scenario, Engine: engine, Metric: t.Metric, Statistic: t.Statistic, Limit: t.Limit,
				Actual: actual(t, engine, scenarios),
			}
			if v, known := r.Actual.Get(); known {
				met := v <= t.Limit
				r.Met = &met
			} else if p, is := quantiles[t.Statistic]; is {
				r.Met = bound(a.Values(t.Scenario, engine, t.Metric), p, t.Limit, a.level())
				if r.Met == nil {
					r.NeedsSamples = record.Some(int64(stats.MinSamples(p, a.level())))
				}
			}
			results = append(results, r)
		}
	}
	return results
}

// quantiles are the statistics of targets that are percentiles.
var quantiles = map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}

// fewest is the number of requests below which nothing is said of a percentile.
const fewest = 2

// bound says whether a sample that is too small for a two-sided interval of a
// percentile still shows on which side of a limit it lies, nil where it does
// not. It is a one-sided order-statistic bound: were the percentile within the
// limit, no more than a share of 1-p of all requests would be beyond it, and
// were it beyond, no more than p within it. The limit is met or missed where the
// binomial probability of as many or more on that side is at most 1 - level
// (Conover, Practical Nonparametric Statistics, 3rd ed., 1999, 3.1, the quantile
// test). Two requests of two beyond a limit of p95 have 0.0025.
func bound(values []float64, p, limit, level float64) *bool {
	if len(values) < fewest {
		return nil
	}
	within := 0
	for _, v := range values {
		if v <= limit {
			within++
		}
	}
	n := float64(len(values))
	atLeast := func(k int, share float64) float64 {
		return distuv.Binomial{N: n, P: share}.Survival(float64(k) - 1)
	}
	met := false
	switch {
	case within < len(values) && atLeast(len(values)-within, 1-p) <= 1-level:
	case within > 0 && atLeast(within, p) <= 1-level:
		met = true
	default:
		return nil
	}
	return &met
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
