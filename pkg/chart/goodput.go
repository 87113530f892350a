package chart

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// capacity shows a capacity search: what came of each rate that was offered,
// and the most that met the SLO.
func (d describer) capacity(sc record.ScenarioResult) []Figure {
	if len(sc.Capacity) == 0 {
		return nil
	}
	offered := Axis{Label: "Offered load", Unit: "requests/s"}
	good := Panel{Title: "Goodput", X: offered, Y: Axis{Label: "Requests that met the SLO", Unit: "requests/s"}}
	most := Panel{Title: "Capacity within the SLO", Y: offered}
	most.Y.Label = "Highest load at which it held"
	for _, engine := range d.engines {
		for _, c := range sc.Capacity {
			most.X.Categories = append(most.X.Categories, categoryOf(c, engine)...)
			if c.Engine != engine {
				continue
			}
			good.Lines = append(good.Lines, curve(c.Curve, engine)...)
			if rate, ok := c.RatePerS.Get(); ok {
				most.Bars = append(most.Bars, Bar{Engine: engine, Category: engine, Value: rate, CI: bounds(c.CI)})
			}
		}
	}
	if len(good.Lines) == 0 {
		good.Empty = "No step of the search has a goodput."
	}
	if len(most.Bars) == 0 {
		most.Empty = "The SLO was shown to hold at no rate."
	}
	f := d.figure(KindGoodput, "goodput", "Goodput against load", sc)
	f.Panels = []Panel{good, most}
	f.Note = "SLO: " + sc.Capacity[0].SLO + ". Whiskers reach from a rate at which it was shown to hold to one at which it was shown to be missed."
	return []Figure{f}
}

// categoryOf is the place of an engine on the axis of capacities, where the
// result is its own.
func categoryOf(c record.CapacityResult, engine string) []string {
	if c.Engine != engine {
		return nil
	}
	return []string{engine}
}

// curve is goodput over the offered rate; none where no step has a goodput.
func curve(steps []record.CapacityPoint, engine string) []Line {
	l := Line{Engine: engine}
	for _, s := range steps {
		if v, ok := s.GoodputPerS.Get(); ok && isFinite(s.OfferedPerS) {
			l.Points = append(l.Points, Point{s.OfferedPerS, v})
		}
	}
	if len(l.Points) == 0 {
		return nil
	}
	sortPoints(l.Points)
	return []Line{l}
}
