package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// firstReads bounds each socket read until the first token, so that a read
// does not swallow several queued frames and give them the last one's stamp.
const firstReads = 512

// readBuffer is the size of a connection's buffer, in bytes: what one read
// takes once the first token has come.
const readBuffer = 8 << 10

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// exchanger does one HTTP/1.1 exchange after another on a connection.
type exchanger struct {
	conn   *stampConn
	secure net.Conn // the TLS session over conn, or conn itself
	pool   *pool

	out    bytes.Buffer
	buf    []byte
	from   int
	to     int
	timing Timing
	heard  bool // any byte of an answer came
	broken bool // the connection cannot be used again
	reused bool

	idleSince time.Time
}

func newExchanger(conn *stampConn, secure net.Conn, timing Timing, p *pool) *exchanger {
	return &exchanger{conn: conn, secure: secure, pool: p, timing: timing, buf: make([]byte, readBuffer)}
}

func (x *exchanger) close() { x.secure.Close() } //nolint:errcheck,gosec // nothing of interest is left on it

// exchange sends the request and reads the head of its answer.
func (x *exchanger) exchange(req *http.Request) (*Stream, error) {
	x.conn.expect()
	x.conn.most = firstReads
	x.heard, x.from, x.to = false, 0, 0
	stop := context.AfterFunc(req.Context(), func() { x.secure.SetDeadline(longAgo) }) //nolint:errcheck,gosec // on a closed connection there is nothing to wake
	phase, head, err := x.ask(req)
	x.timing.Sent = x.conn.sent
	if err != nil {
		stop()
		x.close()
		return nil, x.failure(req.Context(), phase, err)
	}
	s := &Stream{Status: head.StatusCode, Header: head.Header, Timing: x.timing, x: x, stop: stop}
	s.frameBody(head)
	x.timing, x.reused = Timing{Reused: true}, true
	return s, nil
}

// ask writes the request and reads the answer's head. An endpoint may answer
// before it has read the request, and hang up: its answer counts.
func (x *exchanger) ask(req *http.Request) (phase string, head *http.Response, err error) {
	if err := req.Context().Err(); err != nil {
		return PhaseSend, nil, err
	}
	x.out.Reset()
	if err := req.Write(&x.out); err != nil {
		return PhaseSend, nil, fmt.Errorf("write request: %w", err)
	}
	_, sendErr := x.secure.Write(x.out.Bytes())
	if sendErr != nil && !hungUp(sendErr) {
		return PhaseSend, nil, fmt.Errorf("send request: %w", sendErr)
	}
	head, err = x.readHead(req)
	if err != nil && sendErr != nil {
		return PhaseSend, nil, fmt.Errorf("send request: %w", sendErr)
	}
	x.broken = sendErr != nil
	return PhaseHeaders, head, err
}

func hungUp(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// failure dresses an error of an exchange. The context's cause goes before
// what a read that it interrupted reports.
func (x *exchanger) failure(ctx context.Context, phase string, err error) *Error {
	if cause := context.Cause(ctx); cause != nil {
		return &Error{Class: record.StatusCancelled, Phase: phase, Timing: x.timing, Err: cause}
	}
	class := Classify(err)
	if class == record.StatusTruncated {
		class = record.StatusReset // no answer had begun
		err = fmt.Errorf("the connection was closed before an answer came: %w", err)
	}
	return &Error{Class: class, Phase: phase, Timing: x.timing, Err: err}
}

// stale says whether a failed exchange met a connection that the peer had
// closed, or was closing, when the request went out.
func (x *exchanger) stale(ctx context.Context, err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == record.StatusReset && ctx.Err() == nil &&
		x.reused && !x.heard && time.Since(x.conn.sent) < staleWindow
}

// fill reads once from the connection behind what is buffered.
func (x *exchanger) fill() error {
	switch {
	case x.from == x.to:
		x.from, x.to = 0, 0
	case x.to == len(x.buf):
		x.to = copy(x.buf, x.buf[x.from:x.to])
		x.from = 0
	}
	if x.to == len(x.buf) {
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	n, err := x.secure.Read(x.buf[x.to:])
	x.to += n
	x.heard = x.heard || n > 0
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

func (x *exchanger) buffered() []byte { return x.buf[x.from:x.to] }
