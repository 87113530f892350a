package chart

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// conditions says in a line how a scenario was measured.
func conditions(sc record.ScenarioResult) string {
	parts := []string{sc.Name}
	if load := loadText(sc.Shape); load != "" {
		parts = append(parts, load)
	}
	if n := sc.Shape.MaxTokens; n > 0 {
		parts = append(parts, fmt.Sprintf("up to %d tokens", n))
	}
	if t := sc.Shape.ThinkTime; t != "" && t != "none" {
		parts = append(parts, "think time "+t)
	}
	if n := sc.Shape.Rounds; n > 1 && sc.Shape.Arrival != record.ArrivalSequential {
		parts = append(parts, fmt.Sprintf("%d rounds", n))
	}
	return strings.Join(parts, " · ")
}

// loadText says what the load was; "" where the shape tells nothing.
func loadText(s record.Shape) string {
	var text string
	switch {
	case s.Arrival == record.ArrivalSequential:
		return fmt.Sprintf("one request at a time, %d iterations", s.Iterations)
	case s.Arrival == record.ArrivalUsers:
		text = fmt.Sprintf("%d users", s.Users)
	case len(s.Steps) > 0:
		text = "rate in steps: " + stepsText(s.Steps)
	case s.BurstSize > 0:
		text = fmt.Sprintf("bursts of %d every %s s", s.BurstSize, plain(s.BurstPeriodS))
	case s.ToRatePerS > 0:
		text = fmt.Sprintf("%s arrivals, %s to %s requests/s", s.Arrival, plain(s.RatePerS), plain(s.ToRatePerS))
	case s.RatePerS > 0:
		text = fmt.Sprintf("%s arrivals, %s requests/s", s.Arrival, plain(s.RatePerS))
	default:
		return s.Arrival
	}
	if s.DurationS > 0 {
		text += fmt.Sprintf(" for %s s", plain(s.DurationS))
	}
	return text
}

// stepsText names the first rates of a stepped load.
func stepsText(steps []record.RateStep) string {
	const shown = 4
	rates := make([]string, 0, shown+1)
	for _, s := range steps[:min(len(steps), shown)] {
		rates = append(rates, plain(s.RatePerS)+"/s")
	}
	if more := len(steps) - shown; more > 0 {
		rates = append(rates, fmt.Sprintf("%d more", more))
	}
	return strings.Join(rates, ", ")
}

func plain(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// load is where a scenario stands on the axis of load: its users or its rate.
func load(s record.Shape) (at float64, label, unit string, ok bool) {
	switch {
	case s.Arrival == record.ArrivalUsers && s.Users > 0:
		return float64(s.Users), "Concurrent users", "", true
	case s.IsOpen() && s.RatePerS > 0 && s.ToRatePerS == 0 && len(s.Steps) == 0 && s.BurstSize == 0:
		return s.RatePerS, "Offered load", "requests/s", true
	}
	return 0, "", "", false
}
