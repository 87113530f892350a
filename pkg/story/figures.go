package story

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// runFigures are the figures that belong to no scenario's section.
func runFigures(s record.Summary, figures []chart.Figure) []Block {
	var blocks []Block
	for _, f := range figures {
		told := slices.ContainsFunc(s.Scenarios, func(sc record.ScenarioResult) bool { return sc.Name == f.Scenario })
		if !told {
			blocks = append(blocks, figure(f))
		}
	}
	return blocks
}

func scenarioFigures(sc record.ScenarioResult, figures []chart.Figure) []Block {
	var blocks []Block
	for _, f := range figures {
		if f.Scenario == sc.Name {
			blocks = append(blocks, figure(f))
		}
	}
	return blocks
}

func figure(f chart.Figure) FigureRef {
	ref := FigureRef{ID: f.ID, Scenario: f.Scenario, Title: Printable(f.Title), Subtitle: Printable(f.Subtitle), Note: Printable(f.Note)}
	for _, p := range f.Panels {
		title := Printable(p.Title)
		if title == "" {
			title = ref.Title
		}
		for _, t := range []Table{boxTable(title, f, p), barTable(title, f, p), lineTable(title, f, p), radarTable(title, f, p)} {
			if len(t.Rows) > 0 {
				ref.Tables = append(ref.Tables, t)
			}
		}
	}
	return ref
}

func boxTable(title string, f chart.Figure, p chart.Panel) Table {
	unit := Printable(p.Y.Unit)
	t := Table{Caption: title, Columns: []Column{{Title: "Engine"}, {Title: "Of"}, {Title: "N", Number: true},
		{Title: "Low whisker", Unit: unit, Number: true}, {Title: "Q1", Unit: unit, Number: true}, {Title: "Median", Unit: unit, Number: true},
		{Title: "Q3", Unit: unit, Number: true}, {Title: "High whisker", Unit: unit, Number: true}, {Title: "Beyond whiskers", Number: true}}}
	for _, b := range p.Boxes {
		median := Cell{Text: Number(b.Median)}
		if b.MedianCI != nil {
			median.Detail = Interval(*b.MedianCI)
		}
		t.Rows = append(t.Rows, Row{Engine: b.Engine, Scenario: f.Scenario, Cells: []Cell{text(b.Engine), text(b.Category), count(int64(b.N)),
			{Text: Number(b.Low)}, {Text: Number(b.Q1)}, median, {Text: Number(b.Q3)}, {Text: Number(b.High)}, count(int64(len(b.Outliers)))}})
	}
	return t
}

func barTable(title string, f chart.Figure, p chart.Panel) Table {
	t := Table{Caption: title, Columns: []Column{{Title: "Engine"}, {Title: "Of"}, numbers(p.Y)}}
	for _, b := range p.Bars {
		c := Cell{Text: Number(b.Value)}
		if b.CI != nil {
			c.Detail = Interval(*b.CI)
		}
		t.Rows = append(t.Rows, Row{Engine: b.Engine, Scenario: f.Scenario, Cells: []Cell{text(b.Engine), text(b.Category), c}})
	}
	return t
}

// pointsShown is how many points of a curve its table has at most.
const pointsShown = 12

func lineTable(title string, f chart.Figure, p chart.Panel) Table {
	t := Table{Caption: title, Columns: []Column{{Title: "Engine"}, {Title: "Curve"},
		numbers(p.X), numbers(p.Y)}}
	for _, l := range p.Lines {
		points := thinned(l.Points)
		if len(points) < len(l.Points) {
			t.Note = "Some points of each curve, evenly chosen, the first and the last among them."
		}
		for _, point := range points {
			t.Rows = append(t.Rows, Row{Engine: l.Engine, Scenario: f.Scenario, Cells: []Cell{
				text(l.Engine), curve(l.Name), {Text: Number(point[0])}, {Text: Number(point[1])}}})
		}
	}
	return t
}

func curve(name string) Cell {
	if name == "" {
		return Cell{Text: "–", Tone: Quiet}
	}
	return text(StatisticName(name))
}

// thinned picks at most pointsShown points, the first and the last among them.
func thinned(points []chart.Point) []chart.Point {
	if len(points) <= pointsShown {
		return points
	}
	var kept []chart.Point
	for i := range pointsShown {
		kept = append(kept, points[i*(len(points)-1)/(pointsShown-1)])
	}
	return kept
}

func radarTable(title string, f chart.Figure, p chart.Panel) Table {
	t := Table{Caption: title + ", scores of 100", Columns: []Column{{Title: "Engine"}}}
	for _, spoke := range p.Spokes {
		t.Columns = append(t.Columns, Column{Title: dimensionName(spoke), Number: true})
	}
	for _, b := range p.Blades {
		row := Row{Engine: b.Engine, Scenario: f.Scenario, Cells: []Cell{text(b.Engine)}}
		for i := range p.Spokes {
			c := missing("")
			if i < len(b.Scores) && b.Scores[i] >= 0 {
				c = Cell{Text: Number(b.Scores[i])}
			}
			row.Cells = append(row.Cells, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// numbers is the column of an axis's values.
func numbers(a chart.Axis) Column {
	return Column{Title: Printable(a.Label), Unit: Printable(a.Unit), Number: true}
}
