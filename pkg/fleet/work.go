package fleet

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// WorkOptions are what a worker needs.
type WorkOptions struct {
	Plan Plan
	// Index is which worker this is, from 0.
	Index   int
	Version string
	// Bench is the run, without what the plan or the caller says: its sink, its
	// start, its part and its barrier.
	Bench bench.Options
	// Orders reads the worker's orders as they stand.
	Orders func() ([]byte, error)
	// Log is where messages are written.
	Log io.Writer
}

// worker is one under way.
type worker struct {
	WorkOptions
	w   *Writer
	box *mailbox
}

// Work is a worker's run from its begin to its end. It waits for the caller's
// orders for as long as it takes. Its error is that of the log, for everything
// else is told there.
func Work(ctx context.Context, o WorkOptions) error {
	w := &worker{WorkOptions: o, w: NewWriter(o.Index, o.Log), box: newMailbox(o.Orders)}
	w.w.Say(Message{Hello: &Hello{Worker: o.Index, RunID: o.Plan.Run.RunID, Version: o.Version}})
	watching, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { w.box.watch(watching, func(p Pong) { w.w.Say(Message{Pong: &p}) }) })
	err := w.run(ctx)
	stop()
	watch.Wait()
	f := Final{Interrupted: ctx.Err() != nil}
	if err != nil && !errors.Is(err, context.Canceled) {
		f.Error = err.Error()
	}
	return w.w.Close(f)
}

func (w *worker) run(ctx context.Context) error {
	b := w.options()
	ready, findings := w.preflight(ctx, b)
	if err := ctx.Err(); err != nil {
		return err
	}
	w.w.Say(Message{Ready: &Ready{Engines: infos(ready), Findings: findings}})
	o, err := w.box.await(ctx, func(o Orders) bool { return o.Start != nil })
	if err != nil {
		return err
	}
	w.w.Say(Message{Started: o.Start})
	b.Start = here(w.Plan.Run.StartedAt.Add(o.Start.offset()))
	b.Targets = slices.DeleteFunc(ready, func(t *bench.Target) bool { return !slices.Contains(o.Start.Engines, t.Name) })
	if w.Plan.Workers > 1 {
		b.Barrier = &gate{box: w.box, say: func(g Gate) { w.w.Say(Message{Gate: &g}) }}
		b.Steps = &steps{box: w.box, say: func(s bench.Step) { w.w.Say(Message{Step: &s}) }, engines: o.Start.Engines}
	}
	return bench.Run(ctx, b)
}

// options are those of the run, as far as they are known before its start.
func (w *worker) options() bench.Options {
	b := w.Bench
	b.Sink, b.Notify, b.RunID, b.Seed = w.w, w.notify, w.Plan.Run.RunID, w.Plan.Run.Plan.Seed
	b.Start = here(w.Plan.Run.StartedAt)
	if w.Plan.Workers > 1 {
		b.Part = load.Part{Index: w.Index, Of: w.Plan.Workers}
	}
	return b
}

// here gives an instant the monotonic clock of this process, so that what is
// counted from it does not jump where the wall clock is set.
func here(at time.Time) time.Time {
	now := time.Now()
	return now.Add(at.Sub(now.Round(0)))
}

// notify passes on what the caller shows. Where a run stands is told by the first
// worker, for all.
func (w *worker) notify(e bench.Event) {
	switch {
	case e.Finding != nil && e.Kind == bench.EventFinding:
		w.w.Finding(*e.Finding)
	case w.Index == 0 && (e.Kind == bench.EventScenario || e.Kind == bench.EventBlock):
		w.w.Event(Event{Kind: e.Kind, Scenario: e.Scenario, Engine: e.Engine, Total: e.Total})
	}
}

func infos(targets []*bench.Target) []record.EngineInfo {
	all := []record.EngineInfo{}
	for _, t := range targets {
		all = append(all, t.Info)
	}
	return all
}
