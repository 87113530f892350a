package ui

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// WritePlan writes what a run would do: engines, scenarios, requests and the
// expected time.
func WritePlan(w io.Writer, name string, plan record.Plan, simulated bool) error {
	p := newPrinter(w, Narrow, false)
	if simulated {
		p.line(SimulatedMark)
	}
	p.line("Plan of %q, about %s in all. Nothing is sent.", Printable(name), roughly(plan.ExpectedS))
	p.line("")
	var engines [][]string
	for _, e := range plan.Engines {
		engines = append(engines, []string{Printable(e.Engine), e.Kind, e.Via, Printable(orDash(e.Model)), Printable(e.Endpoint)})
	}
	p.table([]column{{title: "ENGINE", shrinks: true}, {title: "KIND"}, {title: "VIA"}, {title: "MODEL", shrinks: true}, {title: "ENDPOINT", shrinks: true}}, engines)
	p.line("")
	var rows [][]string
	for _, s := range plan.Scenarios {
		rows = append(rows, []string{Printable(s.Name), string(s.Kind), loadText(s), requestsText(s, len(plan.Engines)), roughly(s.ExpectedS)})
	}
	p.table([]column{{title: "SCENARIO", shrinks: true}, {title: "KIND"}, {title: "LOAD", shrinks: true}, {title: "REQUESTS"}, {title: "TIME", number: true}}, rows)
	for _, t := range plan.Targets {
		p.line("target: %s %s %s <= %g ms", t.Scenario, metricName(t.Metric), statName(t.Statistic), t.Limit)
	}
	return p.err
}

func loadText(s record.PlannedScenario) string {
	if s.Shape.Arrival == record.ArrivalSequential {
		return "one at a time, interleaved"
	}
	if s.Kind == record.KindCapacity {
		return capacityLoadText(s.Shape)
	}
	text := fmt.Sprintf("%d users, %g s", s.Shape.Users, s.Shape.DurationS)
	if s.Shape.IsOpen() {
		text = arrivalText(s.Shape)
	}
	if s.Shape.Rounds > 1 {
		text += fmt.Sprintf(" in %d rounds", s.Shape.Rounds)
	}
	return text
}

func requestsText(s record.PlannedScenario, engines int) string {
	if s.Requests == 0 {
		return "as many as fit"
	}
	text := strconv.Itoa(engines*s.Requests) + " + " + strconv.Itoa(engines*s.WarmupRequests) + " warm-up"
	switch {
	case s.Shape.IsOpen():
		return "about " + text
	case s.Shape.UntilConfident:
		return "at most " + text
	}
	return text
}

func roughly(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < 10*time.Minute {
		return d.Round(time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
