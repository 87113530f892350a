package story

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// capacity is the most load that each engine carries within an SLO, and every
// step of the search for it.
func capacity(s record.Summary, figures []chart.Figure) []Block {
	var blocks []Block
	for _, sc := range s.Scenarios {
		if len(sc.Capacity) == 0 {
			continue
		}
		blocks = append(blocks, capacities(sc))
		if onlyCapacity(sc) {
			blocks = append(blocks, scenarioFigures(sc, figures)...)
		}
		for _, c := range sc.Capacity {
			if len(c.Curve) > 0 {
				blocks = append(blocks, capacityCurve(sc, c))
			}
		}
	}
	return blocks
}

// onlyCapacity says whether a scenario is told of under Capacity and has nothing
// for a section of its own.
func onlyCapacity(sc record.ScenarioResult) bool {
	return len(sc.Capacity) > 0 && len(sc.Engines) == 0
}

func capacities(sc record.ScenarioResult) Table {
	t := Table{Caption: say("Most load within the SLO, %s", sc.Name), Columns: []Column{
		{Title: "Engine"}, {Title: "SLO"}, {Title: "Capacity", Unit: "requests/s", Number: true}, {Title: "Limited by"}},
		Note: "Capacity is the highest rate at which the SLO was shown to hold. Small print: from the rate at which it was shown to hold to the one at which it was shown to be missed."}
	for _, c := range sc.Capacity {
		rate := missing("the SLO held at no rate")
		if v, known := c.RatePerS.Get(); known {
			rate = Cell{Text: Number(v), Detail: "no rate was shown to miss it"}
		}
		if c.CI != nil && !rate.Missing {
			rate.Detail = Interval(*c.CI)
		}
		slo := text(c.SLO)
		slo.Detail = "each step judged at " + Level(c.Confidence)
		limit := text(c.LimitedBy)
		limit.Detail = Printable(c.Reason)
		t.Rows = append(t.Rows, Row{Engine: c.Engine, Scenario: sc.Name, Cells: []Cell{text(c.Engine), slo, rate, limit}})
	}
	return t
}

func capacityCurve(sc record.ScenarioResult, c record.CapacityResult) Table {
	t := Table{Caption: say("Every step of the search: %s, %s", c.Engine, sc.Name), Columns: []Column{
		{Title: "Offered", Unit: "1/s", Number: true}, {Title: "Succeeded", Unit: "1/s", Number: true}, {Title: "Goodput", Unit: "1/s", Number: true},
		{Title: "Output", Unit: "tokens/s", Number: true}, {Title: "Requests", Number: true}, {Title: "Failed", Number: true}, {Title: "Dropped", Number: true}, {Title: "SLO"}}}
	for _, p := range c.Curve {
		verdict := Cell{Text: capacityVerdict(p.Verdict), Detail: Printable(p.Reason), Tone: capacityTones[p.Verdict]}
		t.Rows = append(t.Rows, Row{Engine: c.Engine, Scenario: sc.Name, Cells: []Cell{
			number(record.Some(p.OfferedPerS)), number(p.RequestsPerS), number(p.GoodputPerS), number(p.OutputTokensPerS),
			count(p.Requests), toned(count(p.Failed), p.Failed > 0), toned(count(p.Dropped), p.Dropped > 0), verdict}})
	}
	return t
}

var capacityTones = map[string]Tone{
	record.CapacityHolds: Good, record.CapacityMisses: Bad, record.CapacityCannotSay: Caution,
}

func capacityVerdict(v string) string {
	if v == record.CapacityCannotSay {
		return "cannot say"
	}
	return Printable(v)
}
