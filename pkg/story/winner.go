package story

import (
	"maps"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// winners say for each scenario who won and by what.
func winners(s record.Summary) []Block {
	var blocks []Block
	for _, sc := range s.Scenarios {
		if sc.Verdict != nil {
			blocks = append(blocks, scenarioVerdict(s, sc)...)
		}
	}
	return blocks
}

func scenarioVerdict(s record.Summary, sc record.ScenarioResult) []Block {
	v := sc.Verdict
	blocks := []Block{Heading{say("%s: %s", sc.Name, decision(v))}}
	if len(v.Reasons) > 0 {
		list := List{}
		for _, r := range v.Reasons {
			list.Items = append(list.Items, Item{Text: Printable(r), Scenario: sc.Name})
		}
		blocks = append(blocks, list)
	}
	if len(v.Dimensions) > 0 {
		blocks = append(blocks, dimensions(s, sc))
	}
	for _, engine := range slices.Sorted(maps.Keys(v.Excluded)) {
		blocks = append(blocks, Callout{Tone: Caution, Title: say("%s may not win here", engine), Text: Printable(v.Excluded[engine]), Engine: engine, Scenario: sc.Name})
	}
	return blocks
}

func decision(v *record.ScenarioVerdict) string {
	if v.Winner == nil {
		return "no engine was shown to be better"
	}
	if c, known := v.Confidence.Get(); known {
		return *v.Winner + " at " + Level(c) + " confidence"
	}
	return *v.Winner
}

// dimensions compare the engines quality by quality.
func dimensions(s record.Summary, sc record.ScenarioResult) Table {
	t := Table{
		Caption: say("Engines by quality, %s: value and score of 100", sc.Name),
		Columns: []Column{{Title: "Quality"}},
		Note:    "The best of a quality wins it only where it leads the second by more than chance and by more than the practical threshold. The p-value is corrected for all pairs (Holm); pp are percentage points.",
	}
	compared := comparedEngines(s, sc.Verdict)
	for _, engine := range compared {
		t.Columns = append(t.Columns, Column{Title: Printable(engine), Number: true, Engine: engine})
	}
	t.Columns = append(t.Columns, Column{Title: "Best"}, Column{Title: "Second less best", Number: true}, Column{Title: "p", Number: true})
	for _, d := range sc.Verdict.Dimensions {
		row := Row{Scenario: sc.Name, Cells: []Cell{{Text: dimensionName(d.Name), Detail: measure(d.Metric, d.Statistic)}}}
		for _, engine := range compared {
			row.Cells = append(row.Cells, scored(d, engine))
		}
		row.Cells = append(row.Cells, best(d), lead(d), pvalue(d))
		t.Rows = append(t.Rows, row)
	}
	return t
}

var dimensionNames = map[string]string{
	record.DimensionFirstToken:  "First token",
	record.DimensionSteadiness:  "Steadiness",
	record.DimensionThroughput:  "Throughput",
	record.DimensionReliability: "Reliability",
	record.DimensionTail:        "Tail",
}

func dimensionName(name string) string {
	if n := dimensionNames[name]; n != "" {
		return n
	}
	return MetricName(name)
}

func comparedEngines(s record.Summary, v *record.ScenarioVerdict) []string {
	return slices.DeleteFunc(Engines(s), func(engine string) bool {
		return !slices.ContainsFunc(v.Dimensions, func(d record.Dimension) bool {
			_, value := d.Values[engine]
			_, score := d.Scores[engine]
			return value || score
		})
	})
}

func scored(d record.Dimension, engine string) Cell {
	value, known := d.Values[engine]
	score, graded := d.Scores[engine]
	c := missing("")
	switch {
	case known:
		c = Cell{Text: Quantity(value, MetricUnit(d.Metric))}
	case graded:
		c = Cell{Text: "scored"}
	}
	if graded {
		c.Detail = "score " + Number(score)
	}
	return c
}

func best(d record.Dimension) Cell {
	if d.Winner != nil && d.Significant {
		return Cell{Text: Printable(*d.Winner), Tone: Good}
	}
	c := Cell{Text: "none shown", Tone: Quiet}
	if n, known := d.FurtherSamples.Get(); known {
		c.Detail = Printable("about " + Count(n) + " more requests would settle it")
	}
	return c
}

func lead(d record.Dimension) Cell {
	if d.Effect == nil {
		return missing("")
	}
	v, known := d.Effect.Difference.Get()
	if !known {
		return missing("")
	}
	scale, unit := 1.0, MetricUnit(d.Metric)
	if unit == unitShare {
		scale, unit = 100, "pp"
	}
	c := Cell{Text: signed(v*scale, unit)}
	if d.Effect.CI != nil {
		c.Detail = Interval(record.Interval{d.Effect.CI[0] * scale, d.Effect.CI[1] * scale})
	}
	return c
}

// signed writes a difference; that of two shares is in percentage points.
func signed(v float64, unit string) string {
	if v > 0 {
		return "+" + Quantity(v, unit)
	}
	return Quantity(v, unit)
}

func pvalue(d record.Dimension) Cell {
	if p, known := d.PValue.Get(); known {
		return Cell{Text: PValue(p)}
	}
	return missing("")
}
