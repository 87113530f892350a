package summary

import (
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// compareTTFT sets the engine's histogram of the stretches against ours of the
// same requests; nil where it keeps none. Ours stands beside it only where the
// engine saw as many first tokens as we did and nobody else's.
func compareTTFT(all []stretch, own []ownTraffic, foreign record.Int) *record.ServerTTFT {
	h, ok := observed(all)
	if !ok || h.Count <= 0 {
		return nil
	}
	t := &record.ServerTTFT{
		Source: record.TTFTFromMetrics, N: h.Count, Mean: h.SumMS / float64(h.Count),
		P50: bucketOf(h, 0.5), P95: bucketOf(h, 0.95),
	}
	var n int64
	sum := 0.0
	for _, o := range own {
		n, sum = n+o.answered, sum+o.ttft
	}
	if others, known := foreign.Get(); n == h.Count && known && others == 0 {
		t.OwnMean = record.Some(sum / float64(n))
		t.NetworkMS = record.Some(t.OwnMean.Or(0) - t.Mean)
	}
	return t
}

// observed is what a histogram gained in all stretches together.
func observed(all []stretch) (h record.ServerHistogram, ok bool) {
	for i, s := range all {
		end, begin := s.close.TTFT, s.open.TTFT
		if begin == nil && end != nil {
			begin = &record.ServerHistogram{UpToMS: end.UpToMS, Counts: make([]int64, len(end.Counts))}
		}
		if end == nil || !slices.Equal(begin.UpToMS, end.UpToMS) || !shaped(begin) || !shaped(end) || begin.Count > end.Count {
			return h, false
		}
		if i == 0 {
			h = record.ServerHistogram{UpToMS: end.UpToMS, Counts: make([]int64, len(end.Counts))}
		}
		if !slices.Equal(h.UpToMS, end.UpToMS) {
			return h, false
		}
		h.Count, h.SumMS = h.Count+end.Count-begin.Count, h.SumMS+end.SumMS-begin.SumMS
		for b := range end.Counts {
			h.Counts[b] += end.Counts[b] - begin.Counts[b]
		}
	}
	return h, len(all) > 0
}

func shaped(h *record.ServerHistogram) bool { return len(h.Counts) == len(h.UpToMS) }

// bucketOf is the bucket in which a nearest-rank percentile lies; nil where that
// is the last one, which has no upper bound.
func bucketOf(h record.ServerHistogram, p float64) *record.Interval {
	rank := int64(math.Ceil(p * float64(h.Count)))
	low := 0.0
	for i, n := range h.Counts {
		if n >= rank {
			return &record.Interval{low, h.UpToMS[i]}
		}
		low = h.UpToMS[i]
	}
	return nil
}

// spent is a sum of milliseconds and of how many.
type spent struct {
	sum float64
	n   int64
}

// maxTimings bounds how many names of timings are kept; engines have ten.
const maxTimings = 64

// keepTimings adds what an engine said of itself in a measured answer.
func (c *cell) keepTimings(s record.Sample) {
	if len(s.EngineTimings) > 0 && c.timings == nil {
		c.timings = map[string]spent{}
	}
	for name, ms := range s.EngineTimings {
		t, known := c.timings[name]
		if (known || len(c.timings) < maxTimings) && !math.IsNaN(ms) && !math.IsInf(ms, 0) {
			c.timings[name] = spent{t.sum + ms, t.n + 1}
		}
	}
}

// ownTimings are the means of the timings that engines gave in their answers.
func (c *cell) ownTimings() map[string]float64 {
	if len(c.timings) == 0 {
		return nil
	}
	means := map[string]float64{}
	for name, t := range c.timings {
		means[name] = t.sum / float64(t.n)
	}
	return means
}

// beforeToken are the parts of an answer's timings that lie before its first
// token, by engine: vLLM's own TTFT (--enable-per-request-metrics), of Ollama
// the reading of the prompt and, where there was any, the loading of the model,
// of llama.cpp the reading of the prompt. How long the latter two let a request
// wait for a slot is in none of their timings, so the rest of our TTFT is not
// the network's alone.
var beforeToken = []struct{ always, sometimes string }{
	{always: "time_to_first_token_ms"},
	{always: "prompt_eval_duration_ms", sometimes: "load_duration_ms"},
	{always: "prompt_ms"},
}

// ttftOfAnswers is the time to first token as answers told it; nil where not
// every measured answer did.
func (c *cell) ttftOfAnswers(own *record.Distribution) *record.ServerTTFT {
	for _, parts := range beforeToken {
		if t := c.timings[parts.always]; t.n > 0 && t.n == c.succeeded {
			mean := (t.sum + c.timings[parts.sometimes].sum) / float64(t.n)
			return &record.ServerTTFT{Source: record.TTFTFromAnswers, N: t.n, Mean: mean, OwnMean: c.ownFirst(own)}
		}
	}
	return nil
}

// ownFirst is our mean TTFT, where no retry's waiting is in it.
func (c *cell) ownFirst(own *record.Distribution) record.Float {
	for r := range c.rows.all {
		if r.measured && r.retried {
			return record.Float{}
		}
	}
	return own.Statistic("mean")
}

// withObserved adds the means of what the engine's metrics observed over the
// stretches. What answers said under the same name stays.
func withObserved(timings map[string]float64, all []stretch) map[string]float64 {
	gained := map[string]spent{}
	for _, s := range all {
		for name, end := range s.close.Durations {
			begin, sum := s.open.Durations[name], gained[name]
			gained[name] = spent{sum.sum + end.SumMS - begin.SumMS, sum.n + end.Count - begin.Count}
		}
	}
	for name, g := range gained {
		if _, said := timings[name]; said || g.n <= 0 || g.sum < 0 {
			continue
		}
		if timings == nil {
			timings = map[string]float64{}
		}
		timings[name] = g.sum / float64(g.n)
	}
	return timings
}
