package summary

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestTargetsOfSmallSamples(t *testing.T) {
	met, missed := new(true), new(false)
	needs := record.Some[int64]
	// within requests take 100 ms and beyond ones 900 ms; the limit is 500 ms.
	for _, c := range []struct {
		name           string
		statistic      string
		within, beyond int
		met            *bool
		needs          record.Int
	}{
		{"nothing", "p95", 0, 0, nil, needs(72)},
		{"one beyond", "p95", 0, 1, nil, needs(72)},
		{"two of two beyond", "p95", 0, 2, missed, record.Int{}},
		{"five of five beyond", "p95", 0, 5, missed, record.Int{}},
		{"one of two beyond", "p95", 1, 1, nil, needs(72)},
		{"two of seven beyond", "p95", 5, 2, missed, record.Int{}},    // 0.0444
		{"two of eight beyond", "p95", 6, 2, nil, needs(72)},          // 0.0572
		{"all within, one too few", "p95", 58, 0, nil, needs(72)},     // 0.0510
		{"all within", "p95", 59, 0, met, record.Int{}},               // 0.0485
		{"all within but one", "p95", 70, 1, nil, needs(72)},          // 0.1241
		{"enough for the statistic", "p95", 72, 0, met, record.Int{}}, // the point decides
		{"enough, and a tenth beyond", "p95", 65, 7, missed, record.Int{}},
		{"few for the median", "p50", 4, 0, nil, needs(6)},                   // 0.0625
		{"enough for a bound of the median", "p50", 5, 0, met, record.Int{}}, // 0.03125
		{"a mean needs nothing", "mean", 1, 0, met, record.Int{}},
		{"no mean of nothing", "mean", 0, 0, nil, record.Int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := finishedRun()
			run.Plan.Targets = []record.Target{{Scenario: "chat", Metric: "ttft_ms", Statistic: c.statistic, Limit: 500}}
			samples := append(repeat(c.within, request(0, 100, 1000, 20)), repeat(c.beyond, request(0, 900, 1000, 20))...)
			got := sumUp(run, samples).Targets[0]
			if diff := cmp.Diff(c.met, got.Met); diff != "" {
				t.Errorf("met (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.needs, got.NeedsSamples); diff != "" {
				t.Errorf("needs (-want +got):\n%s", diff)
			}
		})
	}
}
