package bench

import (
	"context"
	"sync/atomic"
)

// Step is one rate of a search for the capacity that several clients share: each
// sends its part of it, all from the same instant on and for the same time.
type Step struct {
	Engine string `json:"engine"`
	// N counts the steps on an engine, from 0.
	N int `json:"n"`
	// RatePerS is the rate of all clients together, in requests per second.
	RatePerS float64 `json:"rate_per_s"`
	// DurationS is the measured time, in seconds.
	DurationS float64 `json:"duration_s"`
}

// Steps says which steps the clients of a divided load take. DividedSearch
// decides on them.
type Steps interface {
	// Next returns the n-th step on an engine. more is false where the search on it
	// is over. The error is that of ctx.
	Next(ctx context.Context, engine string, n int) (s Step, more bool, err error)
	// Cut returns true once what is under way of a step has to be cancelled, and
	// false when ctx ends.
	Cut(ctx context.Context, s Step) bool
}

// follow takes the steps of a search that is decided on elsewhere. Its error is
// that of ctx, or says that the other clients cannot be waited for.
func (c *capacitySearch) follow(ctx context.Context) error {
	if c.leads() {
		c.meetIdle(ctx)
	}
	for ; ; c.taken++ {
		step, more, err := c.Steps.Next(ctx, c.target.Name, c.taken)
		if err != nil || !more {
			return err
		}
		cut, err := c.together(ctx, step)
		if err != nil {
			return err
		}
		if cut && c.leads() {
			c.awaitIdle(ctx) // the others wait for it where the next step begins
		}
	}
}

// together takes a step with the others.
func (c *capacitySearch) together(ctx context.Context, step Step) (cut bool, err error) {
	defer c.scrape(ctx, c.target, c.scenario.plan.Name, c.blockID())()
	if err := c.begin(ctx, c.blockID()); err != nil {
		return false, err
	}
	defer c.end(ctx, c.blockID())
	return c.newStep(step.RatePerS, seconds(step.DurationS)).carry(ctx, step), ctx.Err()
}

// carry sends this client's part of a step, and reports whether what was under way
// at its end was cancelled.
func (s *capacityStep) carry(ctx context.Context, step Step) bool {
	stopSaving := s.block.saveWhileRunning(s.Sink)
	to := s.from.Add(s.open.Duration)
	uncount := s.block.countUsage(s.from, to)
	requests, cancel := context.WithCancel(ctx)
	defer cancel()
	var cut atomic.Bool
	watched := make(chan struct{})
	watching, stop := context.WithCancel(ctx)
	go func() {
		defer close(watched)
		if s.Steps.Cut(watching, step) {
			cut.Store(true)
			cancel()
		}
	}()
	s.send(requests, requests)
	stop()
	<-watched
	uncount()
	stopSaving()
	s.Sink.Block(s.block.finish(untilNow(to), ctx.Err() != nil))
	return cut.Load()
}
