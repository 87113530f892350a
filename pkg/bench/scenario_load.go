package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// seqStride keeps the sequence numbers, and with them the prompts, of a
// scenario's rounds apart.
const seqStride = 1 << 20

// runLoad lets closed-loop users talk to one engine at a time, in rounds
// whose order alternates like the iterations of runTTFT.
func runLoad(ctx context.Context, r *runner, s scenario, index int) error {
	rounds := s.plan.Shape.Rounds
	for round := range rounds {
		for _, t := range inTurn(r.Targets, index+round) {
			if err := ctx.Err(); err != nil {
				return err
			}
			r.loadBlock(ctx, t, s, index, round)
		}
	}
	return ctx.Err()
}

func (r *runner) loadBlock(ctx context.Context, t *Target, s scenario, index, round int) {
	users := loadUsers(s.load, r.Seed+uint64(round)) //nolint:gosec // rounds count from 0
	begin := time.Now()
	from := begin.Add(users.MeasureFrom())
	r.Notify(Event{Kind: EventBlock, Scenario: s.plan.Name, Engine: t.Name, Total: users.End().Milliseconds()})
	b := newBlock(r.Start, record.Block{
		ID: fmt.Sprintf("%d-%s-%d", index, t.Name, round), Engine: t.Name, Scenario: s.plan.Name, Round: round,
		StartMS: millis(from.Sub(r.Start)), EndMS: millis(from.Add(users.Duration).Sub(r.Start)),
	})
	stop := b.saveWhileRunning(r.Sink)
	uncount := b.countUsage(from, from.Add(users.Duration))
	turn, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g := &guard{most: int64(max(mostFailuresInTurn, mostFailuresPerUser*users.Users))}
	_ = users.Run(turn, func(ctx context.Context, a load.Arrival) {
		a.Seq += int64(round) * seqStride
		last := r.fire(ctx, shot{target: t, scenario: s.plan.Name, index: index, arrival: a, maxTokens: s.load.MaxTokens, block: b})
		if g.note(last.Status) {
			r.giveUp(t, s.plan.Name, g, last)
			cancel(errGivenUp)
		}
		if last.Status != record.StatusOK {
			sleep(ctx, failurePause)
		}
	})
	uncount()
	stop()
	end := from.Add(users.Duration)
	if now := time.Now(); now.Before(end) {
		end = now
	}
	r.Sink.Block(b.finish(end, ctx.Err() != nil))
}

func loadUsers(l config.LoadTest, seed uint64) load.Users {
	rounds := max(l.Rounds, 1)
	return load.Users{
		Users: l.ConcurrentUsers, RampUp: seconds(l.RampUpSeconds), Warmup: seconds(l.WarmupSeconds),
		Duration: seconds(l.DurationSeconds / float64(rounds)), Seed: seed,
		Think: load.Think{Distribution: l.ThinkTime.Distribution, Seconds: l.ThinkTime.Seconds, Min: l.ThinkTime.MinSeconds, Max: l.ThinkTime.MaxSeconds},
	}
}
