package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// seqStride keeps the sequence numbers, and with them the prompts, of a
// scenario's rounds apart: no round has as many requests.
const seqStride = 1 << 32

// runLoad puts the load on one engine at a time, in rounds whose order
// alternates like the iterations of runTTFT.
func runLoad(ctx context.Context, r *runner, s scenario, index int) error {
	rounds := s.plan.Shape.Rounds
	for round := range rounds {
		for _, t := range inTurn(r.Targets, index+round) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.loadBlock(ctx, t, s, index, round); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (r *runner) loadBlock(ctx context.Context, t *Target, s scenario, index, round int) error {
	id := blockID(index, t.Name, round)
	defer r.scrape(ctx, t, s.plan.Name, id)()
	if err := r.begin(ctx, id); err != nil {
		return err
	}
	defer r.end(ctx, id)
	if !s.load.IsOpen() && r.emptyPart(s.load.ConcurrentUsers) {
		return nil
	}
	l := newLoop(s.load, s.trace, r.Seed+uint64(round), r.Part) //nolint:gosec // rounds count from 0
	from := time.Now().Add(l.measureFrom)
	to := from.Add(l.duration)
	r.Notify(Event{Kind: EventBlock, Scenario: s.plan.Name, Engine: t.Name, Total: (l.measureFrom + l.duration).Milliseconds()})
	b := newBlock(r.Start, record.Block{
		ID: r.ownID(id), Worker: r.worker(), Engine: t.Name, Scenario: s.plan.Name, Round: round,
		StartMS: millis(from.Sub(r.Start)), EndMS: millis(to.Sub(r.Start)),
	}).on(r.host)
	stop := b.saveWhileRunning(r.Sink)
	uncount := b.countUsage(from, to)
	r.runLoop(ctx, l, shot{target: t, scenario: s.plan.Name, index: index, maxTokens: s.load.MaxTokens, block: b}, round)
	uncount()
	stop()
	r.Sink.Block(b.finish(untilNow(to), ctx.Err() != nil))
	return nil
}

// blockID is unique within a run of one client; where several share the load it
// is what they have in common.
func blockID(index int, engine string, round int) string {
	return fmt.Sprintf("%d-%s-%d", index, engine, round)
}

// runLoop fires a shot for every arrival of a loop, until an engine that fails
// all of them is given up.
func (r *runner) runLoop(ctx context.Context, l loop, s shot, round int) {
	turn, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g := r.newGuard(l.mostFailures)
	fire := func(ctx context.Context, a load.Arrival) record.Status {
		one := s
		one.arrival = a
		one.arrival.Seq += int64(round) * seqStride
		last := r.fire(ctx, one)
		if g.note(last.Status) {
			r.giveUp(s.target, s.scenario, g, last)
			cancel(errGivenUp)
		}
		return last.Status
	}
	drop := func(a load.Arrival) {
		if !a.Warmup {
			s.block.drop()
			r.Notify(Event{Kind: EventDropped, Scenario: s.scenario, Engine: s.target.Name})
			if g.dropped() {
				r.giveUp(s.target, s.scenario, g, record.Sample{Status: record.StatusOverloaded})
				cancel(errGivenUp)
			}
		}
	}
	// What ends it early is told by ctx, or has been by giveUp.
	_ = l.run(turn, fire, drop)
}
