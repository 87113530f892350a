package simulate

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"
)

// strikes are the faults drawn for one request. Each strikes once.
type strikes struct {
	faults []Fault
	struck string // the kind that struck last
}

// draw picks the faults of a request. It depends on its arguments alone.
func draw(faults []Fault, seed, ordinal uint64) *strikes {
	s := &strikes{}
	for i, f := range faults {
		const fraction = 1 << 53
		h := mix(seed ^ mix(ordinal) ^ mix(uint64(i)^faultStream))                                 //nolint:gosec // counts from 0
		if float64(h%fraction)/fraction < f.share && (f.first == 0 || ordinal < uint64(f.first)) { //nolint:gosec // not negative
			s.faults = append(s.faults, f)
		}
	}
	return s
}

const faultStream = 0x6661756c74000000

// take removes and returns a fault of the kind. Merging is an engine's own way
// and leaves no mark on the outcome.
func (s *strikes) take(kind string) (Fault, bool) {
	for i, f := range s.faults {
		if f.kind == kind {
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
			if kind != "merge" {
				s.struck = kind
			}
			return f, true
		}
	}
	return Fault{}, false
}

// midStream says that a fault strikes between tokens.
func (f Fault) midStream() bool {
	switch f.kind {
	case "stall", "truncate", "reset", "error", "endless-line":
		return true
	}
	return false
}

// due removes and returns the next fault that strikes after so many tokens.
func (s *strikes) due(sent int) (Fault, bool) {
	for i, f := range s.faults {
		if f.midStream() && f.after <= sent {
			s.faults = append(s.faults[:i], s.faults[i+1:]...)
			s.struck = f.kind
			return f, true
		}
	}
	return Fault{}, false
}

// limit cuts a range of tokens where the next fault strikes.
func (s *strikes) limit(sent, ready int) int {
	for _, f := range s.faults {
		if f.after > sent {
			ready = min(ready, f.after)
		}
	}
	return ready
}

// outcome is the kind that struck, else the given one.
func (s *strikes) outcome(otherwise string) string {
	if s.struck != "" {
		return s.struck
	}
	return otherwise
}

// beforeHead applies the faults of a request that has not been looked at. It
// returns an outcome where one of them has answered it.
func (t *turn) beforeHead() string {
	if f, ok := t.strikes.take("slow-head"); ok && !sleep(t.r.Context(), f.wait) {
		return t.interrupted()
	}
	if f, ok := t.strikes.take("status"); ok {
		if f.retryAfter >= 0 {
			t.out.w.Header().Set("Retry-After", strconv.Itoa(f.retryAfter))
		}
		t.s.dialect.unavailable(f.code).write(t.out.w)
		return f.kind
	}
	if f, ok := t.strikes.take("html"); ok {
		refusal{status: f.code, media: "text/html", body: page}.write(t.out.w)
		return f.kind
	}
	return ""
}

// page is what a proxy says in place of an engine.
const page = "<!DOCTYPE html>\n<html><head><title>Application is not available</title></head>\n" +
	"<body><h1>Application is not available</h1><p>The application is currently not serving requests at this endpoint.</p></body></html>\n"

// adapt applies the faults that change how the answer is sent.
func (t *turn) adapt() {
	if _, ok := t.strikes.take("buffer"); ok {
		t.out.hold = true
	}
	if f, ok := t.strikes.take("split"); ok {
		t.out.piece = f.bytes
	}
	if f, ok := t.strikes.take("merge"); ok {
		t.merge = f.tokens
	}
	if _, ok := t.strikes.take("empty"); ok {
		t.answer = t.s.dialect.nothing(t.answer)
	}
}

// strike applies the faults that are due after so many tokens. It returns an
// outcome where one of them has ended the response.
func (t *turn) strike(sent int) string {
	for {
		f, ok := t.strikes.due(sent)
		if !ok {
			return ""
		}
		switch f.kind {
		case "stall":
			if !sleep(t.r.Context(), f.wait) {
				return t.interrupted()
			}
			continue
		case "reset":
			t.broken = true
			if t.out.conn != nil {
				t.out.conn.dropHard()
			}
		case "error":
			t.sayFailed()
		case "endless-line":
			t.babble(f.bytes)
		case "truncate":
			t.out.head()
		}
		return f.kind
	}
}

func (t *turn) sayFailed() {
	if t.stream {
		t.form.fail(t)
		return
	}
	for _, pair := range t.headers {
		t.out.w.Header().Del(pair[0]) // they go with answers only
	}
	t.form.failed().write(t.out.w)
}

// babble sends one line of so many bytes that never ends.
func (t *turn) babble(n int) {
	const piece = 32 << 10
	t.out.frame([]byte(t.prefix+`{"x":"`), 0)
	chunk := bytes.Repeat([]byte("x"), piece)
	for ; n > 0 && t.out.err == nil; n -= piece {
		t.out.frame(chunk[:min(n, piece)], 0)
	}
}

// sleep waits, and returns false where the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// requestName is the client's name for a request, else one of our own.
func requestName(r *http.Request, ordinal uint64) string {
	if id := r.Header.Get("X-Request-Id"); id != "" {
		return id
	}
	return "sim-" + strconv.FormatUint(ordinal, 10)
}
