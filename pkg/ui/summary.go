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
	p.line("%s: %s", sc.Name, shapeText(sc.Shape))
	columns := scenarioColumns(sc.Kind, width)
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

func shapeText(s record.Shape) string {
	if s.Arrival == "sequential" {
		return fmt.Sprintf("one request at a time, %d iterations, up to %d tokens; times in ms", s.Iterations, s.MaxTokens)
	}
	text := fmt.Sprintf("%d users for %g s, up to %d tokens", s.Users, s.DurationS, s.MaxTokens)
	if s.ThinkTime != "" && s.ThinkTime != "none" {
		text += ", think time " + s.ThinkTime
	}
	return text + "; times in ms"
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
