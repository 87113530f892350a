package story

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// outcomes are counts and rates of a scenario.
func outcomes(sc record.ScenarioResult, currency string) Table {
	load := sc.Kind != record.KindTTFT
	t := Table{Caption: "Requests and rates", Columns: []Column{
		{Title: "Engine"}, {Title: "Attempts", Number: true}, {Title: "Succeeded", Number: true}, {Title: "Failed", Number: true}}}
	if sc.Shape.IsOpen() {
		t.Columns = append(t.Columns, Column{Title: "Dropped", Number: true})
	}
	if load {
		t.Columns = append(t.Columns,
			Column{Title: "Requests", Unit: "1/s", Number: true}, Column{Title: "Goodput", Unit: "1/s", Number: true},
			Column{Title: "Output", Unit: "tokens/s", Number: true}, Column{Title: "Total", Unit: "tokens/s", Number: true})
	}
	t.Columns = append(t.Columns, Column{Title: "SLO attainment", Number: true})
	priced := slices.ContainsFunc(sc.Engines, func(e record.EngineResult) bool { return e.CostPerMillionOutputTokens.Known() })
	if priced {
		t.Columns = append(t.Columns, Column{Title: "Cost per million output tokens", Unit: Printable(currency), Number: true})
	}
	for _, e := range sc.Engines {
		row := Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{engineCell(e), count(e.Requests), count(e.Succeeded), toned(count(e.Failed), e.Failed > 0)}}
		if sc.Shape.IsOpen() {
			row.Cells = append(row.Cells, toned(count(e.Dropped), e.Dropped > 0))
		}
		if load {
			row.Cells = append(row.Cells, number(e.RequestsPerS), number(e.GoodputPerS), number(e.OutputTokensPerS), number(e.TotalTokensPerS))
		}
		row.Cells = append(row.Cells, share(e.SLOAttainment))
		if priced {
			row.Cells = append(row.Cells, number(e.CostPerMillionOutputTokens))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func toned(c Cell, when bool) Cell {
	if when {
		c.Tone = Caution
	}
	return c
}

// errorsTable counts failures by class.
func errorsTable(sc record.ScenarioResult) Table {
	t := Table{Caption: "Errors by class", Columns: []Column{{Title: "Engine"}, {Title: "Class"}, {Title: "Requests", Number: true}, {Title: "Share of attempts", Number: true}}}
	for _, e := range sc.Engines {
		for _, class := range record.ErrorClasses() {
			n := e.Errors[class]
			if n == 0 {
				continue
			}
			of := missing("")
			if e.Requests > 0 {
				of = Cell{Text: Share(float64(n) / float64(e.Requests))}
			}
			t.Rows = append(t.Rows, Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{text(e.Engine), text(string(class)), count(n), of}})
		}
	}
	return t
}

// lengths say how long prompts and answers were, where that was asked for.
func lengths(sc record.ScenarioResult) Table {
	t := Table{Caption: "Lengths in tokens: median, and what was asked for", Columns: []Column{
		{Title: "Engine"}, {Title: "Prompt", Number: true}, {Title: "Asked", Number: true}, {Title: "Answer", Number: true}, {Title: "Asked", Number: true}, {Title: "Length forced"}}}
	for _, e := range sc.Engines {
		l := e.Lengths
		if l == nil {
			continue
		}
		forced := missing("")
		if l.Forced != nil {
			forced = Cell{Text: map[bool]string{true: "yes", false: "no"}[*l.Forced]}
		}
		t.Rows = append(t.Rows, Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{text(e.Engine),
			median(l.Prompt), median(l.PromptTarget), median(l.Output), median(l.OutputTarget), forced}})
	}
	return t
}

// median is a median of tokens, which are whole most often.
func median(d *record.Distribution) Cell { return amount(statistic(d, "p50"), d.Statistic("p50")) }
