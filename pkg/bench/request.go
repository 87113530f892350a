package bench

import (
	"context"
	"fmt"
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
}

// fire sends a shot until it succeeds or may not be tried again. Every
// attempt is a sample of its own. It returns the last one.
func (r *runner) fire(ctx context.Context, s shot) record.Sample {
	x := exchange{target: s.target, timeouts: r.timeouts}
	call := r.call(s.target, s.arrival.Seq, s.maxTokens)
	for attempt := 1; ; attempt++ {
		sample := r.attempt(ctx, &x, s, call, attempt)
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

// requestID is unique within a run and readable in an engine's own log.
func (r *runner) requestID(s shot, attempt int) string {
	phase := "m"
	if s.arrival.Warmup {
		phase = "w"
	}
	return fmt.Sprintf("%s-%s-%d%s%d-%d", r.RunID, s.target.Name, s.index, phase, s.arrival.Seq, attempt)
}

func (r *runner) retryable(s record.Sample) bool {
	if s.Status == record.StatusHTTP5xx && s.Error.HTTPStatus != 503 {
		return false
	}
	return r.retryOn[s.Status]
}

// retryClasses maps the configuration's words to classes.
func retryClasses(on []string) map[record.Status]bool {
	words := map[string]record.Status{
		"refused": record.StatusRefused, "http_429": record.StatusHTTP429, "http_503": record.StatusHTTP5xx,
	}
	classes := map[record.Status]bool{}
	for _, word := range on {
		classes[words[word]] = true
	}
	return classes
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
