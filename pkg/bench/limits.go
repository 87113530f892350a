package bench

import "sync"

// The requests over which a share of failures is judged: the last errorWindow,
// and not before there were leastJudged.
const (
	errorWindow = 50
	leastJudged = 20
)

// errorRate follows the share of requests that failed or could not be sent. Its
// zero value has no limit.
type errorRate struct {
	most float64 // the share that is borne, 0 for any

	mu      sync.Mutex
	last    [errorWindow]bool
	seen    int
	bad     int
	tripped bool
}

// note takes one outcome and reports whether it was the one that made the share
// pass the limit.
func (e *errorRate) note(failed bool) (passed bool) {
	if e.most <= 0 {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := e.seen % errorWindow
	if e.last[at] {
		e.bad--
	}
	e.last[at] = failed
	if failed {
		e.bad++
	}
	e.seen++
	if e.tripped || e.seen < leastJudged || float64(e.bad) <= e.most*float64(min(e.seen, errorWindow)) {
		return false
	}
	e.tripped = true
	return true
}

// share is how many of how many requests failed when the limit was passed; ok
// is false where it was not.
func (e *errorRate) share() (bad, of int, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bad, min(e.seen, errorWindow), e.tripped
}
