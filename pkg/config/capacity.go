package config

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
)

// Capacity is the search for the most load that an engine carries within an SLO.
type Capacity struct {
	// Run this search.
	Enabled bool `yaml:"enabled" json:"enabled"`
	// What must hold, as ttft:p95<500ms,tpot:p95<50ms,success>=99%. Latencies count from when a request was due.
	SLO string `yaml:"slo" json:"slo" jsonschema:"maxLength=1000"`
	// How requests go out at each rate: random (poisson) or even (constant).
	Arrival string `yaml:"arrival" json:"arrival" jsonschema:"enum=poisson,enum=constant"`
	// The rate that is tried first, in requests per second to one engine.
	StartRatePerS float64 `yaml:"start_rate_per_s" json:"start_rate_per_s" jsonschema:"exclusiveMinimum=0,maximum=100000"`
	// The highest rate that is tried.
	MaxRatePerS float64 `yaml:"max_rate_per_s" json:"max_rate_per_s" jsonschema:"exclusiveMinimum=0,maximum=100000"`
	// How near the highest rate that held and the next one above it must come, as a share: 0.05 is 5 %.
	Precision float64 `yaml:"precision" json:"precision" jsonschema:"minimum=0.01,maximum=1"`
	// The time at each rate before anything counts, in seconds.
	WarmupSeconds float64 `yaml:"warmup_seconds" json:"warmup_seconds" jsonschema:"minimum=0,maximum=604800"`
	// The shortest measured time of a rate, in seconds.
	StepSeconds float64 `yaml:"step_seconds" json:"step_seconds" jsonschema:"minimum=0.1,maximum=604800"`
	// The longest measured time of a rate, in seconds; one that cannot be judged by then is left between the ends of the result.
	MaxStepSeconds float64 `yaml:"max_step_seconds" json:"max_step_seconds" jsonschema:"minimum=0.1,maximum=604800"`
	// Requests that may be under way; a rate at which more are due is overload.
	MaxInFlight int `yaml:"max_in_flight" json:"max_in_flight" jsonschema:"minimum=1,maximum=100000"`
	// The most tokens of an answer here; 0 takes generation.max_tokens.
	MaxTokens int `yaml:"max_tokens" json:"max_tokens" jsonschema:"minimum=0,maximum=1000000"`
}

func (c *checker) capacity() {
	const path = "test_scenarios.capacity"
	s := c.Config.TestScenarios.Capacity
	if s.SLO != "" {
		if _, err := slo.Parse(s.SLO); err != nil {
			c.fault(path+".slo", err.Error(), "")
		}
	}
	switch {
	case s.StartRatePerS > s.MaxRatePerS:
		c.conflict(path+".start_rate_per_s", fmt.Sprintf("the first rate, %g/s, is above max_rate_per_s, %g/s", s.StartRatePerS, s.MaxRatePerS))
	case s.StepSeconds > s.MaxStepSeconds:
		c.conflict(path+".step_seconds", fmt.Sprintf("the shortest time at a rate, %g s, is longer than max_step_seconds, %g s", s.StepSeconds, s.MaxStepSeconds))
	}
}
