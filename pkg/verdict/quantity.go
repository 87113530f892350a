package verdict

import (
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// The names of what is compared and has no distribution of its own.
const (
	metricSuccess    = "success_share"
	statisticShare   = "share"
	statisticMean    = "mean"
	metricOutputRate = "output_tokens_per_s"
	metricRequests   = "requests_per_s"
)

// quantity is one number by which engines or runs are compared.
type quantity struct {
	metric, statistic, unit string
	// more says that more of it is better.
	more bool
}

// better says whether a is better than b.
func (q quantity) better(a, b float64) bool { return a != b && (a > b) == q.more }

func latency(metric, statistic string) quantity {
	return quantity{metric: metric, statistic: statistic, unit: "ms"}
}

var (
	tokensRate   = quantity{metricOutputRate, statisticMean, "tokens/s", true}
	requestsRate = quantity{metricRequests, statisticMean, "requests/s", true}
	successShare = quantity{metricSuccess, statisticShare, "share", true}
)

// percentiles are the statistics that are quantiles.
var percentiles = map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}

// number is a quantity of one engine in one scenario with what it rests on.
type number struct {
	record.Float
	// n is how many observations there are behind it.
	n int
	// ci is its interval as the summary has it, nil where there is none.
	ci *record.Interval
	// observed are the observations in time order, and of makes the number of
	// them; nil where they were not kept.
	observed []float64
	of       stats.Statistic
	// share says that it is hits of tries; bunched is how much more the failures
	// of a load vary from one stretch to the next than independent ones would.
	share       bool
	hits, tries int64
	bunched     float64
	// whole says that no request of the row failed or was cut off, so that
	// observation i belongs to iteration i.
	whole bool
}

// Values returns one number of every measured, successful request of an engine
// in a scenario in the order in which they were sent, as summary.Aggregator's
// method of that name does; nil where requests were not kept.
type Values func(scenario, engine, metric string) []float64

// reader finds the numbers of a summary.
type reader struct {
	values Values
}

// number finds a quantity in an engine's row of a scenario.
func (r reader) number(sc *record.ScenarioResult, e record.EngineResult, q quantity) number {
	switch q.metric {
	case metricSuccess:
		return shareOf(sc, e)
	case metricOutputRate:
		return rateOf(sc, e, e.OutputTokensPerS, func(p record.TimelinePoint) float64 { return p.OutputTokensPerS })
	case metricRequests:
		return rateOf(sc, e, e.RequestsPerS, func(p record.TimelinePoint) float64 { return p.RequestsPerS })
	}
	d := e.Distribution(q.metric)
	if d == nil {
		return number{}
	}
	n := number{
		Float: d.Statistic(q.statistic), n: int(d.N), ci: d.Interval(q.statistic),
		whole: e.Requests == e.Succeeded && d.N == e.Succeeded,
	}
	if p, is := percentiles[q.statistic]; is {
		n.of = stats.QuantileOf(p)
	}
	if r.values != nil && n.of != nil {
		n.observed = r.values(sc.Name, e.Engine, q.metric)
	}
	return n
}

// rateOf is a rate and, as its observations, that of each slice of the timeline:
// one number a window could not show how much it varies.
func rateOf(sc *record.ScenarioResult, e record.EngineResult, rate record.Float, of func(record.TimelinePoint) float64) number {
	n := number{Float: rate, of: stats.Mean}
	for _, p := range sc.Timeline {
		if p.Engine == e.Engine {
			n.observed = append(n.observed, of(p))
		}
	}
	n.n = len(n.observed)
	return n
}

// shareOf is the share of attempts that succeeded; those that the client ended
// itself are in neither count.
func shareOf(sc *record.ScenarioResult, e record.EngineResult) number {
	n := number{share: true, hits: e.Succeeded, tries: e.Succeeded + e.Failed, bunched: 1}
	n.n = int(n.tries)
	if n.tries == 0 {
		return n
	}
	n.Float = record.Some(float64(n.hits) / float64(n.tries))
	if sc.Kind != record.KindTTFT {
		n.bunched = bunching(sc.Timeline, e)
	}
	return n
}

// stretches is into how many parts bunching cuts a load.
const stretches = 12

// bunching is the design effect of a load's failures: their variance over
// stretches of the load beside that of independent failures, 1 at least. An
// outage of half a minute is one event and not the hundred failures that it
// made; dividing both counts by the design effect says so (Rao and Scott, "A
// simple method for the analysis of clustered binary data", Biometrics 48,
// 1992).
func bunching(timeline []record.TimelinePoint, e record.EngineResult) float64 {
	var points []record.TimelinePoint
	for _, p := range timeline {
		if p.Engine == e.Engine {
			points = append(points, p)
		}
	}
	if len(points) < stretches || e.Failed == 0 || e.Succeeded == 0 {
		return 1
	}
	share := float64(e.Failed) / float64(e.Failed+e.Succeeded)
	// The timeline counts failures as they were sent, and the rest as rates.
	perPoint := float64(e.Succeeded+e.Failed) / float64(len(points))
	sum := 0.0
	for i := range stretches {
		from, to := i*len(points)/stretches, (i+1)*len(points)/stretches
		failed := 0.0
		for _, p := range points[from:to] {
			failed += float64(p.Errors)
		}
		tried := max(perPoint*float64(to-from), failed)
		sum += (failed - share*tried) * (failed - share*tried) / (tried * share * (1 - share))
	}
	return math.Max(sum/(stretches-1), 1)
}
