package load

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Run lets the users send their requests through do, and returns when the last
// one has ended.
//
// At the end of Duration no more requests are handed out, but those under way
// are waited for: cutting them off would drop just the slow ones from the
// sample. Past Drain their context ends with context.DeadlineExceeded.
//
// The error is nil where the run came to its planned end, that of ctx where
// ctx ended first, and that of Validate where nothing was sent. In every case
// all goroutines have ended.
func (u Users) Run(ctx context.Context, do Do) error {
	if err := u.Validate(); err != nil {
		return fmt.Errorf("run load: %w", err)
	}
	r := userRun{Users: u, do: do, start: time.Now()}
	requests := ctx
	if u.Drain > 0 {
		var cancel context.CancelFunc
		requests, cancel = context.WithDeadline(ctx, r.start.Add(u.End()+u.Drain))
		defer cancel()
	}
	var users sync.WaitGroup
	for i := range u.Users {
		if !u.Part.Has(int64(i)) {
			continue
		}
		users.Go(func() { r.user(requests, i) })
	}
	users.Wait()
	return ctx.Err()
}

// userRun is a closed loop under way.
type userRun struct {
	Users
	do    Do
	start time.Time
	next  atomic.Int64 // how many requests were handed out
}

// user sends one user's requests, one after another.
func (r *userRun) user(ctx context.Context, user int) {
	at := r.start.Add(r.Begin(user))
	for k := 1; r.await(ctx, at); k++ {
		r.do(ctx, Arrival{
			Seq: r.Part.seq(r.next.Add(1) - 1), Scheduled: at, User: user,
			Warmup: at.Before(r.start.Add(r.MeasureFrom())),
		})
		at = time.Now().Add(r.Pause(user, k))
	}
}

// await sleeps until a request is due. It reports false, at once, for one that
// would be due after the end, and where ctx ends first.
func (r *userRun) await(ctx context.Context, at time.Time) bool {
	return at.Before(r.start.Add(r.End())) && await(ctx, at)
}

// await sleeps until an instant, and reports false where ctx ends first.
func await(ctx context.Context, at time.Time) bool {
	if wait := time.Until(at); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	return ctx.Err() == nil
}
