package bench

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// shot is one request of a scenario, with the retries the configuration allows.
type shot struct {
	target    *Target
	scenario  string
	index     int // of the scenario, to keep request IDs apart
	arrival   load.Arrival
	maxTokens int
	block     *block // nil outside a measured block
	// onFirst, where set, is told when the first token of an attempt arrived.
	onFirst func(at time.Time)
}

// fire sends a shot until it succeeds or may not be tried again. Every
// attempt is a sample of its own. It returns the last one.
func (r *runner) fire(ctx context.Context, s shot) record.Sample {
	x, _ := r.exchanges.Get().(*exchange)
	if x == nil {
		x = &exchange{}
	}
	defer r.exchanges.Put(x)
	defer r.panics()
	x.target, x.timeouts, x.onFirst = s.target, r.timeouts, s.onFirst
	turn := r.nextTurn(s)
	x.keepText = turn != nil || r.Texts != nil
	for attempt := 1; ; attempt++ {
		ask := r.ask(s, turn, attempt)
		sample := r.attempt(ctx, x, s, ask, attempt)
		r.warnOfCut(s.target, s.scenario, ask.bytes(), sample)
		if !r.retryable(sample) {
			r.goOn(s, turn, x, sample)
			return sample
		}
		wait, again := r.backoff.Delay(r.Seed^uint64(s.arrival.Seq), attempt, x.retryAfter) //nolint:gosec // seq counts from 0
		if !again || !sleep(ctx, wait) {
			return sample
		}
	}
}

func (r *runner) attempt(ctx context.Context, x *exchange, s shot, ask ask, attempt int) record.Sample {
	tk := ticket{
		requestID: r.requestID(s, attempt), scenario: s.scenario, phase: record.PhaseMeasure,
		seq: s.arrival.Seq, attempt: attempt, scheduled: s.arrival.Scheduled,
	}
	if s.arrival.Warmup {
		tk.phase = record.PhaseWarmup
	}
	x.live.begin(r.Live.row(s.target.Name, s.scenario))
	out := x.do(ctx, ask.call, tk.requestID, r.Config.Output.RecordFrames)
	x.live.end(out.status)
	sample := x.sample(r.Start, tk, out)
	r.warnOfCounts(s.target, s.scenario, x.bounds)
	r.warnOfLateText(s.target, sample)
	if s.block != nil && sample.Status == record.StatusOK && tk.phase == record.PhaseMeasure {
		s.block.add(&x.tally)
	}
	ask.describe(&sample)
	explain(&sample, s.target)
	r.Sink.Sample(sample)
	r.keepText(x, s.target, ask.call.Messages, sample)
	r.Notify(Event{Kind: EventRequest, Scenario: s.scenario, Engine: s.target.Name, Sample: &sample})
	return sample
}

// part names what a shot belongs to among those of its engine.
func (s shot) part(attempt int) string {
	phase := "m"
	if s.arrival.Warmup {
		phase = "w"
	}
	return fmt.Sprintf("%d%s%d", s.index, phase, attempt)
}

// retryable says whether the configuration has a failure tried again. An
// engine may name its refusal, so the response's status decides before the
// class does.
func (r *runner) retryable(s record.Sample) bool {
	status := 0
	if s.Error != nil {
		status = s.Error.HTTPStatus
	}
	for _, word := range r.Config.Retries.On {
		switch word {
		case "refused":
			if s.Status == record.StatusRefused {
				return true
			}
		case "http_429", "http_503":
			if s.Status != record.StatusOK && strconv.Itoa(status) == strings.TrimPrefix(word, "http_") {
				return true
			}
		}
	}
	return false
}

// sleep waits and reports whether it was let.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
