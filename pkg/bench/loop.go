package bench

import (
	"context"
	"math"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// loop is one round of a load, closed or open.
type loop struct {
	// measureFrom and duration are the measured window, from the loop's begin.
	measureFrom, duration time.Duration
	// mostFailures is how many requests may fail in a row.
	mostFailures int
	// run sends requests through fire until the round is over.
	run func(ctx context.Context, fire func(context.Context, load.Arrival) record.Status, drop func(load.Arrival)) error
}

func newLoop(l config.LoadTest, trace load.Trace, seed uint64, part load.Part) loop {
	if l.IsOpen() {
		open := loadOpen(l, trace, seed)
		open.Part = part
		return openLoop(open)
	}
	users := loadUsers(l, seed)
	users.Part = part
	return closedLoop(users)
}

func closedLoop(users load.Users) loop {
	return loop{
		measureFrom: users.MeasureFrom(), duration: users.Duration,
		mostFailures: max(mostFailuresInTurn, mostFailuresPerUser*users.Part.Share(users.Users)),
		run: func(ctx context.Context, fire func(context.Context, load.Arrival) record.Status, _ func(load.Arrival)) error {
			return users.Run(ctx, func(ctx context.Context, a load.Arrival) {
				if fire(ctx, a) != record.StatusOK {
					sleep(ctx, failurePause)
				}
			})
		},
	}
}

func openLoop(open load.Open) loop {
	_, measured := open.Expected()
	measured /= float64(max(open.Part.Of, 1))
	return loop{
		measureFrom: open.MeasureFrom(), duration: open.Duration,
		mostFailures: max(mostFailuresInTurn, int(math.Ceil(measured/open.Duration.Seconds()*patience.Seconds()))),
		run: func(ctx context.Context, fire func(context.Context, load.Arrival) record.Status, drop func(load.Arrival)) error {
			return open.Run(ctx, func(ctx context.Context, a load.Arrival) { fire(ctx, a) }, drop)
		},
	}
}
