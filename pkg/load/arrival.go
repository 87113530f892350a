package load

import (
	"context"
	"time"
)

// Arrival is one request that the load shape asks for.
type Arrival struct {
	// Seq numbers the requests of a run from 0, without gaps, in the order in
	// which they were handed out or dropped. It is what a prompt is picked by. Of
	// a Part no two have the same number, and other parts have those between.
	Seq int64
	// Scheduled is when the load shape wanted the request to go out. It is
	// never later than the moment at which the request was handed out, and the
	// difference is the client's own delay.
	Scheduled time.Time
	// Warmup marks a request that was scheduled before the measured time.
	Warmup bool
	// User is whose request it is, counted from 0; in an open loop, which has no
	// users, it is 0.
	User int
	// Lengths is how long the load wants the request to be; zero where it does
	// not care.
	Lengths Lengths
}

// Lengths are those of a prompt and its answer in tokens, 0 where they are not
// asked for.
type Lengths struct{ PromptTokens, OutputTokens int }

// Do sends one request and returns when it has ended, however it ended. It is
// called from many goroutines at once. When ctx is done, Do must give up soon.
type Do func(ctx context.Context, a Arrival)
