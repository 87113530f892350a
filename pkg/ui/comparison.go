package ui

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// WriteComparison writes how runs differ to standard output in one of [Outputs]:
// the answer, then a table for each run and scenario, what makes the runs unlike,
// and the gate. Only tables are ever coloured.
func WriteComparison(w io.Writer, c record.Comparison, output string, colour Colour) error {
	switch output {
	case "json", "yaml":
		return WriteDocument(w, c, output)
	}
	width := Narrow
	if output == "wide" {
		width = Wide
	}
	p := newPrinter(w, width, colour)
	if story.SimulatedRuns(c) {
		p.line("%s", colour.in(caution, SimulatedMark))
	}
	for _, answer := range story.ComparisonAnswers(c) {
		p.text(Printable(answer))
	}
	for _, warning := range c.Warnings {
		p.text(colour.in(caution, "warning") + ": " + Printable(warning))
	}
	for _, rows := range comparedParts(c.Rows) {
		p.compared(c, rows, width)
	}
	p.gate(c)
	return p.err
}

// comparedParts cuts rows where a run or a scenario ends.
func comparedParts(rows []record.ComparedRow) (parts [][]record.ComparedRow) {
	for i, row := range rows {
		if i == 0 || row.Run != rows[i-1].Run || row.Scenario != rows[i-1].Scenario {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], row)
	}
	return parts
}

// compared is the table of one run and scenario.
func (p *printer) compared(c record.Comparison, rows []record.ComparedRow, width Width) {
	p.line("")
	title := Printable(rows[0].Scenario)
	if len(c.Runs) > 2 {
		title += ": " + Printable(rows[0].Run)
	}
	p.line("%s", title)
	columns := []column{
		{title: "ENGINE", shrinks: true}, {title: "NUMBER", shrinks: true}, {title: "BASELINE", number: true}, {title: "RUN", number: true},
		{title: "CHANGE", number: true}, {title: fmt.Sprintf("%g %% INTERVAL", c.Level*100)}, {title: "RESULT"},
	}
	if width == Wide {
		columns = append(columns, column{title: "UNIT"}, column{title: "DIFFERENCE", number: true}, column{title: "P", number: true}, column{title: "RESTS ON"})
	}
	var cells [][]string
	for _, row := range rows {
		cells = append(cells, p.comparedCells(row, width))
	}
	p.table(columns, cells)
}

func (p *printer) comparedCells(row record.ComparedRow, width Width) []string {
	said, tone := story.ComparedOutcome(row)
	interval := orDash(Printable(story.ChangeInterval(row)))
	cells := []string{
		story.ComparedEngine(row), metricText(row), valueText(row.A, row.Unit), valueText(row.B, row.Unit),
		Printable(story.Change(row)), interval, p.toned(tone, said),
	}
	if width == Wide {
		pValue := "-"
		if v, known := row.PValue.Get(); known {
			pValue = story.PValue(v)
		}
		cells = append(cells, row.Unit, number(row.Effect.Difference), pValue, orDash(row.Basis))
	}
	return cells
}

// shortNames are what tables call what has no percentiles, and what would be too
// long for one.
var shortNames = map[string]string{
	"success_share": "SUCCESS", "output_tokens_per_s": "TOK/S", "requests_per_s": "REQ/S",
}

// metricText names a number as the tables of a run do.
func metricText(row record.ComparedRow) string {
	if name := shortNames[row.Metric]; name != "" {
		return name
	}
	name := strings.Replace(metricName(row.Metric), "TTFT_FROM_SCHEDULE", "SCHED TTFT", 1)
	return Printable(name + " " + statName(row.Statistic))
}

// valueText is a number of a run; shares are in percent.
func valueText(v record.Float, unit string) string {
	share, known := v.Get()
	if unit != "share" || !known {
		return number(v)
	}
	return Printable(story.Share(share))
}

// toned colours a text by what it says.
func (p *printer) toned(tone story.Tone, text string) string {
	switch tone {
	case story.Good:
		return p.colour.in(good, text)
	case story.Caution:
		return p.colour.in(caution, text)
	case story.Bad:
		return p.colour.in(bad, text)
	}
	return text
}

// gate says what came of each limit.
func (p *printer) gate(c record.Comparison) {
	if c.Gate == nil {
		return
	}
	said, tone := story.GateOutcome(c.Gate.Status)
	p.line("")
	p.line("gate %s: %s", Printable(c.Gate.Gate), p.toned(tone, said))
	for _, check := range c.Gate.Checks {
		said, tone := story.GateOutcome(check.Status)
		p.line("%s%s %s%s: %s", gap, p.toned(tone, said), Printable(check.Limit), prefixed(" ", story.GateSubject(c, check)), Printable(check.Reason))
	}
}
