package story

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// keyFigures are the few numbers to remember of each engine: first tokens when
// it is idle, and what it does under the heaviest load. A scenario that the run
// did not have has no column.
func keyFigures(s record.Summary) Table {
	idle, heavy := keyScenarios(s)
	t := Table{Caption: "Key figures", Columns: []Column{{Title: "Engine"}}}
	var cells []func(engine string) Cell
	add := func(c Column, cell func(record.EngineResult) Cell, in *record.ScenarioResult) {
		t.Columns = append(t.Columns, c)
		cells = append(cells, func(engine string) Cell { return cellOf(in, engine, cell) })
	}
	if idle != nil {
		add(Column{Title: say("TTFT P50, %s", idle.Name), Unit: "ms", Number: true}, statisticOf("ttft_ms", "p50"), idle)
		add(Column{Title: say("TTFT P95, %s", idle.Name), Unit: "ms", Number: true}, statisticOf("ttft_ms", "p95"), idle)
	}
	if heavy != nil {
		add(Column{Title: say("TTFT P95, %s", heavy.Name), Unit: "ms", Number: true}, statisticOf("ttft_ms", "p95"), heavy)
		add(Column{Title: say("TPOT P50, %s", heavy.Name), Unit: "ms", Number: true}, statisticOf("tpot_ms", "p50"), heavy)
		add(Column{Title: say("Output, %s", heavy.Name), Unit: "tokens/s", Number: true}, func(e record.EngineResult) Cell { return number(e.OutputTokensPerS) }, heavy)
	}
	t.Columns = append(t.Columns, Column{Title: "Failed, whole run", Number: true})
	for _, engine := range Engines(s) {
		row := Row{Engine: engine, Cells: []Cell{text(engine)}}
		for _, cell := range cells {
			row.Cells = append(row.Cells, cell(engine))
		}
		row.Cells = append(row.Cells, failedOf(s, engine))
		t.Rows = append(t.Rows, row)
	}
	t.Note = intervalNote(runLevel(s))
	return t
}

// keyScenarios are the first that sends one request at a time, and the last that
// is a load: loads are listed from light to heavy.
func keyScenarios(s record.Summary) (idle, heavy *record.ScenarioResult) {
	for i := range s.Scenarios {
		switch sc := &s.Scenarios[i]; sc.Kind {
		case record.KindTTFT:
			if idle == nil {
				idle = sc
			}
		case record.KindLoad:
			heavy = sc
		}
	}
	return idle, heavy
}

func statisticOf(metric, key string) func(record.EngineResult) Cell {
	return func(e record.EngineResult) Cell { return statistic(e.Distribution(metric), key) }
}

func cellOf(sc *record.ScenarioResult, engine string, cell func(record.EngineResult) Cell) Cell {
	for _, e := range sc.Engines {
		if e.Engine == engine && e.Requests > 0 {
			c := cell(e)
			if e.Succeeded == 0 {
				c = missing("none succeeded")
			}
			if isClientBound(e) && !c.Missing {
				c.Tone, c.Detail = Caution, dashed(c.Detail, "client-bound")
			}
			return c
		}
	}
	return missing("not measured")
}

// failedOf is how many of an engine's attempts failed in the whole run.
func failedOf(s record.Summary, engine string) Cell {
	var failed, requests int64
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if e.Engine == engine {
				failed, requests = failed+e.Failed, requests+e.Requests
			}
		}
	}
	if requests == 0 {
		return missing("not measured")
	}
	c := Cell{Text: Share(float64(failed) / float64(requests)), Detail: say("%s of %s", Count(failed), Count(requests))}
	if failed > 0 {
		c.Tone = Caution
	}
	return c
}

// Engines are the names of all engines of the run, in the order in which it
// lists them.
func Engines(s record.Summary) []string {
	var all []string
	seen := map[string]bool{}
	add := func(engine string) {
		if !seen[engine] {
			seen[engine] = true
			all = append(all, engine)
		}
	}
	for _, e := range s.Environment.Engines {
		add(e.Engine)
	}
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			add(e.Engine)
		}
	}
	return all
}
