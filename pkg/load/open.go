package load

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Open is an open-loop load: requests go out when Pacer says, whether or not
// those before them were answered. A slow engine is asked as often as a quick
// one, and its slowness shows as requests that wait.
//
// Warmup, with the pace that Pacer has at its begin, is followed by the measured
// Duration. All times that its methods return count from the begin of Warmup.
type Open struct {
	Pacer Pacer
	// Warmup and Duration are the lengths of the phases; Warmup may be 0.
	Warmup, Duration time.Duration
	// MaxInFlight is how many requests may be under way, of all parts together.
	// One that is due when so many are is dropped, because waiting would hide what
	// the engine does. Each part keeps to its share of them.
	MaxInFlight int
	// Seed fixes what Pacer draws.
	Seed uint64
	// Part is which of the requests are sent here.
	Part Part
}

// Validate refuses a load that cannot be run or would measure nothing.
func (o Open) Validate() error {
	switch {
	case o.Warmup < 0:
		return fmt.Errorf("load with a warm-up of %v: it may not be negative", o.Warmup)
	case o.Duration <= 0:
		return fmt.Errorf("load with a measured duration of %v: nothing would be measured", o.Duration)
	case o.MaxInFlight < 1:
		return fmt.Errorf("load of at most %d requests in flight: at least 1 is needed", o.MaxInFlight)
	}
	if err := o.Part.Validate(); err != nil {
		return err
	}
	return o.Pacer.Validate()
}

// MeasureFrom is when the measured time begins. Requests due before it are
// warm-up.
func (o Open) MeasureFrom() time.Duration { return o.Warmup }

// End is when the measured time ends. No request is due at or after it.
func (o Open) End() time.Duration { return o.Warmup + o.Duration }

// Expected is how many requests are due in the warm-up and in the measured
// time, on average where they are drawn.
func (o Open) Expected() (warmup, measured float64) {
	warmup = o.Pacer.Expected(o.MeasureFrom())
	return warmup, o.Pacer.Expected(o.End()) - warmup
}

// Run sends the requests that are due through do, and hands those for which
// there is no room to drop, which must not block. Both kinds are numbered
// together, so that a dropped request shifts nobody's prompt. One that is late
// because the client is goes out at once and keeps its Scheduled.
//
// At the end those under way are waited for. The error is nil where the run
// came to its planned end, that of ctx where ctx ended first, and that of
// Validate where nothing was sent. In every case all goroutines have ended.
func (o Open) Run(ctx context.Context, do Do, drop func(Arrival)) error {
	return o.run(ctx, do, drop, nap)
}

// run is Run with another way to nap, which is time.Sleep where a test's clock
// is not the kernel's.
func (o Open) run(ctx context.Context, do Do, drop func(Arrival), nap func(time.Duration)) error {
	if err := o.Validate(); err != nil {
		return fmt.Errorf("run load: %w", err)
	}
	start := time.Now()
	most := int64(max(o.Part.Share(o.MaxInFlight), 1))
	var inFlight atomic.Int64
	var requests sync.WaitGroup
	for a := range o.Due(start) {
		if !awaitClosely(ctx, a.Scheduled, nap) {
			break
		}
		if inFlight.Load() >= most {
			drop(a)
			continue
		}
		inFlight.Add(1)
		requests.Go(func() {
			defer inFlight.Add(-1)
			do(ctx, a)
		})
		// A nap keeps its processor until the runtime takes it away, which may be
		// milliseconds later; the request must not wait for that.
		runtime.Gosched()
	}
	requests.Wait()
	return ctx.Err()
}

// coarse is how late a timer of the Go runtime may be: its poller sleeps in whole
// milliseconds on Linux, which made half of all requests at 500 a second go out
// 0.5 ms late. Napping through the last of the wait made that 0.1 ms, at the same
// cost.
const coarse = 2 * time.Millisecond

// awaitClosely is await for a request whose lateness is measured.
func awaitClosely(ctx context.Context, at time.Time, nap func(time.Duration)) bool {
	if !await(ctx, at.Add(-coarse)) {
		return false
	}
	for wait := time.Until(at); wait > 0; wait = time.Until(at) {
		nap(wait)
	}
	return ctx.Err() == nil
}

// Due yields the arrivals of a run whose warm-up began at start, in order.
func (o Open) Due(start time.Time) iter.Seq[Arrival] {
	lengths := func(int64) Lengths { return Lengths{} }
	if sized, ok := o.Pacer.(interface{ Lengths(seq int64) Lengths }); ok {
		lengths = sized.Lengths
	}
	return func(yield func(Arrival) bool) {
		seq := int64(0)
		for at := range o.Pacer.Arrivals(o.Seed) {
			if at >= o.End() {
				return
			}
			if o.Part.Has(seq) && !yield(Arrival{Seq: seq, Scheduled: start.Add(at), Warmup: at < o.MeasureFrom(), Lengths: lengths(seq)}) {
				return
			}
			seq++
		}
	}
}
