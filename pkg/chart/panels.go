package chart

import (
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// manyFold is the spread from which an axis of positive numbers is logarithmic:
// below it, a linear one still shows the smallest.
const manyFold = 50

// spread follows the range of what a panel shows.
type spread struct {
	low, high float64
	any       bool
}

func (s *spread) add(values ...float64) {
	for _, v := range values {
		if !isFinite(v) {
			continue
		}
		if !s.any {
			s.low, s.high, s.any = v, v, true
		}
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
}

// log says whether an axis over it should be logarithmic.
func (s *spread) log() bool { return s.any && s.low > 0 && s.high/s.low > manyFold }

// wide says whether the panel's numbers on the Y axis need a logarithmic one.
func (p *Panel) wide() bool {
	var s spread
	for _, b := range p.Boxes {
		s.add(b.Low, b.High)
		s.add(b.Outliers...)
	}
	for _, b := range p.Bars {
		s.add(b.Value)
	}
	for _, l := range p.Lines {
		for _, at := range l.Points {
			s.add(at[1])
		}
	}
	return s.log()
}

// percentiles are the statistics that bars show, and what they are called.
var percentiles = []struct{ statistic, name string }{{"p50", "P50"}, {"p95", "P95"}, {"p99", "P99"}}

// percentilePanel shows percentiles of a metric as bars, grouped by percentile.
// A percentile that an engine's sample cannot support has no bar.
func (d describer) percentilePanel(sc record.ScenarioResult, metric, title string) Panel {
	p := Panel{Title: title, Y: Axis{Label: title, Unit: "ms"}}
	for _, q := range percentiles {
		var bars []Bar
		for _, e := range d.results(sc) {
			dist := e.Distribution(metric)
			if v, known := dist.Statistic(q.statistic).Get(); known {
				bars = append(bars, Bar{Engine: e.Engine, Category: q.name, Value: v, CI: interval(dist, q.statistic)})
			}
		}
		if len(bars) > 0 {
			p.X.Categories = append(p.X.Categories, q.name)
			p.Bars = append(p.Bars, bars...)
		}
	}
	p.Y.Log = p.wide()
	if len(p.Bars) == 0 {
		p.Empty = d.whyNoPercentile(sc, metric)
	}
	return p
}

func (d describer) whyNoPercentile(sc record.ScenarioResult, metric string) string {
	sent, succeeded := int64(0), int64(0)
	for _, e := range sc.Engines {
		sent, succeeded = sent+e.Requests, succeeded+e.Succeeded
		if dist := e.Distribution(metric); dist != nil && dist.N > 0 {
			return "Too few requests to say any percentile."
		}
	}
	switch {
	case sent == 0:
		return "No request was sent."
	case succeeded == 0:
		return "No request succeeded."
	}
	return "No successful request has this number."
}

// targetMarks are the limits that a scenario's targets set to a metric, each
// once though every engine has it.
func (d describer) targetMarks(scenario, metric string) []Mark {
	var marks []Mark
	seen := map[Mark]bool{}
	for _, t := range d.s.Targets {
		if t.Scenario != scenario || t.Metric != metric || !isFinite(t.Limit) {
			continue
		}
		m := Mark{Y: t.Limit, Label: "target: " + strings.ToUpper(strings.ReplaceAll(t.Statistic, "_", ".")) + " within " + decimal(t.Limit, -1) + " ms"}
		if !seen[m] {
			seen[m] = true
			marks = append(marks, m)
		}
	}
	return marks
}
