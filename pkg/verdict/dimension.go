package verdict

import (
	"fmt"
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// dimension is one quality, and the quantities that may stand for it, the best
// first. It is judged by the first that every engine's sample can bear.
type dimension struct {
	name       string
	quantities func(record.ScenarioResult) []quantity
	// anyone says that engines take part that fail too often to win by speed.
	anyone bool
	// tokens says that its numbers need a count of tokens.
	tokens bool
	// location says that ranks must agree with the bootstrap.
	location bool
}

// minTail is how many requests to each engine the 99th percentile takes before
// it is compared: ten of them lie beyond it.
const minTail = 1000

// dimensions lists the five, in the order in which they are told:
//
//   - first_token is the median TTFT; from schedule under an open loop, where
//     what a user waits begins when the load wanted the request out.
//   - steadiness is p95 of TPOT, p90 where the sample bears no more: the pace
//     per token that 19 of 20 answers keep. Gaps would show single stalls but
//     are no independent observations, and an engine that packs several tokens
//     into a frame has longer ones at the same pace.
//   - throughput is output tokens per second of a load. A scenario of single
//     requests has none.
//   - reliability is the share of attempts that succeeded.
//   - tail is how long the unlucky wait for their first token: p99 of TTFT from
//     1000 requests to each engine, else p95, else p90. A ratio of p95 to p50
//     would praise an engine for a slow median.
func dimensions() []dimension {
	return []dimension{
		{name: record.DimensionFirstToken, quantities: ofFirstToken("p50"), location: true},
		{name: record.DimensionSteadiness, tokens: true, quantities: func(record.ScenarioResult) []quantity {
			return []quantity{latency("tpot_ms", "p95"), latency("tpot_ms", "p90")}
		}},
		{name: record.DimensionThroughput, tokens: true, quantities: func(sc record.ScenarioResult) []quantity {
			if sc.Kind == record.KindTTFT {
				return nil
			}
			return []quantity{tokensRate}
		}},
		{name: record.DimensionReliability, quantities: func(record.ScenarioResult) []quantity { return []quantity{successShare} }, anyone: true},
		{name: record.DimensionTail, quantities: ofFirstToken("p99", "p95", "p90")},
	}
}

func ofFirstToken(statistics ...string) func(record.ScenarioResult) []quantity {
	return func(sc record.ScenarioResult) []quantity {
		metric := "ttft_ms"
		if sc.Shape.IsOpen() {
			metric = "ttft_from_schedule_ms"
		}
		var all []quantity
		for _, s := range statistics {
			all = append(all, latency(metric, s))
		}
		return all
	}
}

// claim is what a dimension says of the engines.
type claim struct {
	dimension string
	// winner is "" where nobody is shown to be better than every other; p is
	// then 1, and else the largest of its pairs, absent where the rule has none.
	winner string
	p      record.Float
	// beaten holds, for each engine, one that is shown to be better.
	beaten map[string]string
	// decides says that the dimension has a weight.
	decides bool
}

// dimension judges one quality of a scenario. The reason is "" where the result
// speaks for itself.
func (j judgement) dimension(d dimension, g ground) (record.Dimension, claim, string) {
	rows := g.fit()
	if d.anyone {
		rows = g.rows
	}
	c := claim{dimension: d.name, p: record.Some(1.0), beaten: map[string]string{}, decides: j.o.Weights[d.name] > 0}
	candidates := d.quantities(*j.sc)
	if len(candidates) == 0 {
		return record.Dimension{}, c, ""
	}
	q, numbers, ok := j.supported(candidates, rows)
	out := record.Dimension{Name: d.name, Metric: q.metric, Statistic: q.statistic, Values: j.valuesOf(q)}
	if !ok {
		reason := j.further(&out, q, rows)
		return out, c, reason
	}
	if reason := j.incomparable(d, rows); reason != "" {
		return out, c, reason
	}
	out.Scores = scores(q, rows, numbers)
	if len(rows) < 2 {
		return out, c, ""
	}
	best := j.order(q, rows, numbers)
	if reason, stopped := j.stoppedEarly(d, rows, numbers, best, &out, &c); stopped {
		return out, c, reason
	}
	reason := j.test(d, q, rows, numbers, best, &out, &c)
	return out, c, reason
}

// maxEstimated is the share of answers whose tokens may have been estimated.
const maxEstimated = 0.01

// incomparable says why the tokens of two engines cannot be compared, "" where
// they can. An engine whose tokens were estimated has too few of them. And
// requests of an open loop come at a rate of their own, so there the engine
// with the longer answers generates more, however fast it is.
func (j judgement) incomparable(d dimension, rows []record.EngineResult) string {
	if !d.tokens || len(rows) < 2 {
		return ""
	}
	for _, e := range rows {
		if n := e.TokenSources[record.TokensEstimated]; float64(n) > maxEstimated*float64(e.Succeeded) {
			return fmt.Sprintf("%s cannot be compared: the tokens of %s were estimated", spoken(d.name), e.Engine)
		}
	}
	shortest, longest := extremes(rows)
	if d.name == record.DimensionThroughput && j.sc.Shape.IsOpen() && shortest.unlike(longest) {
		return fmt.Sprintf("%s cannot be compared: requests come at a rate of their own, and answers of %s have %.0f tokens where those of %s have %.0f", spoken(d.name), longest.engine, longest.tokens, shortest.engine, shortest.tokens)
	}
	return ""
}

// supported picks the first quantity that every row knows.
func (j judgement) supported(candidates []quantity, rows []record.EngineResult) (quantity, []number, bool) {
	for _, q := range candidates {
		numbers := make([]number, len(rows))
		known := len(rows) > 0
		for i, e := range rows {
			numbers[i] = j.number(j.sc, e, q)
			known = known && numbers[i].Known() && (q.statistic != "p99" || numbers[i].n >= minTail)
		}
		if known {
			return q, numbers, true
		}
	}
	return candidates[len(candidates)-1], nil, false
}

// valuesOf are the numbers of every engine, of those too that do not take part.
func (j judgement) valuesOf(q quantity) map[string]float64 {
	values := map[string]float64{}
	for _, e := range j.sc.Engines {
		if v, known := (reader{}).number(j.sc, e, q).Get(); known {
			values[e.Engine] = v
		}
	}
	if len(values) == 0 {
		return nil
	}
	return values
}

// further says how many more requests the quantity takes where the sample is
// too small, and why nothing is said where it is not that.
func (j judgement) further(out *record.Dimension, q quantity, rows []record.EngineResult) string {
	p, isQuantile := percentiles[q.statistic]
	if !isQuantile || len(rows) < 2 {
		return ""
	}
	need, lacking := int64(stats.MinSamples(p, j.o.Level)), int64(0)
	for _, e := range rows {
		d := e.Distribution(q.metric)
		if d == nil {
			return fmt.Sprintf("%s cannot be compared: %s has no %s", spoken(out.Name), e.Engine, q.metric)
		}
		lacking = max(lacking, need-d.N)
	}
	out.FurtherSamples = record.Some(lacking)
	return fmt.Sprintf("%s cannot be compared: %s of %s needs %d requests to each engine, %d more", spoken(out.Name), q.statistic, q.metric, need, lacking)
}

// scores gives the best engine 100 and every other one 100 times the best over
// its own number, or its own over the best where more is better. Of success
// shares the score is the share in percent.
func scores(q quantity, rows []record.EngineResult, numbers []number) map[string]float64 {
	best := math.Inf(1)
	if q.more {
		best = math.Inf(-1)
	}
	for _, n := range numbers {
		if v, _ := n.Get(); q.better(v, best) {
			best = v
		}
	}
	all := map[string]float64{}
	for i, e := range rows {
		v, _ := numbers[i].Get()
		switch {
		case q.metric == metricSuccess:
			all[e.Engine] = 100 * v
		case v == best:
			all[e.Engine] = 100
		case q.more:
			all[e.Engine] = 100 * v / best
		default:
			all[e.Engine] = 100 * best / v
		}
	}
	return all
}

// order lists rows by their numbers, the best first; equal ones keep their order.
func (j judgement) order(q quantity, rows []record.EngineResult, numbers []number) []int {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, _ := numbers[a].Get()
		y, _ := numbers[b].Get()
		switch {
		case q.better(x, y):
			return -1
		case q.better(y, x):
			return 1
		}
		return 0
	})
	return order
}
