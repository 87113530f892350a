package document

import (
	"fmt"
	"io"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// marks are how Markdown shows a tone beside its words.
var marks = map[story.Tone]string{story.Good: "✅ ", story.Caution: "⚠️ ", story.Bad: "❌ "}

// ComparisonMarkdown writes a comparison of runs in Markdown for a pull request:
// the gate, the answer, and what differs significantly; every number and how sure
// it is, folded. Names from runs are escaped, so that they make no link, mention or
// HTML. It fails only where w does.
func ComparisonMarkdown(w io.Writer, c record.Comparison) error {
	m := &markdown{}
	m.line("### LLM inference benchmark: comparison")
	m.line()
	if story.SimulatedRuns(c) {
		m.line(simulatedLine)
		m.line()
	}
	m.comparedGate(c)
	for _, answer := range story.ComparisonAnswers(c) {
		m.line(lineStart(safe(answer)))
		m.line()
	}
	changed := slices.DeleteFunc(slices.Clone(c.Rows), func(r record.ComparedRow) bool { return !r.Significant })
	if len(changed) > 0 {
		m.compared(c, changed)
	}
	if len(c.Warnings) > 0 {
		m.details(fmt.Sprintf("⚠️ In what the runs are not alike (%d)", len(c.Warnings)), func(m *markdown) { m.warnings(c.Warnings) })
	}
	m.details(fmt.Sprintf("All %d numbers", len(c.Rows)), func(m *markdown) {
		m.line("Intervals are at ", story.Level(c.Level), ". The runs were not interleaved: what changed on the cluster between them is part of each difference.")
		m.line()
		m.compared(c, c.Rows)
		m.line()
		for i, r := range c.Runs {
			m.line("- ", map[bool]string{true: "baseline", false: "run"}[i == 0], ": ", safe(r.Name), when(r))
		}
	})
	_, err := io.WriteString(w, m.String())
	return err
}

const simulatedLine = "**SIMULATED: these engines are simulators; the numbers say nothing of real ones.**"

func when(r record.ComparedRun) string {
	if r.StartedAt.IsZero() {
		return ""
	}
	return ", " + r.StartedAt.UTC().Format("2006-01-02 15:04") + " UTC"
}

func (m *markdown) warnings(all []string) {
	for _, w := range all {
		m.line("- ", safe(w))
	}
}

// comparedGate says what came of the gate.
func (m *markdown) comparedGate(c record.Comparison) {
	if c.Gate == nil {
		return
	}
	said, tone := story.GateOutcome(c.Gate.Status)
	m.line("**", marks[tone], "Gate: ", said, "**")
	m.line()
	m.head("Limit", "Of", "Result", "What changed")
	for _, check := range c.Gate.Checks {
		said, tone := story.GateOutcome(check.Status)
		m.row([]string{safe(check.Limit), safe(story.GateSubject(c, check)), marks[tone] + said, safe(check.Reason)})
	}
	m.line()
}

// compared is a table of rows.
func (m *markdown) compared(c record.Comparison, rows []record.ComparedRow) {
	titles := []string{"Scenario", "Engine", "Number", ">Baseline", ">Run", ">Change", story.Level(c.Level) + " interval", "Result"}
	several := len(c.Runs) > 2
	if several {
		titles = append([]string{"Run"}, titles...)
	}
	m.head(titles...)
	for _, r := range rows {
		said, tone := story.ComparedOutcome(r)
		cells := []string{
			safe(r.Scenario), safe(story.ComparedEngine(r)), safe(story.ComparedName(r)), quantity(r.A, r.Unit), quantity(r.B, r.Unit),
			safe(story.Change(r)), safe(story.ChangeInterval(r)), marks[tone] + said,
		}
		if several {
			cells = append([]string{safe(r.Run)}, cells...)
		}
		m.row(cells)
	}
}

func quantity(v record.Float, unit string) string {
	n, known := v.Get()
	if !known {
		return story.NotAvailable
	}
	return safe(story.Quantity(n, unit))
}
