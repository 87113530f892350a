package fleet

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Whatever the ways take, and however far a worker's clock is off, the truth lies
// within the bounds, and the estimate errs by no more than the quickest line took.
func TestTheTruthLiesWithinAClocksBounds(t *testing.T) {
	base := time.Unix(1e9, 0)
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 9)) //nolint:gosec // no secret
		ahead := time.Duration(random.Int64N(int64(4*time.Hour))) - 2*time.Hour
		c, quickest := newClock(), time.Hour
		for i := range 1 + random.IntN(6) {
			at := base.Add(time.Duration(i) * time.Second)
			order, line := time.Duration(random.Int64N(int64(2*time.Second))), time.Duration(random.Int64N(int64(time.Second)))
			quickest = min(quickest, line)
			c.pong(Pong{Caller: at, Seen: at.Add(order + ahead)})
			c.heard(at.Add(order+ahead), at.Add(order+line))
		}
		if c.low > ahead || c.high < ahead {
			t.Fatalf("seed %d: the worker is %v ahead, and between %v and %v", seed, ahead, c.low, c.high)
		}
		if off := ahead - c.offset(); off != quickest {
			t.Fatalf("seed %d: the estimate is %v off, and the quickest line took %v", seed, off, quickest)
		}
	}
}
