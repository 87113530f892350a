package bench

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Timeouts bound one request. Zero leaves a part unbounded.
type Timeouts struct {
	// Connect bounds DNS, dial and TLS; it is set on the transport as well.
	Connect time.Duration
	// FirstToken counts from the request's start, Stall from the last token.
	FirstToken, Stall time.Duration
	// Total counts from the request's start.
	Total time.Duration
}

// The causes with which a watch cancels a request.
var (
	errFirstToken = errors.New("no token in time")
	errStall      = errors.New("the stream stalled")
	errTotal      = errors.New("the request took too long")
	errEnded      = errors.New("the stream had ended but its connection stayed open")
)

// watch cancels a request that is late. Progress costs one atomic store, so
// it can be noted at every frame; a single timer looks at it now and then.
type watch struct {
	limits Timeouts
	start  time.Time
	cancel context.CancelCauseFunc
	last   atomic.Int64 // nanoseconds after start of the last token, 0 before the first

	mu    sync.Mutex
	timer *time.Timer
	done  bool
}

func startWatch(parent context.Context, limits Timeouts) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(parent)
	w := &watch{limits: limits, start: time.Now(), cancel: cancel}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arm()
	return ctx, w
}

// token notes when a token came.
func (w *watch) token(at time.Time) { w.last.Store(int64(max(at.Sub(w.start), 1))) }

// lingerAfterEnd is how long an ended stream may take to close, which is what
// lets its connection be used again.
const lingerAfterEnd = time.Second

// ended notes that the protocol's end marker came: only the close is awaited.
func (w *watch) ended() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
	w.timer = time.AfterFunc(lingerAfterEnd, func() { w.cancel(errEnded) })
}

// stop ends the watch and lets go of the request's context.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	if w.timer != nil {
		w.timer.Stop()
	}
	w.cancel(context.Canceled)
}

// next is the earliest instant, counted from the start, at which the request
// is late, and what it would be late in; 0 where nothing bounds it.
func (w *watch) next() (at time.Duration, cause error) {
	last := time.Duration(w.last.Load())
	switch {
	case last == 0 && w.limits.FirstToken > 0:
		at, cause = w.limits.FirstToken, errFirstToken
	case last > 0 && w.limits.Stall > 0:
		at, cause = last+w.limits.Stall, errStall
	}
	if w.limits.Total > 0 && (at == 0 || w.limits.Total < at) {
		at, cause = w.limits.Total, errTotal
	}
	return at, cause
}

// arm sets the timer for the next instant that matters. The first token may
// bring a stricter limit than the one awaited, so the timer looks again at
// least once in a stall's length.
func (w *watch) arm() {
	at, _ := w.next()
	if at == 0 && w.limits.Stall == 0 {
		return
	}
	wait := at - time.Since(w.start)
	if w.limits.Stall > 0 && (at == 0 || w.limits.Stall < wait) {
		wait = w.limits.Stall
	}
	w.timer = time.AfterFunc(max(wait, time.Millisecond), w.look)
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return
	}
	if at, cause := w.next(); at > 0 && time.Since(w.start) >= at {
		w.cancel(cause)
		return
	}
	w.arm()
}
