package bench

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// LiveCount is where one engine stands in one scenario.
type LiveCount struct {
	Engine, Scenario string
	// InFlight is how many attempts are under way.
	InFlight int64
	// Tokens counts the tokens that have come, those of answers under way too,
	// as far as frames tell: a frame that does not say counts as one.
	Tokens int64
	// Done counts the attempts that have ended, Failed those of them that failed.
	// One that was cancelled is done and has not failed.
	Done, Failed int64
}

// Live counts what a run does while it does it. Its zero value is ready, and
// all its methods may be called at any time from any goroutine. An answer's
// tokens are counted by the goroutine that reads it, in a place of its own;
// who wants to know adds the places up. So a frame costs nothing that other
// streams could feel, and a reader costs the streams nothing.
type Live struct {
	mu   sync.Mutex
	rows map[LiveCount]*liveRow // by Engine and Scenario
}

// liveRow is an engine in a scenario.
type liveRow struct {
	mu    sync.Mutex
	ended LiveCount // of attempts that have ended
	under map[*liveSlot]struct{}
	idle  []*liveSlot
}

// liveSlot is where one attempt counts. It fills a cache line and the one that
// processors fetch with it, so that no two of them are in each other's way.
type liveSlot struct {
	tokens atomic.Int64
	_      [120]byte
}

// Read returns the counts of every engine in every scenario that has begun, in
// the order of their names.
func (l *Live) Read() []LiveCount {
	l.mu.Lock()
	rows := make([]*liveRow, 0, len(l.rows))
	for _, r := range l.rows {
		rows = append(rows, r)
	}
	l.mu.Unlock()
	counts := make([]LiveCount, 0, len(rows))
	for _, r := range rows {
		counts = append(counts, r.read())
	}
	slices.SortFunc(counts, func(a, b LiveCount) int {
		return cmp.Or(cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Engine, b.Engine))
	})
	return counts
}

// row finds the row of an engine in a scenario; a nil Live has none.
func (l *Live) row(engine, scenario string) *liveRow {
	if l == nil {
		return nil
	}
	key := LiveCount{Engine: engine, Scenario: scenario}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows == nil {
		l.rows = map[LiveCount]*liveRow{}
	}
	r := l.rows[key]
	if r == nil {
		r = &liveRow{ended: key, under: map[*liveSlot]struct{}{}}
		l.rows[key] = r
	}
	return r
}

func (r *liveRow) read() LiveCount {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.ended
	c.InFlight = int64(len(r.under))
	for s := range r.under {
		c.Tokens += s.tokens.Load()
	}
	return c
}

// begin gives an attempt its place.
func (r *liveRow) begin() *liveSlot {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &liveSlot{}
	if n := len(r.idle); n > 0 {
		s, r.idle = r.idle[n-1], r.idle[:n-1]
	}
	r.under[s] = struct{}{}
	return s
}

// end takes an attempt's place back; nobody writes to it any more.
func (r *liveRow) end(s *liveSlot, status record.Status) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.under, s)
	r.idle = append(r.idle, s)
	r.ended.Tokens += s.tokens.Swap(0)
	r.ended.Done++
	if status != record.StatusOK && status != record.StatusCancelled {
		r.ended.Failed++
	}
}
