package chart

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Figures describes every figure that a summary has something for: the time to
// first token over all scenarios, then what each scenario shows, then what
// scenarios show together. Without values, the numbers of single requests,
// percentiles stand in for box plots and there are no distribution curves. No
// number of a figure is NaN or infinite.
func Figures(s record.Summary, values Values) []Figure {
	d := describer{s: s, values: values, engines: engineOrder(s)}
	figures := d.overview()
	for _, sc := range s.Scenarios {
		figures = append(figures, d.scenario(sc)...)
	}
	figures = append(figures, d.loadSweeps()...)
	figures = append(figures, d.overallRadar()...)
	uniqueIDs(figures)
	return figures
}

// describer makes the figures of one summary.
type describer struct {
	s       record.Summary
	values  Values
	engines []string
}

func (d describer) scenario(sc record.ScenarioResult) []Figure {
	figures := d.ttft(sc)
	if sc.Kind == record.KindLoad {
		figures = append(figures, d.dashboard(sc), d.timeline(sc))
	}
	figures = append(figures, d.cdf(sc)...)
	figures = append(figures, d.capacity(sc)...)
	return append(figures, d.radar(sc)...)
}

// figure begins a figure about a scenario.
func (d describer) figure(kind, prefix, title string, sc record.ScenarioResult) Figure {
	return Figure{
		ID: identify(prefix, sc.Name), Kind: kind, Scenario: sc.Name, Title: title,
		Subtitle: d.under(conditions(sc)), Engines: d.engines,
	}
}

// engineOrder is the order in which engines take their colours: that of the
// environment, then any other that was measured, as scenarios bring them.
func engineOrder(s record.Summary) []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, e := range s.Environment.Engines {
		add(e.Engine)
	}
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			add(e.Engine)
		}
		for _, p := range sc.Timeline {
			add(p.Engine)
		}
		for _, c := range sc.Capacity {
			add(c.Engine)
		}
	}
	return names
}

// results are a scenario's engines in the order of their colours.
func (d describer) results(sc record.ScenarioResult) []record.EngineResult {
	results := slices.Clone(sc.Engines)
	slices.SortStableFunc(results, func(a, b record.EngineResult) int {
		return slices.Index(d.engines, a.Engine) - slices.Index(d.engines, b.Engine)
	})
	return results
}
