package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
)

// Options are what a run needs.
type Options struct {
	Config  config.Config
	Targets []*Target
	Prompts *prompt.Source
	// Traces are what load tests of the arrival trace replay.
	Traces Traces
	Seed   uint64
	// Start is the run's zero of time; samples count from it.
	Start time.Time
	RunID string
	Sink  Sink
	// Texts keeps prompts and answers; nil keeps none.
	Texts TextSink
	// Notify may be nil.
	Notify Notify
	// Part is which share of the load this client carries; others carry the rest.
	Part load.Part
	// Barrier keeps the clients of a divided load together; nil where there is
	// one client.
	Barrier Barrier
	// Steps says which steps of a search for the capacity the clients take
	// together; nil where this one searches alone.
	Steps Steps
	// Host tells what the client's machine has to say; its zero value tells nothing.
	Host Host
	// Live, where it is set, is kept current while the run goes on.
	Live *Live
	// Skip names a scenario to end at once, while it is under way; any other name
	// is ignored. It may be nil.
	Skip <-chan string
	// MaxErrorRate is the share of requests that may fail, or be due and not sent,
	// before an engine is left out of the rest of a scenario; 0 bears any.
	MaxErrorRate float64
	// OnPanic is called before a panic at a request ends the program, for whoever
	// holds the terminal to give it back. It may be nil.
	OnPanic func()
}

// ErrNoEngine says that no engine passed preflight, so nothing was measured.
var ErrNoEngine = errors.New("no engine could be measured")

// runner is one run under way.
type runner struct {
	Options
	timeouts Timeouts
	backoff  load.Backoff
	deals    sync.Map // of prompt sources, by part of the run
	// exchanges are used again, because their memory grows with an answer.
	exchanges sync.Pool
	cut       sync.Map // names of engines that were found to cut prompts
	doubted   sync.Map // names of engines whose counts were not believed
	late      sync.Map // what was said of text behind the end, by engine and finding
	host      *host
	scraped   sync.Map // what is known of reading each target's metrics, by *Target
	// rulers say how each engine counts tokens, where prompts aim at lengths.
	rulers map[*Target]*prompt.Ruler
	talks  talks
}

func newRunner(o Options) *runner {
	if o.Notify == nil {
		o.Notify = func(Event) {}
	}
	t, r := o.Config.Timeouts, o.Config.Retries
	return &runner{
		Options:  o,
		host:     newHost(o.Host),
		timeouts: Timeouts{Connect: seconds(t.ConnectSeconds), FirstToken: seconds(t.FirstTokenSeconds), Stall: seconds(t.StallSeconds), Total: seconds(t.TotalSeconds)},
		backoff:  load.Backoff{Initial: time.Duration(r.InitialBackoffMS * float64(time.Millisecond)), Max: time.Duration(r.MaxBackoffMS * float64(time.Millisecond)), Attempts: r.MaxAttempts},
	}
}

// Run measures every scenario of the plan on every target, in order. An
// engine that fails does not stop the others. When ctx ends, requests under
// way are cancelled, what was measured is in the sink, and the error is the
// context's. Targets must have passed Preflight.
func Run(ctx context.Context, o Options) error {
	if len(o.Targets) == 0 {
		return ErrNoEngine
	}
	r := newRunner(o)
	r.calibrate(ctx)
	for i, s := range scenarios(o.Config, o.Traces) {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted before scenario %q: %w", s.plan.Name, err)
		}
		r.Notify(Event{Kind: EventScenario, Scenario: s.plan.Name})
		if err := r.skippable(ctx, s, i); err != nil {
			return fmt.Errorf("scenario %q: %w", s.plan.Name, err)
		}
	}
	return nil
}

// keepAlive is how long Ollama keeps a model in memory after a request. Its own
// 5 minutes are shorter than the other engines' turns can be, and a model that
// was unloaded meanwhile would put its load into a TTFT.
const keepAlive = "30m"

// inTurn is the order of the targets in a round: forward, then backward, so
// that a drift of the cluster meets every engine alike (A B C, C B A, …).
func inTurn(targets []*Target, round int) []*Target {
	if round%2 == 0 {
		return targets
	}
	back := make([]*Target, len(targets))
	for i, t := range targets {
		back[len(targets)-1-i] = t
	}
	return back
}
