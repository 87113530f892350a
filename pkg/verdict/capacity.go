package verdict

import (
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// metricCapacity and statisticMost are what engines are compared by in a search
// for capacity.
const (
	metricCapacity = "rate_per_s"
	statisticMost  = "max"
)

// capacity judges a search for capacity. An engine is better than another where
// the rate at which it was shown to hold the SLO is at least the one at which
// the other was shown to miss it, and more by the practical threshold; each
// search has its own confidence, so there are no p-values. No other dimension is
// judged, because each engine was asked at rates of its own.
func (j judgement) capacity(out *scenarioOutcome, g ground) {
	q := quantity{metricCapacity, statisticMost, "requests/s", true}
	d := record.Dimension{Name: record.DimensionThroughput, Metric: q.metric, Statistic: q.statistic}
	c := claim{dimension: d.Name, beaten: map[string]string{}, decides: true}
	var rows []record.EngineResult
	var numbers []number
	found := map[string]record.CapacityResult{}
	for _, e := range g.rows {
		i := slices.IndexFunc(j.sc.Capacity, func(r record.CapacityResult) bool { return r.Engine == e.Engine })
		if i >= 0 && j.sc.Capacity[i].RatePerS.Known() && j.sc.Capacity[i].LimitedBy != "client" {
			r := j.sc.Capacity[i]
			rows, numbers, found[e.Engine] = append(rows, e), append(numbers, number{Float: r.RatePerS}), r
		}
	}
	if len(rows) > 0 {
		d.Values, d.Scores = ratesOf(j.sc.Capacity), scores(q, rows, numbers)
	}
	if len(rows) < 2 {
		out.verdict.Reasons = append(out.verdict.Reasons, "fewer than two engines have a capacity that could be compared")
		out.verdict.Dimensions, out.claims = []record.Dimension{d}, []claim{c}
		return
	}
	best := j.order(q, rows, numbers)
	beats := 0
	for i, a := range best {
		for _, b := range best[i+1:] {
			p := j.capacityPair(q, found[rows[a].Engine], found[rows[b].Engine], numbers[a], numbers[b])
			d.Pairs = append(d.Pairs, p)
			if p.Significant {
				c.beaten[p.B] = p.A
			}
			if p.Significant && i == 0 {
				beats++
			}
		}
	}
	d.Effect, d.Significant = &d.Pairs[0].Effect, d.Pairs[0].Significant
	if beats == len(rows)-1 {
		winner := rows[best[0]].Engine
		d.Winner, c.winner = &winner, winner
		out.verdict.Winner, out.verdict.Confidence = &winner, record.Some(j.o.Level)
	} else {
		out.verdict.Reasons = append(out.verdict.Reasons, "no significant difference: the bounds of the best capacities overlap")
	}
	out.verdict.Dimensions, out.claims = []record.Dimension{d}, []claim{c}
	out.verdict.Reasons = append(tell(out.verdict.Dimensions, out.claims), out.verdict.Reasons...)
}

func ratesOf(results []record.CapacityResult) map[string]float64 {
	values := map[string]float64{}
	for _, r := range results {
		if v, known := r.RatePerS.Get(); known {
			values[r.Engine] = v
		}
	}
	return values
}

// capacityPair sets the capacity of two engines apart, the better one first.
func (j judgement) capacityPair(q quantity, a, b record.CapacityResult, x, y number) record.Pair {
	p := record.Pair{A: a.Engine, B: b.Engine, Effect: effectOf(x, y)}
	if a.CI != nil && b.CI != nil {
		p.Effect.CI = &record.Interval{b.CI[0] - a.CI[1], b.CI[1] - a.CI[0]}
	}
	low, high := x.Or(math.NaN()), math.Inf(1)
	if b.CI != nil {
		high = b.CI[1]
	}
	p.Significant = low >= high && matters(q, x, y, j.o.threshold()) && math.Min(a.Confidence, b.Confidence) >= j.o.Level
	return p
}
