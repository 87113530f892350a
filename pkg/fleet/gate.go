package fleet

import (
	"context"
	"time"
)

// gate is the bench.Barrier of a worker: it says where the worker stands, and
// waits until the caller has heard that of all.
type gate struct {
	box *mailbox
	say func(Gate)
}

// Begin implements bench.Barrier.
func (g *gate) Begin(ctx context.Context, block string) error {
	g.say(Gate{Block: block, State: GateWaiting})
	o, err := g.box.await(ctx, func(o Orders) bool { return o.Open == block })
	if err != nil {
		return err
	}
	timer := time.NewTimer(time.Until(o.At))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	g.say(Gate{Block: block, State: GateBegun, LateMS: float64(time.Since(o.At).Microseconds()) / 1000})
	return nil
}

// End implements bench.Barrier.
func (g *gate) End(ctx context.Context, block string, everybody bool) {
	g.say(Gate{Block: block, State: GateEnded, Holds: everybody})
	if everybody && ctx.Err() == nil {
		_, _ = g.box.await(ctx, func(o Orders) bool { return o.Ended == block }) // or the run ends
	}
}
