package load

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"
	"time"
)

// Trace is requests that once came, to be sent again when they came and as long
// as they were.
type Trace struct {
	// Requests are in the order of their instants, the first at 0.
	Requests []TracedRequest
	// Speed is how many times as fast as they came they go out; 0 is 1.
	Speed float64
}

// TracedRequest is one request of a trace.
type TracedRequest struct {
	// At is when it came, since the first of the trace.
	At time.Duration
	// Lengths are what it and its answer had, in tokens.
	Lengths Lengths
}

// newTrace puts requests in order, counts their instants from the first and
// keeps the order of those that came at once. A log written when requests ended
// is not in the order in which they came, and it is when they came that makes
// the load.
func newTrace(all []TracedRequest) Trace {
	slices.SortStableFunc(all, func(a, b TracedRequest) int { return int(min(max(a.At-b.At, -1), 1)) })
	if len(all) > 0 {
		for i, first := 0, all[0].At; i < len(all); i++ {
			all[i].At -= first
		}
	}
	return Trace{Requests: all}
}

// Sized says whether its requests have lengths of their own.
func (t Trace) Sized() bool {
	return slices.ContainsFunc(t.Requests, func(r TracedRequest) bool { return r.Lengths != Lengths{} })
}

// Validate implements Pacer.
func (t Trace) Validate() error {
	if len(t.Requests) == 0 {
		return fmt.Errorf("a trace without a request: nothing would be sent")
	}
	if t.Speed < 0 || math.IsNaN(t.Speed) || math.IsInf(t.Speed, 0) {
		return fmt.Errorf("a trace at %g times its speed: want more than 0", t.Speed)
	}
	return nil
}

// Arrivals implements Pacer. It disregards the seed.
func (t Trace) Arrivals(uint64) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for _, r := range t.Requests {
			if !yield(t.scaled(r.At)) {
				return
			}
		}
	}
}

// Expected implements Pacer.
func (t Trace) Expected(before time.Duration) float64 {
	return float64(sort.Search(len(t.Requests), func(i int) bool { return t.scaled(t.Requests[i].At) >= before }))
}

// Lengths are those of the request with a number; zero past the trace's end.
func (t Trace) Lengths(seq int64) Lengths {
	if seq < 0 || seq >= int64(len(t.Requests)) {
		return Lengths{}
	}
	return t.Requests[seq].Lengths
}

// Span is the time that the trace takes at its speed: to its last request, and on
// for as long as requests are apart on average, so that the rate over it is theirs.
// It is a second for a trace whose requests all came at once.
func (t Trace) Span() time.Duration {
	if len(t.Requests) == 0 {
		return 0
	}
	last := t.scaled(t.Requests[len(t.Requests)-1].At)
	if last == 0 {
		return time.Second
	}
	return last + max(last/time.Duration(len(t.Requests)-1), time.Nanosecond)
}

func (t Trace) scaled(at time.Duration) time.Duration {
	if t.Speed == 0 || t.Speed == 1 {
		return at
	}
	return duration(at.Seconds() / t.Speed)
}
