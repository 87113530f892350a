package fleet

import (
	"math"
	"time"
)

// clock bounds by how much a worker's clock is ahead of the caller's, from
// messages that crossed: what one wrote, the other cannot have seen sooner.
//
// With c for the caller's times and w for the worker's, a ping written at c1 and
// seen at w1 shows an offset of at most w1-c1, and a message written at w2 and
// read at c2 one of at least w2-c2. Nothing is assumed of how long either way
// takes. The two are far from alike: a line of a log takes milliseconds, and an
// annotation up to two seconds until the kubelet shows it, so the low bound is the
// tight one.
type clock struct {
	low, high time.Duration
	// latency is the longest that a ping took, by the low bound of its time.
	latency time.Duration
	pongs   int
}

func newClock() clock { return clock{low: math.MinInt64, high: math.MaxInt64} }

// heard takes a message that was written at sent and read at read.
func (c *clock) heard(sent, read time.Time) { c.low = max(c.low, sent.Sub(read)) }

// pong takes the answer to a ping.
func (c *clock) pong(p Pong) {
	c.high = min(c.high, p.Seen.Sub(p.Caller))
	c.latency = max(c.latency, p.Seen.Sub(p.Caller)-c.offset())
	c.pongs++
}

// bounds are what is known for sure, nil where no ping was answered.
func (c *clock) bounds() *Bounds {
	if c.pongs == 0 {
		return nil
	}
	return &Bounds{LowNS: int64(c.low), HighNS: int64(c.high)}
}

// offset is the estimate: the low bound, for what it errs by is how long the
// quickest line of the log took, which is alike for all workers.
func (c *clock) offset() time.Duration {
	if c.low == math.MinInt64 {
		return 0
	}
	return c.low
}
