package ui

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// SimulatedMark stands on everything that was measured on simulated engines.
const SimulatedMark = "SIMULATED: these engines are simulators; the numbers say nothing of real ones."

// Width picks how much a results table says.
type Width int

// The widths: Narrow fits 80 columns, Wide wants 120 and cuts no name.
const (
	Narrow Width = iota
	Wide
)

// WriteSummary writes the closing tables of a run.
func WriteSummary(w io.Writer, s record.Summary, width Width, colour Colour) error {
	p := newPrinter(w, width, colour)
	if s.Simulated {
		p.line("%s", colour.in(caution, SimulatedMark))
	}
	if s.Partial {
		p.line("%s", colour.in(caution, partialMark(s)))
	}
	for _, sc := range s.Scenarios {
		p.scenario(s, sc, width)
		if width == Wide {
			p.serverViews(sc)
		}
	}
	p.ways(s)
	p.targets(s.Targets)
	p.fairness(s.Fairness)
	p.findings(s.Findings)
	p.help(s.Scenarios)
	p.verdict(s.Verdict, width)
	return p.err
}

func partialMark(s record.Summary) string {
	skipped := slices.ContainsFunc(s.Findings, func(f record.Finding) bool { return f.ID == "scenario-skipped" })
	if skipped && s.FinishedAt != nil {
		return "PARTIAL: a scenario was skipped; what was measured of it is shown."
	}
	if s.Interrupted {
		return "PARTIAL: the run was interrupted; what was measured until then is shown."
	}
	return "PARTIAL: the run did not reach its end; what was measured until then is shown."
}

// printer writes lines until one fails.
type printer struct {
	w      io.Writer
	colour Colour
	limit  int // of a table's width, 0 for none
	err    error
}

func newPrinter(w io.Writer, width Width, colour Colour) *printer {
	p := &printer{w: w, colour: colour}
	if width == Narrow {
		p.limit = narrowLimit
	}
	return p
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// text writes a text, broken at words where it is wider than tables may be.
func (p *printer) text(s string) {
	if p.limit > 0 {
		s = strings.ReplaceAll(ansi.Wrap(s, p.limit-len(gap), ""), "\n", "\n"+gap)
	}
	p.line("%s", s)
}

func (p *printer) table(columns []column, rows [][]string) {
	if p.err == nil {
		p.err = writeTable(p.w, columns, fit(columns, rows, p.limit))
	}
}

func (p *printer) scenario(s record.Summary, sc record.ScenarioResult, width Width) {
	p.line("")
	if !slices.ContainsFunc(sc.Engines, func(e record.EngineResult) bool { return e.Requests > 0 }) {
		p.line("%s: not measured", Printable(sc.Name))
		return
	}
	if sc.Kind == record.KindCapacity {
		p.capacity(sc)
		return
	}
	p.text(fmt.Sprintf("%s: %s", Printable(sc.Name), shapeText(sc.Shape)))
	needed := false
	for _, columns := range scenarioTables(sc, width) {
		needed = p.results(s, sc, columns) || needed
	}
	if needed {
		p.line("N>=n: not shown; it takes n successful requests to say.")
	}
	p.failures(sc.Engines)
	p.scenarioVerdict(sc.Verdict)
}

// failures says what became of the requests that did not succeed.
func (p *printer) failures(engines []record.EngineResult) {
	for _, e := range engines {
		if e.Failed > 0 {
			p.line("%s: %d of %d requests failed: %s", Printable(e.Engine), e.Failed, e.Requests, classes(e.Errors))
		}
		if n := e.Errors[record.StatusCancelled]; n > 0 {
			p.line("%s: %d of %d requests were cancelled", Printable(e.Engine), n, e.Requests)
		}
	}
}

// results writes a table of results and says whether it lacks a percentile
// that the sample cannot support.
func (p *printer) results(s record.Summary, sc record.ScenarioResult, columns []resultColumn) (needed bool) {
	titles := make([]column, len(columns))
	for i, c := range columns {
		titles[i] = c.column
	}
	var rows [][]string
	for _, e := range sc.Engines {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = c.cell(cellContext{summary: s, engine: e})
			needed = needed || strings.HasPrefix(row[i], needsMark)
		}
		rows = append(rows, row)
	}
	p.table(titles, rows)
	return needed
}

func shapeText(s record.Shape) string {
	tokens := ""
	if s.MaxTokens > 0 { // else each request has a length of its own
		tokens = fmt.Sprintf(", up to %d tokens", s.MaxTokens)
	}
	switch {
	case s.Arrival == record.ArrivalSequential && s.UntilConfident:
		return fmt.Sprintf("one request at a time until enough was known, at most %d iterations%s; times in ms", s.Iterations, tokens)
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
		pace = "trace " + Printable(s.Trace)
		if s.Speed != 1 {
			pace += fmt.Sprintf(" at %g times its speed", s.Speed)
		}
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
	const tenths = 10 // a trace takes as long as it was
	return fmt.Sprintf("%s for %g s", pace, math.Round(tenths*s.DurationS)/tenths)
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
	p.table([]column{{title: "ENGINE", shrinks: true}, {title: "VERSION", shrinks: true}, {title: "MODEL", shrinks: true}, {title: "VIA"}, {title: "ADDS MS", number: true}, {title: "ENDPOINT", shrinks: true}}, rows)
}

func (p *printer) targets(targets []record.TargetResult) {
	if len(targets) == 0 {
		return
	}
	var rows [][]string
	for _, t := range targets {
		rows = append(rows, []string{Printable(t.Scenario), Printable(t.Engine), metricName(t.Metric) + " " + statName(t.Statistic),
			number(record.Some(t.Limit)), number(t.Actual), p.metText(t.Met)})
	}
	p.line("")
	p.table([]column{{title: "TARGET", shrinks: true}, {title: "ENGINE", shrinks: true}, {title: "METRIC"}, {title: "LIMIT", number: true}, {title: "ACTUAL", number: true}, {title: "RESULT"}}, rows)
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
