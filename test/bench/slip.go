package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

const rateConfig = `
test_scenarios:
  ttft: {enabled: false}
  load_tests:
    - {name: bench, arrival: %s, rate_per_s: %g, duration_seconds: %g, warmup_seconds: 2, max_tokens: 16, max_in_flight: 5000}
prompts: {categories: [short]}
`

// slips prints how late requests of an open loop went out, beyond the time that
// new connections took.
func slips(ctx context.Context, s settings) error {
	url, stop, err := simulated(ctx, s, "10ms")
	if err != nil {
		return err
	}
	fmt.Printf("\nsent minus scheduled, ms, at %g requests/s in an open loop (the simulator is a process of its own)\n", s.rate)
	fmt.Printf("%10s  %9s  %9s  %9s  %9s  %9s\n", "arrival", "requests", "failed", "slip p50", "slip p99", "slip max")
	for _, arrival := range []string{"constant", "poisson"} {
		all, err := runConfig(ctx, url, fmt.Sprintf(rateConfig, arrival, s.rate, s.perRate.Seconds()), wire.Options{})
		if err != nil {
			return errors.Join(err, stop())
		}
		late, failed := slipsOf(all)
		fmt.Printf("%10s  %9d  %9d  %9.3f  %9.3f  %9.3f\n", arrival, len(late), failed, at(late, 0.5), at(late, 0.99), at(late, 1))
	}
	return stop()
}

func slipsOf(all []record.Sample) (late []float64, failed int) {
	for _, s := range all {
		if s.Phase != record.PhaseMeasure {
			continue
		}
		if s.Status != record.StatusOK {
			failed++
		}
		if queue, known := s.QueueMS.Get(); known {
			late = append(late, max(queue-s.ConnectMS.Or(0), 0))
		}
	}
	slices.Sort(late)
	return late, failed
}
