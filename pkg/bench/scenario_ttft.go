package bench

import (
	"context"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// runTTFT sends one request at a time. Iteration i asks every engine the same
// prompt, in an order that alternates (A B C, C B A, …), so that what changes
// on the cluster meanwhile changes for all of them.
func runTTFT(ctx context.Context, r *runner, s scenario, index int) error {
	if !r.leads() {
		return ctx.Err() // one request at a time takes one client
	}
	defer r.scrapeAll(ctx, s.plan.Name, index)()
	for _, t := range r.Targets {
		r.warm(ctx, t, s, index)
	}
	blocks := r.openBlocks(s, index)
	stops := make([]func(), 0, len(blocks))
	for _, b := range blocks {
		stops = append(stops, b.saveWhileRunning(r.Sink))
	}
	r.iterate(ctx, s, index, blocks)
	for _, stop := range stops {
		stop()
	}
	for _, t := range r.Targets {
		r.Sink.Block(blocks[t].finish(time.Now(), ctx.Err() != nil))
	}
	return ctx.Err()
}

// openBlocks begins the one block that each target has in the scenario.
func (r *runner) openBlocks(s scenario, index int) map[*Target]*block {
	blocks := map[*Target]*block{}
	begin := millis(time.Since(r.Start))
	for _, t := range r.Targets {
		r.Notify(Event{Kind: EventBlock, Scenario: s.plan.Name, Engine: t.Name, Total: int64(s.ttft.Iterations)})
		blocks[t] = newBlock(r.Start, record.Block{
			ID: r.ownID(blockID(index, t.Name, 0)), Worker: r.worker(), Engine: t.Name, Scenario: s.plan.Name,
			StartMS: begin, EndMS: begin + s.plan.ExpectedS*1000,
		}).on(r.host)
	}
	return blocks
}

func (r *runner) warm(ctx context.Context, t *Target, s scenario, index int) {
	for i := range s.ttft.WarmupIterations {
		if ctx.Err() != nil {
			return
		}
		r.fire(ctx, shot{target: t, scenario: s.plan.Name, index: index, maxTokens: s.ttft.MaxTokens,
			arrival: load.Arrival{Seq: int64(i), Scheduled: time.Now(), Warmup: true}})
	}
}

// iterate goes through the iterations. A target that fails every request is
// left out of the rest. Where the scenario is to end once enough is known, that
// is judged after every second iteration: then each engine has been the first
// and the last in turn as often, and a place in the order favours nobody.
func (r *runner) iterate(ctx context.Context, s scenario, index int, blocks map[*Target]*block) {
	guards := map[*Target]*guard{}
	for _, t := range r.Targets {
		guards[t] = r.newGuard(mostFailuresInTurn)
	}
	c := newConfidence(r.Config, r.Targets)
	done := 0
	for done < s.ttft.Iterations {
		for _, t := range inTurn(r.Targets, done) {
			if ctx.Err() != nil {
				return
			}
			if guards[t] == nil {
				continue
			}
			last := r.fire(ctx, shot{target: t, scenario: s.plan.Name, index: index, maxTokens: s.ttft.MaxTokens, block: blocks[t],
				arrival: load.Arrival{Seq: int64(done), Scheduled: time.Now()}})
			c.note(t.Name, last)
			if guards[t].note(last.Status) {
				r.giveUp(t, s.plan.Name, guards[t], last)
				guards[t] = nil
				c.leave(t.Name)
			}
		}
		c.close()
		done++
		if s.ttft.UntilConfident && done%2 == 0 {
			if _, known := c.known(); known {
				break
			}
		}
	}
	if s.ttft.UntilConfident && ctx.Err() == nil {
		f := c.verdict(s.plan.Name, done, s.ttft.Iterations)
		r.Notify(Event{Kind: EventFinding, Scenario: s.plan.Name, Finding: &f})
	}
}
