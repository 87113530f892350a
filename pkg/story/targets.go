package story

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// targetMatrix says each target in a line, and how every engine did.
func targetMatrix(s record.Summary) Table {
	t := Table{Caption: "Targets", Columns: []Column{{Title: "Target"}}}
	names := Engines(s)
	for _, engine := range names {
		t.Columns = append(t.Columns, Column{Title: Printable(engine), Engine: engine})
	}
	type target struct {
		scenario, metric, statistic string
		limit                       float64
	}
	rows := map[target]int{}
	for _, r := range s.Targets {
		key := target{r.Scenario, r.Metric, r.Statistic, r.Limit}
		i, seen := rows[key]
		if !seen {
			i = len(t.Rows)
			rows[key] = i
			t.Rows = append(t.Rows, targetRow(r, len(names)))
		}
		if at := slices.Index(names, r.Engine); at >= 0 {
			label, tone := outcome(r)
			t.Rows[i].Cells[at+1] = Cell{Text: label, Tone: tone, Detail: actual(r)}
		}
	}
	return t
}

func targetRow(r record.TargetResult, engines int) Row {
	row := Row{Scenario: r.Scenario, Cells: []Cell{{
		Text:   say("%s within %s", measure(r.Metric, r.Statistic), Limit(r.Limit, MetricUnit(r.Metric))),
		Detail: say("in %s", r.Scenario)}}}
	for range engines {
		row.Cells = append(row.Cells, missing(""))
	}
	return row
}

func outcome(t record.TargetResult) (string, Tone) {
	switch {
	case t.Met == nil:
		return "cannot say", Caution
	case *t.Met:
		return "met", Good
	}
	return "missed", Bad
}

// actual is what was measured, or what it would take to say.
func actual(t record.TargetResult) string {
	if v, known := t.Actual.Get(); known {
		return Quantity(v, MetricUnit(t.Metric))
	}
	if n, known := t.NeedsSamples.Get(); known {
		return "needs N ≥ " + Count(n)
	}
	if t.Met != nil && !*t.Met {
		return "more above it than it allows"
	}
	return "too few samples"
}

// targets are all targets of all engines.
func targets(s record.Summary) []Block {
	if len(s.Targets) == 0 {
		return nil
	}
	t := Table{Caption: "Targets and what was measured", Columns: []Column{
		{Title: "Engine"}, {Title: "Scenario"}, {Title: "Measure"}, {Title: "Limit", Number: true}, {Title: "Actual", Number: true}, {Title: "Result"}},
		Note: "A target is met where the statistic itself is within its limit. “Cannot say” counts as missed under --fail-on-target."}
	for _, r := range s.Targets {
		label, tone := outcome(r)
		unit := MetricUnit(r.Metric)
		value := missing("")
		if n, known := r.NeedsSamples.Get(); known {
			value = missing("needs N ≥ " + Count(n))
		}
		if v, known := r.Actual.Get(); known {
			value = Cell{Text: Quantity(v, unit)}
		}
		t.Rows = append(t.Rows, Row{Engine: r.Engine, Scenario: r.Scenario, Cells: []Cell{
			text(r.Engine), text(r.Scenario), text(measure(r.Metric, r.Statistic)), {Text: Limit(r.Limit, unit)}, value, {Text: label, Tone: tone}}})
	}
	return []Block{t}
}
