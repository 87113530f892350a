package slo

import (
	"fmt"
	"strings"
)

// preset is the SLO of a published benchmark under a name.
type preset struct {
	name       string
	ttft, tpot float64 // p99, in milliseconds
}

// presets are the latency limits of MLPerf Inference's server and interactive
// scenarios, as https://docs.mlcommons.org/inference/ lists them: p99 of TTFT
// and of TPOT.
var presets = []preset{
	{"llama2-70b", 2000, 200},
	{"llama2-70b-interactive", 450, 40},
	{"llama3.1-8b", 2000, 100},
	{"llama3.1-8b-interactive", 500, 30},
	{"llama3.1-405b", 6000, 175},
	{"llama3.1-405b-interactive", 4500, 80},
}

// Presets are the names that Preset knows.
func Presets() []string {
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.name
	}
	return names
}

// Preset is the SLO that MLPerf Inference sets for a model: p99 of TTFT and of
// TPOT.
func Preset(name string) (SLO, error) {
	for _, p := range presets {
		if p.name == name {
			return SLO{{Metric: "ttft", Statistic: "p99", MaxMS: p.ttft}, {Metric: "tpot", Statistic: "p99", MaxMS: p.tpot}}, nil
		}
	}
	return nil, fmt.Errorf("unknown SLO preset %q: want one of %s", name, strings.Join(Presets(), ", "))
}
