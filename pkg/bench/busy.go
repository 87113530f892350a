package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Traffic is what an engine does for others before a run has sent it anything.
type Traffic struct {
	// Engine is its name within the run.
	Engine string
	// Running and Queued are the most requests that were seen, 0 where the engine
	// does not tell.
	Running, Queued float64
	// Ended is how many requests ended, and OutputTokens how many tokens came,
	// within Over.
	Ended, OutputTokens int64
	Over                time.Duration
}

// Busy says whether the engine serves anybody.
func (t Traffic) Busy() bool {
	return t.Running > 0 || t.Queued > 0 || t.Ended > 0 || t.OutputTokens > 0
}

// String is the traffic in figures.
func (t Traffic) String() string {
	return fmt.Sprintf("%s has %g requests running and %g waiting, and in %.1f s ended %d and made %d tokens",
		t.Engine, t.Running, t.Queued, t.Over.Seconds(), t.Ended, t.OutputTokens)
}

// Others looks at the metrics of every target twice, so far apart, and returns
// those that serve somebody. It must be called before anything is generated. An
// engine that gives no metrics is taken for idle: nobody can say.
func Others(ctx context.Context, targets []*Target, apart time.Duration) (busy []Traffic) {
	seen := make([]Traffic, len(targets))
	var all sync.WaitGroup
	for i, t := range targets {
		all.Go(func() { seen[i] = traffic(ctx, t, apart) })
	}
	all.Wait()
	for _, t := range seen {
		if t.Busy() {
			busy = append(busy, t)
		}
	}
	return busy
}

func traffic(ctx context.Context, t *Target, apart time.Duration) Traffic {
	metered, ok := t.Protocol.(engine.Metered)
	if !ok {
		return Traffic{}
	}
	s := &scraper{r: &runner{}, t: t, metered: metered, state: &scrapeState{}}
	began := time.Now()
	first := s.read(ctx)
	if first.Status != record.StatusOK || !sleep(ctx, apart) {
		return Traffic{}
	}
	second := s.read(ctx)
	if second.Status != record.StatusOK {
		return Traffic{}
	}
	return Traffic{
		Engine:  t.Name,
		Running: max(first.Running.Or(0), second.Running.Or(0)), Queued: max(first.Queue.Or(0), second.Queue.Or(0)),
		Ended:        rise(first.Requests, second.Requests),
		OutputTokens: rise(first.OutputTokens, second.OutputTokens), Over: time.Since(began),
	}
}

// rise is how much a counter grew, 0 where it is unknown or began anew.
func rise(from, to record.Int) int64 {
	a, known := from.Get()
	b, also := to.Get()
	if !known || !also {
		return 0
	}
	return max(b-a, 0)
}
