package capacity

import (
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
)

// Outcome is how a request ended, or that it has not.
type Outcome uint8

// The outcomes of a request.
const (
	Pending Outcome = iota
	Succeeded
	Failed
)

// Request is what a step's verdict needs of one request. Latencies count from
// when the load wanted it to go out, in milliseconds, and are NaN where there
// is none.
type Request struct {
	// AtS is when it was due and EndS when it ended, in seconds since the
	// measured window began: negative in the warm-up. EndS is +Inf while the
	// request is under way.
	AtS, EndS             float64
	Outcome               Outcome
	TTFT, TTFA, TPOT, E2E float64
}

// Observation is a step as far as it has gone.
type Observation struct {
	// NowS is how long the measured window has been open, in seconds.
	NowS float64
	// Over says that the window is closed and every request has ended.
	Over bool
	// Requests are in the order in which they were due, those of the warm-up
	// among them: they are part of what is under way and of nothing else.
	Requests []Request
	// Dropped counts requests of the window that were due while as many as may
	// be were under way.
	Dropped int64
	// ClientBound says why the client, not the engine, may have set the
	// numbers; empty where it did not.
	ClientBound []string
}

// Step is one judged step of a search.
type Step struct {
	Point record.CapacityPoint
	// ClientBound says that the client was the limit, so the point says nothing
	// of the engine.
	ClientBound bool
	// Growing says that ever more requests were under way, or were dropped.
	Growing bool
	// Server is the engine's own account of the step, nil where it gave none.
	Server *record.ServerView
}

// tooFew says that a limit had too few requests for an interval.
func (s Step) tooFew() bool {
	return s.Point.Verdict == record.CapacityCannotSay && !s.ClientBound &&
		slices.ContainsFunc(s.Point.Limits, func(l record.CapacityLimit) bool { return !l.Actual.Known() })
}

// latency picks the metric that a limit is about.
func (r Request) latency(metric string) float64 {
	switch metric {
	case "ttft":
		return r.TTFT
	case "ttfa":
		return r.TTFA
	case "tpot":
		return r.TPOT
	}
	return r.E2E
}

// series are the values of a metric of the window's requests, in the order in
// which they were due since an instant. A failed request's is infinite. While the step runs, a
// request counts once it has had graceS, whatever became of it, or the quick
// ones alone would be seen; what one has waited so far is the least that its
// value can be.
func (o Observation) series(metric string, sinceS, graceS float64) (values []float64) {
	values = make([]float64, 0, len(o.Requests))
	for _, r := range o.Requests {
		if r.AtS < sinceS || !o.Over && r.AtS > o.NowS-graceS {
			continue
		}
		v := r.latency(metric)
		switch {
		case r.Outcome == Failed:
			v = math.Inf(1)
		case r.Outcome == Pending && math.IsNaN(v) && (metric == "ttft" || metric == "e2e"):
			v = (o.NowS - r.AtS) * 1000
		}
		if !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return values
}

// outcomes are 1 for each request of the window that failed and 0 for each that
// succeeded, in order; those under way are left out.
func (o Observation) outcomes() (failed []bool) {
	for _, r := range o.Requests {
		if r.AtS >= 0 && r.Outcome != Pending {
			failed = append(failed, r.Outcome == Failed)
		}
	}
	return failed
}

// Done counts the requests that ended well in the window, and those of them
// that kept each latency limit of an SLO themselves.
func (o Observation) Done(limits slo.SLO) (all, good int64) {
	for _, r := range o.Requests {
		if r.Outcome != Succeeded || r.EndS < 0 || r.EndS > o.NowS {
			continue
		}
		all++
		if r.keeps(limits) {
			good++
		}
	}
	return all, good
}

// keeps says whether a request kept every latency limit. A latency that it does
// not have, as the TPOT of one token, breaks none.
func (r Request) keeps(limits slo.SLO) bool {
	for _, l := range limits {
		if l.Metric != slo.Success && r.latency(l.Metric) > l.MaxMS {
			return false
		}
	}
	return true
}
