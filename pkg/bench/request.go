package bench

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
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

// text is the prompt of a shot's attempt. The arrival's Lengths.PromptTokens is
// how long the load wants it to be, 0 where any will do.
func (r *runner) text(s shot, attempt int) string {
	return r.deal(s.part(attempt)).At(uint64(s.arrival.Seq)).Text //nolint:gosec // seq counts from 0
}

// fire sends a shot until it succeeds or may not be tried again. Every
// attempt is a sample of its own. It returns the last one.
func (r *runner) fire(ctx context.Context, s shot) record.Sample {
	x, _ := r.exchanges.Get().(*exchange)
	if x == nil {
		x = &exchange{}
	}
	defer r.exchanges.Put(x)
	x.target, x.timeouts, x.onFirst = s.target, r.timeouts, s.onFirst
	maxTokens := orDefault(s.arrival.Lengths.OutputTokens, s.maxTokens)
	for attempt := 1; ; attempt++ {
		text := r.text(s, attempt)
		call := r.call(s.target, text, maxTokens)
		sample := r.attempt(ctx, x, s, call, attempt)
		r.warnOfCut(s.target, s.scenario, len(text), sample)
		if !r.retryable(sample) {
			return sample
		}
		wait, again := r.backoff.Delay(r.Seed^uint64(s.arrival.Seq), attempt, x.retryAfter) //nolint:gosec // seq counts from 0
		if !again || !sleep(ctx, wait) {
			return sample
		}
	}
}

func (r *runner) attempt(ctx context.Context, x *exchange, s shot, call engine.Call, attempt int) record.Sample {
	tk := ticket{
		requestID: r.requestID(s, attempt), scenario: s.scenario, phase: record.PhaseMeasure,
		seq: s.arrival.Seq, attempt: attempt, scheduled: s.arrival.Scheduled,
	}
	if s.arrival.Warmup {
		tk.phase = record.PhaseWarmup
	}
	out := x.do(ctx, call, tk.requestID, r.Config.Output.RecordFrames)
	sample := x.sample(r.Start, tk, out)
	if s.block != nil && sample.Status == record.StatusOK && tk.phase == record.PhaseMeasure {
		s.block.add(&x.tally)
	}
	explain(&sample, s.target)
	r.Sink.Sample(sample)
	r.Notify(Event{Kind: EventRequest, Scenario: s.scenario, Engine: s.target.Name, Sample: &sample})
	return sample
}

// part names what a shot belongs to among those of its run.
func (s shot) part(attempt int) string {
	phase := "m"
	if s.arrival.Warmup {
		phase = "w"
	}
	return fmt.Sprintf("%d%s%d", s.index, phase, attempt)
}

// requestID is unique within a run and readable in an engine's own log.
func (r *runner) requestID(s shot, attempt int) string {
	return fmt.Sprintf("%s-%s-%s-%d", r.RunID, s.target.Name, s.part(attempt), s.arrival.Seq)
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
