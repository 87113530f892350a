package story

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Load says in a line what load a shape puts on an engine.
func Load(s record.Shape) string {
	parts := []string{arrival(s)}
	if s.ThinkTime != "" && s.ThinkTime != "none" {
		parts = append(parts, "think time "+s.ThinkTime)
	}
	if s.WarmupS > 0 {
		parts = append(parts, fmt.Sprintf("after a warm-up of %g s", s.WarmupS))
	}
	if s.Rounds > 1 && s.Arrival != record.ArrivalSequential {
		parts = append(parts, fmt.Sprintf("%d rounds", s.Rounds))
	}
	if s.MaxTokens > 0 {
		parts = append(parts, fmt.Sprintf("up to %s tokens", Count(int64(s.MaxTokens))))
	}
	line := Printable(strings.Join(parts, ", "))
	return strings.ToUpper(line[:1]) + line[1:]
}

func arrival(s record.Shape) string {
	switch s.Arrival {
	case record.ArrivalSequential:
		return fmt.Sprintf("one request at a time, %d iterations", s.Iterations)
	case record.ArrivalUsers:
		return fmt.Sprintf("%s for %g s", plural(int64(s.Users), "user"), s.DurationS)
	case "":
		return "load not known"
	}
	return fmt.Sprintf("open loop, %s for %g s", pace(s), s.DurationS)
}

// pace says when the requests of an open loop go out.
func pace(s record.Shape) string {
	switch {
	case len(s.Steps) > 0:
		return steps(s.Steps)
	case s.BurstSize > 0:
		return fmt.Sprintf("bursts of %d every %g s", s.BurstSize, s.BurstPeriodS)
	case s.ToRatePerS > 0:
		return fmt.Sprintf("%s %g/s to %g/s", s.Arrival, s.RatePerS, s.ToRatePerS)
	case s.Burstiness > 0:
		return fmt.Sprintf("%s %g/s (burstiness %g)", s.Arrival, s.RatePerS, s.Burstiness)
	case s.RatePerS > 0:
		return fmt.Sprintf("%s %g/s", s.Arrival, s.RatePerS)
	}
	return s.Arrival
}

// stepsShown is how many rates of steps fit into a line.
const stepsShown = 4

func steps(all []record.RateStep) string {
	var rates []string
	for _, step := range all[:min(len(all), stepsShown)] {
		rates = append(rates, fmt.Sprintf("%g/s", step.RatePerS))
	}
	if more := len(all) - stepsShown; more > 0 {
		rates = append(rates, fmt.Sprintf("and %d more", more))
	}
	return "steps of " + strings.Join(rates, ", ")
}
