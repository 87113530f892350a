package bench

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestPlanOfLoads(t *testing.T) {
	shape := func(s record.Shape) record.Shape {
		s.MaxTokens, s.Prompts, s.PrefixCache, s.Rounds = 10, "builtin", "bust", max(s.Rounds, 1)
		return s
	}
	for _, c := range []struct {
		load string
		want record.PlannedScenario
	}{
		{"concurrent_users: 5, duration_seconds: 30, ramp_up_seconds: 2, warmup_seconds: 1, rounds: 2, think_time: {seconds: 2}", record.PlannedScenario{
			Shape:     shape(record.Shape{Arrival: "users", Users: 5, ThinkTime: "fixed(2s)", WarmupS: 1, RampUpS: 2, DurationS: 30, Rounds: 2}),
			ExpectedS: 36.8,
		}},
		{"arrival: poisson, rate_per_s: 5, duration_seconds: 30, warmup_seconds: 2, rounds: 2, max_in_flight: 100", record.PlannedScenario{
			Shape:    shape(record.Shape{Arrival: "poisson", RatePerS: 5, WarmupS: 2, DurationS: 30, Rounds: 2, MaxInFlight: 100}),
			Requests: 150, WarmupRequests: 20, ExpectedS: 34.8,
		}},
		{"arrival: gamma, rate_per_s: 5, burstiness: 0.5, duration_seconds: 30", record.PlannedScenario{
			Shape:    shape(record.Shape{Arrival: "gamma", RatePerS: 5, Burstiness: 0.5, DurationS: 30, MaxInFlight: 1000}),
			Requests: 150, ExpectedS: 30.4,
		}},
		// Every round is the whole ramp, after a warm-up at its first rate.
		{"arrival: ramp, rate_per_s: 2, to_rate_per_s: 8, duration_seconds: 30, warmup_seconds: 5, rounds: 3", record.PlannedScenario{
			Shape:    shape(record.Shape{Arrival: "ramp", RatePerS: 2, ToRatePerS: 8, WarmupS: 5, DurationS: 30, Rounds: 3, MaxInFlight: 1000}),
			Requests: 150, WarmupRequests: 30, ExpectedS: 46.2,
		}},
		{"arrival: steps, steps: [{rate_per_s: 2, duration_seconds: 10}, {rate_per_s: 4, duration_seconds: 20}], warmup_seconds: 5, rounds: 2", record.PlannedScenario{
			Shape: shape(record.Shape{Arrival: "steps", Steps: []record.RateStep{{RatePerS: 2, DurationS: 10}, {RatePerS: 4, DurationS: 20}},
				WarmupS: 5, DurationS: 30, Rounds: 2, MaxInFlight: 1000}),
			Requests: 100, WarmupRequests: 20, ExpectedS: 40.8,
		}},
		{"arrival: burst, burst_size: 3, burst_period_seconds: 10, duration_seconds: 30", record.PlannedScenario{
			Shape:    shape(record.Shape{Arrival: "burst", BurstSize: 3, BurstPeriodS: 10, DurationS: 30, MaxInFlight: 1000}),
			Requests: 9, ExpectedS: 30.4,
		}},
	} {
		o, _ := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, max_tokens: 10, "+c.load+"}]}")
		got := Plan(o.Config, []record.EngineInfo{{Engine: "vllm"}}, 1).Scenarios[0]
		c.want.Name, c.want.Kind = "l", record.KindLoad
		near := cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })
		if diff := cmp.Diff(c.want, got, near); diff != "" {
			t.Errorf("{%s} (-want +got):\n%s", c.load, diff)
		}
	}
}
