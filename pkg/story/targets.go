package story

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// targetLines say each target's result in a line.
func targetLines(s record.Summary) []Item {
	var items []Item
	for _, t := range s.Targets {
		label, tone := outcome(t)
		items = append(items, Item{
			Label: label, Tone: tone, Engine: t.Engine, Scenario: t.Scenario,
			Text:   say("%s: %s in %s", t.Engine, measure(t.Metric, t.Statistic), t.Scenario),
			Detail: actual(t),
		})
	}
	return items
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

func actual(t record.TargetResult) string {
	unit := MetricUnit(t.Metric)
	limit := "limit " + Quantity(t.Limit, unit)
	if v, known := t.Actual.Get(); known {
		return Quantity(v, unit) + ", " + limit
	}
	if n, known := t.NeedsSamples.Get(); known {
		return limit + ", needs N ≥ " + Count(n)
	}
	return limit + ", too few samples"
}

// targets are all targets of all engines.
func targets(s record.Summary) []Block {
	if len(s.Targets) == 0 {
		return nil
	}
	t := Table{Caption: "Targets and what was measured", Columns: []Column{
		{Title: "Scenario"}, {Title: "Engine"}, {Title: "Measure"}, {Title: "Limit", Number: true}, {Title: "Actual", Number: true}, {Title: "Result"}},
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
			text(r.Scenario), text(r.Engine), text(measure(r.Metric, r.Statistic)), {Text: Quantity(r.Limit, unit)}, value, {Text: label, Tone: tone}}})
	}
	return []Block{t}
}
