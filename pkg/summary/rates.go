package summary

import (
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// flow is what went through one span, straddling requests by their part.
type flow struct {
	requests, good, output, prompt float64
	// These say that a request of the span did not tell its tokens.
	outputUnknown, promptUnknown bool
}

// flows counts requests and tokens into spans; see the package comment.
func (c *cell) flows(ss spans, slo record.SLO) []flow {
	into := make([]flow, len(ss))
	for r := range c.rows.all {
		if r.outcome == failed || math.IsNaN(r.at) {
			continue
		}
		if r.outcome == succeeded {
			r.countRequest(ss, into, r.meets(slo, c.open))
		}
		r.countTokens(ss, into)
	}
	return into
}

func (r *row) countRequest(ss spans, into []flow, good bool) {
	ss.share(r.at, r.end(), func(i int, part float64) {
		f := &into[i]
		f.requests += part
		if good {
			f.good += part
		}
		f.outputUnknown = f.outputUnknown || math.IsNaN(r.outputTokens)
		f.promptUnknown = f.promptUnknown || math.IsNaN(r.promptTokens)
	})
}

func (r *row) countTokens(ss spans, into []flow) {
	if math.IsNaN(r.ttft) {
		return
	}
	first := r.at + r.ttft
	if r.promptTokens > 0 {
		ss.share(r.at, first, func(i int, part float64) { into[i].prompt += part * r.promptTokens })
	}
	if r.outputTokens > 0 {
		ss.share(first, r.end(), func(i int, part float64) { into[i].output += part * r.outputTokens })
	}
}

// rates fills in what a load's measured windows amount to. Where there is no
// window nothing is known; in one without a success the rates are truly 0.
func (c *cell) rates(e *record.EngineResult, windows spans, slo record.SLO) {
	seconds := windows.seconds()
	if seconds <= 0 {
		return
	}
	var all flow
	for _, f := range c.flows(windows, slo) {
		all.requests += f.requests
		all.good += f.good
		all.output += f.output
		all.prompt += f.prompt
		all.outputUnknown = all.outputUnknown || f.outputUnknown
		all.promptUnknown = all.promptUnknown || f.promptUnknown
	}
	e.RequestsPerS = record.Some(all.requests / seconds)
	if slo != (record.SLO{}) {
		e.GoodputPerS = record.Some(all.good / seconds)
	}
	if !all.outputUnknown {
		e.OutputTokensPerS = record.Some(all.output / seconds)
	}
	if !all.outputUnknown && !all.promptUnknown {
		e.TotalTokensPerS = record.Some((all.output + all.prompt) / seconds)
	}
}

// attainment is the share of the attempted requests that met every SLO. A
// failed attempt met none; a cancelled one cannot be judged.
func (c *cell) attainment(slo record.SLO) record.Float {
	attempted := c.requests - c.cancelled
	if slo == (record.SLO{}) || attempted == 0 {
		return record.Float{}
	}
	met := 0
	for r := range c.rows.all {
		if r.measured && r.outcome == succeeded && r.meets(slo, c.open) {
			met++
		}
	}
	return record.Some(float64(met) / float64(attempted))
}
