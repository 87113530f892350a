package summary

import (
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// outcome is what a status means for the counts.
type outcome uint8

const (
	succeeded outcome = iota
	failed
	cancelled
)

// row is what is kept of a sample: milliseconds and tokens, NaN where absent.
type row struct {
	// at is when it was sent, or should have been where it never was.
	at                         float64
	queue, connect             float64
	ttft, ttfa, tpot, e2e      float64
	outputTokens, promptTokens float64
	outputTarget, promptTarget float64
	outcome                    outcome
	measured, retried          bool
	tally                      tally
	// estimated says that outputTokens counts frames.
	estimated bool
}

func newRow(s record.Sample) row {
	r := row{
		at: s.SentMS.Or(value(s.ScheduledMS)), queue: value(s.QueueMS), connect: value(s.ConnectMS),
		ttft: value(s.TTFTMS), ttfa: value(s.TTFAMS), tpot: value(s.TPOTMS), e2e: value(s.E2EMS),
		outputTokens: count(s.OutputTokens), promptTokens: count(s.PromptTokens),
		outputTarget: count(s.OutputTargetTokens), promptTarget: count(s.PromptTargetTokens),
		outcome: failed, measured: s.Phase == record.PhaseMeasure, retried: s.Attempt > 1,
		tally: tallyOf(s.Status), estimated: s.TokenSource == record.TokensEstimated,
	}
	switch s.Status {
	case record.StatusOK:
		r.outcome = succeeded
	case record.StatusCancelled:
		r.outcome = cancelled
	}
	return r
}

func value(f record.Float) float64 { return f.Or(math.NaN()) }

func count(n record.Int) float64 {
	if v, known := n.Get(); known {
		return float64(v)
	}
	return math.NaN()
}

// waited is a latency as the request's user saw it: a retry's counts from when
// the request was first scheduled.
func (r *row) waited(latency float64) float64 {
	if r.retried {
		return r.queue + latency
	}
	return latency
}

// end is the last instant at which the request is known to have been under way.
func (r *row) end() float64 {
	switch {
	case !math.IsNaN(r.e2e):
		return r.at + r.e2e
	case !math.IsNaN(r.ttft):
		return r.at + r.ttft
	}
	return r.at
}

// meets says whether a successful request kept every limit. A TPOT that is
// undefined, because the answer had one token, breaks no limit. In an open loop
// the user came when the load said, and waited from then on.
func (r *row) meets(slo record.SLO, open bool) bool {
	since := r.waited
	if open {
		since = func(latency float64) float64 { return r.queue + latency }
	}
	within := func(limit record.Float, v float64) bool {
		l, asked := limit.Get()
		return !asked || v <= l
	}
	return within(slo.TTFTMS, since(r.ttft)) && within(slo.E2EMS, since(r.e2e)) &&
		(math.IsNaN(r.tpot) || within(slo.TPOTMS, r.tpot))
}

// chunkRows is the length of a chunk; one has about 390 KB.
const chunkRows = 1 << 12

// rows grows by chunks, so that a long run never copies what it has.
type rows struct{ chunks [][]row }

func (rs *rows) add(r row) {
	last := len(rs.chunks) - 1
	if last < 0 || len(rs.chunks[last]) == chunkRows {
		// The first chunk grows with what comes, because most cells are small.
		size := chunkRows
		if last < 0 {
			size = 0
		}
		rs.chunks = append(rs.chunks, make([]row, 0, size))
		last++
	}
	rs.chunks[last] = append(rs.chunks[last], r)
}

// all yields every row in the order of adding.
func (rs *rows) all(yield func(*row) bool) {
	for _, chunk := range rs.chunks {
		for i := range chunk {
			if !yield(&chunk[i]) {
				return
			}
		}
	}
}
