package summary

import (
	"cmp"
	"math"
	"slices"
)

// Values returns one number of every measured, successful request of an engine
// in a scenario, in the order in which the requests were sent: ttft_ms,
// ttft_from_schedule_ms, ttfa_ms, tpot_ms, e2e_ms, e2e_from_schedule_ms or queue_ms, in milliseconds,
// or output_tokens or prompt_tokens. Requests without that number are left out.
// It is nil where nothing was measured, and for any other metric.
func (a *Aggregator) Values(scenario, engine, metric string) []float64 {
	c, pick := a.cells[place{scenario, engine}], picks[metric]
	if c == nil || pick == nil {
		return nil
	}
	type sent struct{ at, value float64 }
	var all []sent
	for r := range c.rows.all {
		if v := pick(r); r.measured && r.outcome == succeeded && !math.IsNaN(v) {
			all = append(all, sent{r.at, v})
		}
	}
	slices.SortStableFunc(all, func(x, y sent) int { return cmp.Compare(x.at, y.at) })
	values := make([]float64, len(all))
	for i, s := range all {
		values[i] = s.value
	}
	return values
}

// picks are the metrics of single requests by their names.
var picks = map[string]func(*row) float64{
	"ttft_ms":               func(r *row) float64 { return r.waited(r.ttft) },
	"ttft_from_schedule_ms": func(r *row) float64 { return r.queue + r.ttft },
	"ttfa_ms":               func(r *row) float64 { return r.waited(r.ttfa) },
	"tpot_ms":               func(r *row) float64 { return r.tpot },
	"e2e_from_schedule_ms":  func(r *row) float64 { return r.queue + r.e2e },
	"e2e_ms":                func(r *row) float64 { return r.waited(r.e2e) },
	"queue_ms":              func(r *row) float64 { return r.queue },
	"output_tokens":         func(r *row) float64 { return r.outputTokens },
	"prompt_tokens":         func(r *row) float64 { return r.promptTokens },
}
