package story

import (
	"fmt"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// scenario is all that one scenario says: its figures, its latencies, what
// became of its requests, and whether client and engine agree.
func scenario(index int, sc record.ScenarioResult, currency string, figures []chart.Figure) Section {
	sec := Section{ID: fmt.Sprintf("scenario-%d", index+1), Title: say("Results: %s", sc.Name), Scenario: sc.Name}
	sec.Blocks = append(sec.Blocks, Paragraph{Load(sc.Shape) + "."})
	sec.Blocks = append(sec.Blocks, scenarioFigures(sc, figures)...)
	if !slices.ContainsFunc(sc.Engines, func(e record.EngineResult) bool { return e.Requests > 0 }) {
		sec.Blocks = append(sec.Blocks, Callout{Tone: Caution, Title: "Not measured", Text: "No request of this scenario was sent.", Scenario: sc.Name})
		return sec
	}
	sec.Blocks = append(sec.Blocks, latencies(sc)...)
	sec.Blocks = append(sec.Blocks, Heading{"Outcome"}, outcomes(sc, currency))
	for _, t := range []Table{errorsTable(sc), lengths(sc)} {
		if len(t.Rows) > 0 {
			sec.Blocks = append(sec.Blocks, t)
		}
	}
	return withHealth(sec, sc)
}

func withHealth(sec Section, sc record.ScenarioResult) Section {
	if t := clientHealth(sc); len(t.Rows) > 0 {
		sec.Blocks = append(sec.Blocks, Heading{"The client’s own health"}, t)
	}
	if tables := serverViews(sc); len(tables) > 0 {
		sec.Blocks = append(sec.Blocks, Heading{"The engine’s own view"})
		for _, t := range tables {
			sec.Blocks = append(sec.Blocks, t)
		}
	}
	return sec
}

// latencies are a table for each metric that the scenario has.
func latencies(sc record.ScenarioResult) []Block {
	blocks := []Block{Heading{"Latency"}, Paragraph{intervalNote(scenarioLevel(sc))}}
	for _, m := range (record.EngineResult{}).Metrics() {
		if !shown(m.Name, sc) {
			continue
		}
		blocks = append(blocks, latency(m.Name, sc))
	}
	if len(blocks) == 2 {
		return []Block{Heading{"Latency"}, Paragraph{"No request succeeded, so there is no latency to tell of."}}
	}
	return blocks
}

// shown says whether a metric tells something here: TTFA only where it is not
// TTFT over again, TTFT from schedule only in an open loop.
func shown(metric string, sc record.ScenarioResult) bool {
	return slices.ContainsFunc(sc.Engines, func(e record.EngineResult) bool {
		d := e.Distribution(metric)
		if d == nil || d.N == 0 {
			return false
		}
		switch metric {
		case "ttfa_ms":
			return e.TTFT == nil || d.Mean != e.TTFT.Mean
		case "ttft_from_schedule_ms":
			return sc.Shape.IsOpen()
		}
		return true
	})
}

func latency(metric string, sc record.ScenarioResult) Table {
	t := Table{Caption: MetricName(metric) + ", ms", Columns: []Column{{Title: "Engine"}, {Title: "N", Number: true}}}
	for _, q := range quantiles {
		t.Columns = append(t.Columns, Column{Title: q.title, Number: true, Percentile: q.key})
	}
	t.Columns = append(t.Columns, Column{Title: "Mean", Number: true}, Column{Title: "Max", Number: true})
	for _, e := range sc.Engines {
		d := e.Distribution(metric)
		n := missing("")
		if d != nil {
			n = count(d.N)
		}
		row := Row{Engine: e.Engine, Scenario: sc.Name, Cells: []Cell{engineCell(e), n}}
		for _, q := range quantiles {
			row.Cells = append(row.Cells, statistic(d, q.key))
		}
		row.Cells = append(row.Cells, statistic(d, "mean"), statistic(d, "max"))
		t.Rows = append(t.Rows, row)
	}
	return t
}

// engineCell is an engine's name, marked where its numbers are not to be believed.
func engineCell(e record.EngineResult) Cell {
	c := text(e.Engine)
	if isClientBound(e) {
		c.Tone, c.Detail = Caution, record.ClientBound
	}
	return c
}
