package ui

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// SimulatedMark stands on everything that was measured on simulated engines.
const SimulatedMark = "SIMULATED: these engines are simulators; the numbers say nothing of real ones."

// Width picks how much a results table says.
type Width int

// The widths: Narrow fits 80 columns, Wide wants about 140.
const (
	Narrow Width = iota
	Wide
)

// WriteSummary writes the closing tables of a run.
func WriteSummary(w io.Writer, s record.Summary, width Width, colour Colour) error {
	p := &printer{w: w, colour: colour}
	if s.Simulated {
		p.line("%s", colour.in(caution, SimulatedMark))
	}
	if s.Partial {
		p.line("%s", colour.in(caution, partialMark(s)))
	}
	for _, sc := range s.Scenarios {
		p.scenario(s, sc, width)
	}
	p.ways(s)
	p.targets(s.Targets)
	p.findings(s.Findings)
	return p.err
}

func partialMark(s record.Summary) string {
	if s.Interrupted {
		return "PARTIAL: the run was interrupted; what was measured until then is shown."
	}
	return "PARTIAL: the run did not reach its end; what was measured until then is shown."
}

// printer writes lines until one fails.
type printer struct {
	w      io.Writer
	colour Colour
	err    error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) table(columns []column, rows [][]string) {
	if p.err == nil {
		p.err = writeTable(p.w, columns, rows)
	}
}

func (p *printer) scenario(s record.Summary, sc record.ScenarioResult, width Width) {
	p.line("")
	if !slices.ContainsFunc(sc.Engines, func(e record.EngineResult) bool { return e.Requests > 0 }) {
		p.line("%s: not measured", sc.Name)
		return
	}
	if sc.Kind == record.KindCapacity {
		p.capacity(sc)
		return
	}
	p.line("%s: %s", sc.Name, shapeText(sc.Shape))
	columns := scenarioColumns(sc.Kind, width)
	if sc.Shape.IsOpen() && width == Wide {
		columns = slices.Insert(columns, len(columns)-1, openColumns()...)
	}
	titles := make([]column, len(columns))
	for i, c := range columns {
		titles[i] = c.column
	}
	var rows [][]string
	for _, e := range sc.Engines {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = c.cell(cellContext{summary: s, engine: e})
		}
		rows = append(rows, row)
	}
	p.table(titles, rows)
	for _, row := range rows {
		if slices.ContainsFunc(row, func(cell string) bool { return strings.HasPrefix(cell, needsMark) }) {
			p.line("N>=n: not shown; it takes n successful requests to say.")
			return
		}
	}
}

// openColumns are what only an open loop has: TTFT as it was for whoever came
// when the load said, and what was never sent.
func openColumns() []resultColumn {
	return []resultColumn{
		percentile("TTFT P95 FROM SCHEDULE", 0.95, func(e record.EngineResult) *record.Distribution { return e.TTFTFromSchedule }),
		{column{title: "DROPPED", number: true}, func(c cellContext) string { return strconv.FormatInt(c.engine.Dropped, 10) }},
	}
}

func shapeText(s record.Shape) string {
	tokens := fmt.Sprintf(", up to %d tokens", s.MaxTokens)
	switch {
	case s.Arrival == record.ArrivalSequential:
		return fmt.Sprintf("one request at a time, %d iterations%s; times in ms", s.Iterations, tokens)
	case s.IsOpen():
		return arrivalText(s) + tokens + "; times in ms"
	}
	text := fmt.Sprintf("%d users for %g s%s", s.Users, s.DurationS, tokens)
	if s.ThinkTime != "" && s.ThinkTime != "none" {
		text += ", think time " + s.ThinkTime
	}
	return text + "; times in ms"
}

// arrivalText says when the requests of an open loop go out.
func arrivalText(s record.Shape) string {
	pace := s.Arrival
	switch {
	case len(s.Steps) > 0:
		pace = stepsText(s.Steps)
	case s.Trace != "":
		pace = fmt.Sprintf("trace %s at %g times its speed", Printable(s.Trace), s.Speed)
	case s.BurstSize > 0:
		pace = fmt.Sprintf("bursts of %d every %g s", s.BurstSize, s.BurstPeriodS)
	case s.ToRatePerS > 0:
		pace += fmt.Sprintf(" %g/s to %g/s", s.RatePerS, s.ToRatePerS)
	default:
		pace += fmt.Sprintf(" %g/s", s.RatePerS)
	}
	if s.Burstiness > 0 {
		pace += fmt.Sprintf(" (burstiness %g)", s.Burstiness)
	}
	return fmt.Sprintf("%s for %g s", pace, s.DurationS)
}

// stepsShown is how many rates of steps fit beside a scenario's name.
const stepsShown = 4

func stepsText(steps []record.RateStep) string {
	rates := make([]string, 0, len(steps))
	for _, step := range steps[:min(len(steps), stepsShown)] {
		rates = append(rates, fmt.Sprintf("%g/s", step.RatePerS))
	}
	if more := len(steps) - stepsShown; more > 0 {
		rates = append(rates, fmt.Sprintf("and %d more", more))
	}
	return "steps of " + strings.Join(rates, ", ")
}

// ways says how each engine was reached and what a tunnel added, since that is
// part of every time above it.
func (p *printer) ways(s record.Summary) {
	if s.Simulated || len(s.Environment.Engines) == 0 {
		return
	}
	var rows [][]string
	for _, e := range s.Environment.Engines {
		rows = append(rows, []string{Printable(e.Engine), Printable(orDash(e.Version)), Printable(orDash(e.Model)), e.Via, number(e.TunnelOverheadMS), Printable(e.Endpoint)})
	}
	p.line("")
	p.table([]column{{title: "ENGINE"}, {title: "VERSION"}, {title: "MODEL"}, {title: "VIA"}, {title: "ADDS MS", number: true}, {title: "ENDPOINT"}}, rows)
}

func (p *printer) targets(targets []record.TargetResult) {
	if len(targets) == 0 {
		return
	}
	var rows [][]string
	for _, t := range targets {
		rows = append(rows, []string{t.Scenario, t.Engine, metricName(t.Metric) + " " + statName(t.Statistic),
			number(record.Some(t.Limit)), number(t.Actual), p.metText(t.Met)})
	}
	p.line("")
	p.table([]column{{title: "TARGET"}, {title: "ENGINE"}, {title: "METRIC"}, {title: "LIMIT", number: true}, {title: "ACTUAL", number: true}, {title: "RESULT"}}, rows)
}

func (p *printer) metText(met *bool) string {
	switch {
	case met == nil:
		return p.colour.in(caution, "cannot say: too few samples")
	case *met:
		return p.colour.in(good, "met")
	}
	return p.colour.in(bad, "missed")
}

func (p *printer) findings(findings []record.Finding) {
	if len(findings) == 0 {
		return
	}
	p.line("")
	for _, f := range findings {
		text := fmt.Sprintf(": %s: %s", f.Subject, f.Message)
		if f.Remedy != "" {
			text += "; " + f.Remedy
		}
		p.line("%s%s", p.colour.severity(f.Severity, string(f.Severity)), Printable(text))
	}
}

// needsMark begins the cell of a percentile that the sample cannot support.
const needsMark = "N>="

// needs says how many samples a percentile wants before it may be printed.
func needs(p, level float64) string {
	return needsMark + strconv.Itoa(stats.MinSamples(p, level))
}
