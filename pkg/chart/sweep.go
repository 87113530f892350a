package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// sweep is a set of load scenarios that differ by how much load there was.
type sweep struct {
	label, unit string
	scenarios   []record.ScenarioResult
	at          []float64
}

// loadSweeps shows what more load does, wherever a run holds the same load in
// several strengths.
func (d describer) loadSweeps() []Figure {
	var figures []Figure
	for _, s := range d.sweeps() {
		if f, ok := d.sweepFigure(s); ok {
			figures = append(figures, f)
		}
	}
	return figures
}

// sweeps groups the load scenarios whose shapes are alike but for their users
// or their rate, and for how long they were measured.
func (d describer) sweeps() []sweep {
	var keys []string
	groups := map[string]sweep{}
	for _, sc := range d.s.Scenarios {
		at, label, unit, ok := load(sc.Shape)
		if sc.Kind != record.KindLoad || !ok {
			continue
		}
		shape := sc.Shape
		shape.Users, shape.RatePerS = 0, 0
		shape.DurationS, shape.WarmupS, shape.RampUpS, shape.Rounds = 0, 0, 0, 0
		key := fmt.Sprintf("%+v", shape)
		if _, had := groups[key]; !had {
			keys = append(keys, key)
		}
		g := groups[key]
		g.label, g.unit = label, unit
		g.scenarios, g.at = append(g.scenarios, sc), append(g.at, at)
		groups[key] = g
	}
	var found []sweep
	for _, key := range keys {
		if g := groups[key]; slices.Min(g.at) < slices.Max(g.at) {
			found = append(found, g)
		}
	}
	return found
}

// sweepFigure has a panel for each number that is known; ok is false where none is.
func (d describer) sweepFigure(s sweep) (f Figure, ok bool) {
	var names []string
	for _, sc := range s.scenarios {
		names = append(names, sc.Name)
	}
	f = Figure{
		ID: identify("goodput", strings.Join(names, "-")), Kind: KindGoodput, Title: "What more load does",
		Subtitle: d.under("scenarios " + strings.Join(names, ", ")), Engines: d.engines,
	}
	f.Panels = []Panel{
		d.sweepPanel(s, "Output tokens per second", "tokens/s", func(e record.EngineResult) record.Float { return e.OutputTokensPerS }),
		d.sweepPanel(s, "Time to first token, P95", "ms", func(e record.EngineResult) record.Float { return e.TTFT.Statistic("p95") }),
		d.sweepPanel(s, "Goodput", "requests/s", func(e record.EngineResult) record.Float { return e.GoodputPerS }),
	}
	if f.Panels[2].Empty != "" {
		f.Panels = f.Panels[:2] // a run without SLOs has no goodput
	}
	for i, p := range f.Panels {
		ok = ok || p.Empty == ""
		if i == 1 && p.Empty != "" {
			f.Panels[i].Empty = "Too few requests to say a P95."
		}
	}
	f.Panels[1].Y.Log = f.Panels[1].wide()
	f.Note = "Each point is one scenario. A point that the sample cannot support is left out."
	return f, ok
}

func (d describer) sweepPanel(s sweep, title, unit string, read func(record.EngineResult) record.Float) Panel {
	p := Panel{Title: title, X: Axis{Label: s.label, Unit: s.unit}, Y: Axis{Label: title, Unit: unit}}
	for _, engine := range d.engines {
		l := Line{Engine: engine}
		for i, sc := range s.scenarios {
			for _, e := range sc.Engines {
				if v, ok := read(e).Get(); ok && e.Engine == engine {
					l.Points = append(l.Points, Point{s.at[i], v})
				}
			}
		}
		if len(l.Points) > 0 {
			sortPoints(l.Points)
			p.Lines = append(p.Lines, l)
		}
	}
	if len(p.Lines) == 0 {
		p.Empty = "No scenario has this number."
	}
	return p
}

// sortPoints orders a curve from left to right.
func sortPoints(points []Point) {
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a[0], b[0]) })
}
