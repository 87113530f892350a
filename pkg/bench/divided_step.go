package bench

import (
	"maps"
	"slices"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/capacity"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// dividedStep is what clients reported of a step.
type dividedStep struct {
	Step
	blocks   []*record.Block // by client; nil before its first state
	ended    []bool          // by client
	samples  map[int64]told  // the last attempt, by sequence number; nil once judged
	readings []record.ServerSample
}

// told is a sample, and when its client told it, in ms since the run's start.
type told struct {
	record.Sample

	atMS float64
}

// isOver says that every client has ended the step, and told what it knows of it.
func (s *dividedStep) isOver() bool {
	for client, b := range s.blocks {
		if !s.ended[client] || b == nil || !b.Done {
			return false
		}
	}
	return true
}

// first is the first client's block.
func (s *dividedStep) first() record.Block { return *s.blocks[0] }

// open is how long the measured window is.
func (s *dividedStep) open() time.Duration { return seconds(s.DurationS) }

// verdict judges a step that is over.
func (d *DividedSearch) verdict(s *dividedStep) (judged capacity.Step, onlyFailures bool) {
	samples := make([]record.Sample, 0, len(s.samples))
	blocks := make([]record.Block, 0, len(s.blocks))
	o := capacity.Observation{NowS: s.DurationS, Over: true}
	for _, seq := range slices.Sorted(maps.Keys(s.samples)) { // sums must not hang on an order
		t := s.samples[seq]
		samples = append(samples, t.Sample)
		o.Requests = append(o.Requests, d.request(s, t))
	}
	for _, b := range s.blocks {
		blocks = append(blocks, *b)
		o.Dropped += b.Dropped
	}
	inOrder(o.Requests)
	row := stepRow(s.Engine, d.scenario, d.rules.Confidence, samples, s.readings, s.open(), blocks...)
	if row.Client != nil && row.Client.Verdict == record.ClientBound {
		o.ClientBound = row.Client.Reasons
	}
	judged = d.rules.Judge(s.RatePerS, o)
	done, good := o.Done(d.rules.SLO)
	judged.Server = row.Server
	judged.Point.RequestsPerS = record.Some(float64(done) / s.DurationS)
	judged.Point.GoodputPerS = record.Some(float64(good) / s.DurationS)
	judged.Point.OutputTokensPerS = row.OutputTokensPerS
	return judged, onlyFailed(o.Requests)
}

// request is what a sample says of its request. Its instants count from the begin
// of its own client's window. One that failed has no end of its own: it is taken
// to have ended when it was told, which is at most a second later.
func (d *DividedSearch) request(s *dividedStep, t told) capacity.Request {
	from := 0.0
	if b := s.blocks[d.clientOf(t.Seq)]; b != nil {
		from = b.StartMS
	}
	r := underWay((t.ScheduledMS.Or(0) - from) / 1000)
	cameTo(&r, t.Sample)
	r.EndS = (t.atMS - from) / 1000
	if sent, e2e := t.SentMS.Or(-1), t.E2EMS.Or(-1); r.Outcome == capacity.Succeeded && sent >= 0 && e2e >= 0 {
		r.EndS = (sent + e2e - from) / 1000
	}
	return r
}

// clientOf is who sent a request.
func (d *DividedSearch) clientOf(seq int64) int { return int(seq % seqStride % int64(d.clients)) }

// ToCut says whether a step whose window is closed is an overload, so that nobody
// has to wait for what is still under way of it.
func (d *DividedSearch) ToCut() bool {
	if len(d.runs) == 0 {
		return false
	}
	r := d.runs[len(d.runs)-1]
	if len(r.taken) == 0 {
		return false
	}
	s := r.taken[len(r.taken)-1]
	if s.samples == nil {
		return false
	}
	o := capacity.Observation{NowS: s.DurationS}
	open := d.scenario.stepLoad(s.RatePerS, s.open(), d.seed, s.N)
	begin := time.Time{}
	for a := range open.Due(begin) {
		q := underWay((a.Scheduled.Sub(begin) - open.Warmup).Seconds())
		if t, known := s.samples[a.Seq+int64(s.N)*seqStride]; known {
			q = d.request(s, t)
		}
		o.Requests = append(o.Requests, q)
	}
	for _, b := range s.blocks {
		if b != nil {
			o.Dropped += b.Dropped
		}
	}
	inOrder(o.Requests)
	return d.rules.Judge(s.RatePerS, o).Growing
}
