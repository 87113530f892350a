package benchmark

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
)

// capacityFlags are what only the capacity verb has.
type capacityFlags struct {
	SLO, Preset        string
	StartRate, MaxRate float64
}

func (o *Options) bindCapacity(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.Capacity.SLO, "slo", "", "What must hold, as 'ttft:p95<500ms,tpot:p95<50ms,success>=99%'; latencies count from when a request was due")
	f.StringVar(&o.Capacity.Preset, "slo-preset", "", "SLO of MLPerf Inference for a model: "+strings.Join(slo.Presets(), ", "))
	f.Float64Var(&o.Capacity.StartRate, "start-rate", 0, "Rate to try first, in requests per second (default 1)")
	f.Float64Var(&o.Capacity.MaxRate, "max-rate", 0, "Highest rate to try, in requests per second (default 1000)")
}

// overrideCapacity lays the flags of the capacity search on top, and asks for
// its SLO where a search is wanted: no limit suits every service.
func (o *Options) overrideCapacity() error {
	text, source := o.Capacity.SLO, "--slo"
	if o.Capacity.Preset != "" {
		if text != "" {
			return cli.Usagef("--slo and --slo-preset both name the SLO: choose one")
		}
		preset, err := slo.Preset(o.Capacity.Preset)
		if err != nil {
			return cli.Usagef("--slo-preset: %w", err)
		}
		text, source = preset.String(), "--slo-preset"
	}
	var faults []error
	set := func(key string, value any, flag string) {
		faults = append(faults, o.config.Override("test_scenarios.capacity."+key, value, flag))
	}
	if text != "" {
		set("slo", text, source)
	}
	if o.Capacity.StartRate != 0 {
		set("start_rate_per_s", o.Capacity.StartRate, "--start-rate")
	}
	if o.Capacity.MaxRate != 0 {
		set("max_rate_per_s", o.Capacity.MaxRate, "--max-rate")
	}
	if c := o.config.Config.TestScenarios.Capacity; c.Enabled && c.SLO == "" {
		return cli.Usagef("a capacity search needs the SLO that must hold: give it with --slo 'ttft:p95<500ms,tpot:p95<50ms,success>=99%%', --slo-preset NAME or test_scenarios.capacity.slo")
	}
	return errors.Join(faults...)
}

// noCapacity is an error under --fail-on-target where an engine was not shown to
// hold the SLO at any rate.
func noCapacity(sum record.Summary) error {
	for _, sc := range sum.Scenarios {
		for _, c := range sc.Capacity {
			if !c.RatePerS.Known() {
				return fmt.Errorf("%w: %s was not shown to hold %s at any rate: %s", cli.ErrTargetMissed, c.Engine, c.SLO, c.Reason)
			}
		}
	}
	return nil
}
