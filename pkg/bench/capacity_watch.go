package bench

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/capacity"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// watched is what a step's requests have come to. Its methods are called from
// many goroutines.
type watched struct {
	from time.Time

	mu       sync.Mutex
	requests []capacity.Request
	samples  []record.Sample
	dropped  int64
}

func newWatched(from time.Time) *watched { return &watched{from: from} }

// due notes a request that goes out and returns its place.
func (w *watched) due(a load.Arrival) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, underWay(a.Scheduled.Sub(w.from).Seconds()))
	return len(w.requests) - 1
}

func (w *watched) first(i int, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests[i].TTFT = at.Sub(w.from).Seconds()*1000 - w.requests[i].AtS*1000
}

// ended takes a request's last attempt. One that the client cancelled is as far
// as it came.
func (w *watched) ended(i int, s record.Sample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests[i].EndS = time.Since(w.from).Seconds()
	w.samples = append(w.samples, s)
	cameTo(&w.requests[i], s)
}

// underWay is a request that is due at an instant of the window, in seconds, and
// of which nothing has come.
func underWay(atS float64) capacity.Request {
	return capacity.Request{AtS: atS, EndS: math.Inf(1), TTFT: absent, TTFA: absent, TPOT: absent, E2E: absent}
}

// cameTo says of a request what its last attempt came to.
func cameTo(r *capacity.Request, s record.Sample) {
	queue := s.QueueMS.Or(0)
	late := func(f record.Float) float64 { return queue + f.Or(absent) }
	switch s.Status {
	case record.StatusOK:
		r.Outcome = capacity.Succeeded
		r.TTFT, r.TTFA, r.E2E, r.TPOT = late(s.TTFTMS), late(s.TTFAMS), late(s.E2EMS), s.TPOTMS.Or(absent)
	case record.StatusCancelled:
	default:
		r.Outcome = capacity.Failed
	}
}

func (w *watched) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dropped++
}

// observe is what is known when the window has been open for a time.
func (w *watched) observe(now time.Duration) capacity.Observation {
	w.mu.Lock()
	o := capacity.Observation{NowS: now.Seconds(), Dropped: w.dropped, Requests: slices.Clone(w.requests)}
	w.mu.Unlock()
	inOrder(o.Requests) // goroutines of requests that were due together begin in any
	return o
}

func inOrder(requests []capacity.Request) {
	slices.SortFunc(requests, func(a, b capacity.Request) int { return cmp.Compare(a.AtS, b.AtS) })
}

// onlyFailed says that requests failed and none succeeded.
func (w *watched) onlyFailed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return onlyFailed(w.requests)
}

func onlyFailed(requests []capacity.Request) bool {
	is := func(o capacity.Outcome) bool {
		return slices.ContainsFunc(requests, func(r capacity.Request) bool { return r.Outcome == o })
	}
	return is(capacity.Failed) && !is(capacity.Succeeded)
}

// readings are those of an engine's metrics during a step.
type readings struct {
	mu   sync.Mutex
	kept []record.ServerSample
}

func (r *readings) add(v record.ServerSample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, v)
}

func (r *readings) all() []record.ServerSample {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

// row sums up the step so far.
func (s *capacityStep) row(now time.Duration) record.EngineResult {
	s.seen.mu.Lock()
	samples := slices.Clone(s.seen.samples)
	s.seen.mu.Unlock()
	return stepRow(s.target.Name, s.scenario, s.rules.Confidence, samples, s.readings.all(), now, s.block.snapshot())
}

// stepRow sums up a step that was open for a time as if it were a load test, so
// that its tokens and the client's health mean what they mean there. It has a
// block for each client.
func stepRow(engine string, s scenario, confidence float64, samples []record.Sample, server []record.ServerSample, open time.Duration, blocks ...record.Block) record.EngineResult {
	sum := summary.New(record.Run{Plan: record.Plan{
		Engines: []record.EngineInfo{{Engine: engine}}, Confidence: confidence,
		Scenarios: []record.PlannedScenario{{Name: s.plan.Name, Kind: record.KindLoad, Shape: s.plan.Shape}},
	}})
	for _, sample := range samples {
		sum.Add(sample)
	}
	for _, v := range server {
		sum.AddServer(v)
	}
	for _, b := range blocks {
		b.Done, b.EndMS, b.GapHistogram, b.ITLHistogram = true, b.StartMS+millis(open), "", ""
		sum.AddBlock(b)
	}
	return sum.Summary().Scenarios[0].Engines[0]
}
