package chart

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const (
	metricTTFT   = "ttft_ms"
	metricWanted = "ttft_from_schedule_ms"
	labelTTFT    = "Time to first token"
)

// ttft shows when first tokens came in one scenario: a box for each engine, or
// bars of percentiles where single requests are not known. An open loop has a
// second panel that counts from when each request was due, since waiting that
// the client did for the engine is the engine's too.
func (d describer) ttft(sc record.ScenarioResult) []Figure {
	p := d.latencyPanel(sc, metricTTFT, "")
	if p.Empty != "" {
		return nil
	}
	title := labelTTFT + " under load"
	if sc.Kind == record.KindTTFT {
		title = labelTTFT + ", one request at a time"
	}
	f := d.figure(KindTTFT, "ttft", title, sc)
	f.Panels = []Panel{p}
	if sc.Shape.IsOpen() {
		f.Panels[0].Title = "From when the request was sent"
		f.Panels = append(f.Panels, d.latencyPanel(sc, metricWanted, "From when the request was due"))
	}
	f.Note = "Lower is better."
	if len(p.Boxes) > 0 {
		f.Note += " Boxes hold the middle half of all requests, dark bands are " + d.intervals() + " of medians; " +
			"whiskers reach to 1.5 times the box, circles lie beyond."
	} else {
		f.Note += " Whiskers are " + d.intervals() + "."
	}
	f.Note += d.caveats(sc)
	return []Figure{f}
}

// latencyPanel compares a metric of single requests between engines.
func (d describer) latencyPanel(sc record.ScenarioResult, metric, title string) Panel {
	p := Panel{Title: title, Y: Axis{Label: labelTTFT, Unit: "ms"}}
	for _, e := range d.results(sc) {
		if b, ok := d.box(sc.Name, e, metric); ok {
			b.Category = e.Engine
			p.Boxes = append(p.Boxes, b)
		}
		p.X.Categories = append(p.X.Categories, e.Engine)
	}
	if len(p.Boxes) == 0 {
		p = d.percentilePanel(sc, metric, labelTTFT)
		p.Title = title
	}
	p.Y.Log = p.wide()
	p.Marks = d.targetMarks(sc.Name, metric)
	return p
}

// box is the box of one engine in one scenario.
func (d describer) box(scenario string, e record.EngineResult, metric string) (b Box, ok bool) {
	if d.values == nil {
		return Box{}, false
	}
	b, ok = box(d.values(scenario, e.Engine, metric), e.Distribution(metric))
	b.Engine = e.Engine
	return b, ok
}

// overview sets the first tokens of all scenarios side by side, where there are
// several.
func (d describer) overview() []Figure {
	p := Panel{Y: Axis{Label: labelTTFT, Unit: "ms"}}
	for _, sc := range d.s.Scenarios {
		boxes, bars := d.inOverview(sc)
		if len(boxes)+len(bars) > 0 {
			p.X.Categories = append(p.X.Categories, sc.Name)
			p.Boxes, p.Bars = append(p.Boxes, boxes...), append(p.Bars, bars...)
		}
	}
	if len(p.X.Categories) < 2 {
		return nil
	}
	note := "Lower is better. Bars are medians, whiskers their " + d.intervals() + "."
	if d.values != nil {
		note = "Lower is better. Boxes hold the middle half of all requests, dark bands are " + d.intervals() + " of medians; " +
			"whiskers reach to 1.5 times the box, circles lie beyond."
	}
	p.Y.Log = p.wide()
	return []Figure{{
		ID: "ttft-overview", Kind: KindTTFT, Title: labelTTFT + " in every scenario", Subtitle: d.under(d.s.Name),
		Engines: d.engines, Note: note, Panels: []Panel{p},
	}}
}

// inOverview is one scenario's part of the overview: boxes where single
// requests are known, else bars of medians.
func (d describer) inOverview(sc record.ScenarioResult) (boxes []Box, bars []Bar) {
	for _, e := range d.results(sc) {
		if b, ok := d.box(sc.Name, e, metricTTFT); ok {
			b.Category = sc.Name
			boxes = append(boxes, b)
		} else if median, known := e.TTFT.Statistic("p50").Get(); known && d.values == nil {
			bars = append(bars, Bar{Engine: e.Engine, Category: sc.Name, Value: median, CI: interval(e.TTFT, "p50")})
		}
	}
	return boxes, bars
}
