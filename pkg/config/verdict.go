package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// Verdict says how engines are judged.
type Verdict struct {
	// The smallest difference that counts, however sure it is: 0.05 is 5 %. Of success shares a fifth of it counts, in absolute terms.
	PracticalThreshold float64 `yaml:"practical_threshold" json:"practical_threshold" jsonschema:"minimum=0,maximum=1"`
	// How much each quality counts. Only their ratios matter; one with 0 decides nothing.
	Weights Weights `yaml:"weights" json:"weights" jsonschema:"nullable"`
}

// Weights is how much each dimension of a verdict counts.
type Weights struct {
	// The median time to first token.
	FirstToken float64 `yaml:"first_token" json:"first_token" jsonschema:"minimum=0,maximum=1000"`
	// The time per output token that 19 of 20 answers keep.
	Steadiness float64 `yaml:"steadiness" json:"steadiness" jsonschema:"minimum=0,maximum=1000"`
	// Output tokens per second under load.
	Throughput float64 `yaml:"throughput" json:"throughput" jsonschema:"minimum=0,maximum=1000"`
	// The share of requests that succeed.
	Reliability float64 `yaml:"reliability" json:"reliability" jsonschema:"minimum=0,maximum=1000"`
	// The time to first token of the unlucky.
	Tail float64 `yaml:"tail" json:"tail" jsonschema:"minimum=0,maximum=1000"`
}

// Cost is what the hardware costs.
type Cost struct {
	// The price of one GPU for an hour; null reports no cost.
	GPUHour *float64 `yaml:"gpu_hour" json:"gpu_hour" jsonschema:"nullable,exclusiveMinimum=0,maximum=1000000"`
	// The currency of gpu_hour, as EUR.
	Currency string `yaml:"currency,omitempty" json:"currency" jsonschema:"maxLength=8"`
	// How many GPUs an engine uses, all replicas together, by engine name; it goes before what the cluster tells.
	GPUs map[string]int `yaml:"gpus,omitempty" json:"gpus" jsonschema:"nullable"`
}

// JSONSchemaExtend holds the engines and numbers of gpus to the rules that Load
// has for them.
func (Cost) JSONSchemaExtend(s *jsonschema.Schema) {
	if property, ok := s.Properties.Get("gpus"); ok {
		names := property.OneOf[0] // the other is null
		names.PropertyNames = &jsonschema.Schema{Pattern: engineNamePattern}
		names.AdditionalProperties = &jsonschema.Schema{Type: "integer", Minimum: "1", Maximum: "100000"}
	}
}

// judging checks what verdict and cost must hold between their settings.
func (c *checker) judging() {
	w := c.Config.Verdict.Weights
	if w == (Weights{}) {
		c.conflict("verdict.weights", "every weight is 0, so nothing would decide: give one of them more")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Config.Cost.GPUs)) {
		if n := c.Config.Cost.GPUs[name]; n < 1 || n > 100_000 {
			c.fault("cost.gpus."+name, fmt.Sprintf("%d is no number of GPUs: want 1 to 100000", n), "")
		}
	}
	if currency := c.Config.Cost.Currency; strings.TrimSpace(currency) != currency {
		c.fault("cost.currency", fmt.Sprintf("%q begins or ends with a space", currency), strings.TrimSpace(currency))
	}
}
