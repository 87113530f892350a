package summary

import (
	"cmp"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// searched adds what an engine's capacity search came to. Its row holds counts
// and the timeline alone: a percentile or a rate over steps of all loads, most
// of them chosen because they are too much, would be of nothing.
func (a *Aggregator) searched(sc *record.ScenarioResult, engine string, c *cell) {
	info := a.info(engine)
	e := record.EngineResult{
		Engine: engine, Endpoint: cmp.Or(c.endpoint, info.Endpoint), Via: info.Via, Requests: c.requests, Succeeded: c.succeeded,
		Failed: c.requests - c.succeeded - c.cancelled, Dropped: c.dropped(),
		Errors: copyCounts(c.errors), TokenSources: copyCounts(c.sources), Clocks: copyCounts(c.clocks),
	}
	sc.Engines = append(sc.Engines, e)
	sc.Timeline = append(sc.Timeline, c.timeline(engine, c.windows(), a.level())...)
	if found := c.capacity(engine, sc.Shape.SLO, a.level()); found != nil {
		sc.Capacity = append(sc.Capacity, *found)
	}
}

// capacity puts together the result that the last step carries and the curve
// that all steps are. A search that was cut short has the curve and what
// follows from it.
func (c *cell) capacity(engine, slo string, level float64) *record.CapacityResult {
	out := record.CapacityResult{
		Engine: engine, SLO: slo, Confidence: level, LimitedBy: "unknown", Reason: "the search did not reach its end",
	}
	curve := []record.CapacityPoint{}
	for _, b := range c.blocks {
		if b.CapacityResult != nil {
			out = *b.CapacityResult
		}
		if b.Capacity != nil {
			curve = append(curve, *b.Capacity)
		}
	}
	if len(c.blocks) == 0 {
		return nil
	}
	slices.SortStableFunc(curve, func(x, y record.CapacityPoint) int { return cmp.Compare(x.OfferedPerS, y.OfferedPerS) })
	out.Curve = curve
	if !out.RatePerS.Known() {
		out.RatePerS, out.CI = record.CapacityBracket(curve)
	}
	return &out
}
