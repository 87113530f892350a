package simulate

import (
	"net/http"
	"time"
)

// output sends the frames of one response and keeps when each went out.
type output struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	conn *conn // nil where there is no socket of ours

	frames []int64
	tokens []int
	err    error

	begun   bool // the head has gone
	piece   int  // bytes a write, 0 for whole frames
	hold    bool
	held    []byte
	pending int // frames in held that bear tokens
}

func newOutput(w http.ResponseWriter, c *conn) *output {
	return &output{w: w, rc: http.NewResponseController(w), conn: c}
}

// head sends the response's head before there is any body.
func (o *output) head() {
	if o.hold || o.begun {
		return
	}
	o.begun = true
	o.w.WriteHeader(http.StatusOK)
	o.flush()
}

// frame sends one frame that carries so many tokens.
func (o *output) frame(b []byte, tokens int) {
	if o.err != nil {
		return
	}
	if o.hold {
		o.held = append(o.held, b...)
		if tokens > 0 {
			o.pending++
			o.tokens = append(o.tokens, tokens)
		}
		return
	}
	at := o.send(b)
	if tokens > 0 && o.err == nil {
		o.frames, o.tokens = append(o.frames, at), append(o.tokens, tokens)
	}
}

// send writes bytes, in pieces where that was asked for, and returns when the
// last of them went to the kernel.
func (o *output) send(b []byte) int64 {
	for o.piece > 0 && len(b) > o.piece && o.err == nil {
		o.write(b[:o.piece])
		b = b[o.piece:]
	}
	return o.write(b)
}

func (o *output) write(b []byte) int64 {
	if o.err != nil {
		return 0
	}
	o.begun = true
	now := time.Now().UnixNano()
	if _, o.err = o.w.Write(b); o.err == nil {
		o.flush()
	}
	if o.conn != nil {
		return o.conn.wrote.Load()
	}
	return now
}

func (o *output) flush() {
	if o.err == nil {
		o.err = o.rc.Flush()
	}
}

// release sends what was held back, in one write.
func (o *output) release() {
	if !o.hold || o.err != nil {
		return
	}
	o.hold = false
	at := o.write(o.held)
	if o.err != nil {
		o.tokens = nil
		return
	}
	for range o.pending {
		o.frames = append(o.frames, at)
	}
}
