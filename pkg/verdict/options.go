package verdict

import (
	"maps"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The values that Options has where it says nothing.
const (
	// DefaultLevel is the confidence of every claim, 0.95 is 95 %.
	DefaultLevel = 0.95
	// DefaultPracticalThreshold is the relative difference below which two
	// numbers count as equal, however sure their difference is.
	DefaultPracticalThreshold = 0.05
)

// Options say how results are judged.
type Options struct {
	// Level is the confidence of every claim, between 0 and 1; DefaultLevel
	// where it is neither.
	Level float64
	// PracticalThreshold is the smallest relative difference that counts, 0.05
	// is 5 %; DefaultPracticalThreshold where it is nil. Of success shares a fifth
	// of it counts, in absolute terms: one percentage point.
	PracticalThreshold *float64
	// Weights say how much each dimension counts, under the Dimension constants
	// of package record; DefaultWeights where it is empty. Only their ratios
	// matter, and a dimension without a weight decides nothing.
	Weights map[string]float64
	// Cost is what a GPU costs; without a price no cost is reported.
	Cost Cost
	// Seed makes resampling repeatable: equal seeds give equal verdicts.
	Seed uint64
	// resamples is how many samples are drawn at most, 0 for as many as stats has
	// for usual. Tests that judge hundreds of runs draw fewer.
	resamples int
}

// Cost is the price of the hardware.
type Cost struct {
	// PerGPUHour is the price of one GPU for an hour, in Currency; 0 is unknown.
	PerGPUHour float64
	Currency   string
	// GPUs is how many each engine uses, all replicas together, by engine name. It
	// goes before what the cluster tells.
	GPUs map[string]int
}

// DefaultWeights is how much each dimension counts where nothing says otherwise.
func DefaultWeights() map[string]float64 {
	return map[string]float64{
		record.DimensionFirstToken: 30, record.DimensionSteadiness: 20, record.DimensionThroughput: 20,
		record.DimensionReliability: 20, record.DimensionTail: 10,
	}
}

// complete is the options with what they do not say filled in. A nil threshold
// is filled in by threshold.
func (o Options) complete() Options {
	if !(o.Level > 0 && o.Level < 1) {
		o.Level = DefaultLevel
	}
	if len(o.Weights) == 0 {
		o.Weights = DefaultWeights()
	}
	o.Weights = maps.Clone(o.Weights)
	return o
}

func (o Options) alpha() float64 { return 1 - o.Level }

func (o Options) threshold() float64 {
	if o.PracticalThreshold == nil {
		return DefaultPracticalThreshold
	}
	return *o.PracticalThreshold
}

// FromConfig are the options that a configuration asks for.
func FromConfig(c config.Config, seed uint64) Options {
	w := c.Verdict.Weights
	o := Options{
		Level: c.Statistics.Confidence, PracticalThreshold: &c.Verdict.PracticalThreshold, Seed: seed,
		Cost: Cost{Currency: c.Cost.Currency, GPUs: c.Cost.GPUs},
	}
	if w != (config.Weights{}) {
		o.Weights = map[string]float64{
			record.DimensionFirstToken: w.FirstToken, record.DimensionSteadiness: w.Steadiness, record.DimensionThroughput: w.Throughput,
			record.DimensionReliability: w.Reliability, record.DimensionTail: w.Tail,
		}
	}
	if c.Cost.GPUHour != nil {
		o.Cost.PerGPUHour = *c.Cost.GPUHour
	}
	return o
}
