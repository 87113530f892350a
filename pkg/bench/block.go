package bench

import (
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// block gathers what a stretch of a scenario knows beyond its samples. It is
// saved now and then while it runs, so that a killed run keeps its gaps.
type block struct {
	start time.Time // the run's start
	clock usageClock

	mu    sync.Mutex
	state record.Block
	// spent is the client's usage of the window, once that is over.
	spent *record.ClientUsage
	gaps  *summary.Gaps
	itl   *summary.Gaps
	// uncounted says that some frame did not tell its tokens: an ITL of the
	// others alone would not be the engine's.
	uncounted bool
}

func newBlock(runStart time.Time, state record.Block) *block {
	return &block{start: runStart, clock: startUsage(nil), state: state, gaps: summary.NewGaps(), itl: summary.NewGaps()}
}

// on has the block tell what the client's machine says of it as well.
func (b *block) on(h *host) *block {
	b.clock = startUsage(h)
	return b
}

// add takes the gaps of one successful, measured request.
func (b *block) add(t *tally) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range t.gaps {
		b.gaps.RecordMS(millis(g.length), 1)
	}
	if b.uncounted = b.uncounted || t.uncounted; b.uncounted {
		return
	}
	for _, g := range t.gaps {
		b.itl.RecordMS(millis(g.length)/float64(g.tokens), int64(g.tokens))
	}
}

// drop counts a request that was due and not sent.
func (b *block) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Dropped++
}

// snapshot is the block's state as it stands.
func (b *block) snapshot() record.Block {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.state
	s.GapHistogram = b.gaps.Encode()
	if !b.uncounted {
		s.ITLHistogram = b.itl.Encode()
	}
	if s.Client = b.spent; s.Client == nil {
		s.Client = b.clock.usage()
	}
	return s
}

// countUsage counts what the client spends between two instants to come: the
// warm-up before and the drain behind would dilute it. The returned function
// takes that back.
func (b *block) countUsage(from, to time.Time) (stop func()) {
	begin := time.AfterFunc(time.Until(from), func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.clock = b.clock.again()
	})
	end := time.AfterFunc(time.Until(to), func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.spent = b.clock.usage()
	})
	return func() { begin.Stop(); end.Stop() }
}

// finish closes the block's window at end and returns its last state.
func (b *block) finish(end time.Time, interrupted bool) record.Block {
	b.mu.Lock()
	b.state.Done, b.state.Interrupted = true, interrupted
	b.state.EndMS = millis(end.Sub(b.start))
	b.mu.Unlock()
	return b.snapshot()
}

// saveInterval is how often a running block is saved: what a kill can cost
// of its gap histogram.
const saveInterval = 2 * time.Second

// saveWhileRunning saves the block's state until the returned function is called.
func (b *block) saveWhileRunning(sink Sink) (stop func()) {
	sink.Block(b.snapshot())
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(saveInterval)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				sink.Block(b.snapshot())
			}
		}
	}()
	return func() { close(quit); <-gone }
}

// spend ends the counting of the client's usage where that has not ended yet.
func (b *block) spend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent == nil {
		b.spent = b.clock.usage()
	}
}
