package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// newShared is net/http's transport, set up for measuring.
func (c *Client) newShared() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(c.opts.HTTP2)
	t := &http.Transport{
		Proxy: c.opts.Proxy, DialContext: c.dialShared, TLSClientConfig: c.tls.Clone(),
		TLSHandshakeTimeout: c.opts.ConnectTimeout, Protocols: protocols,
		DisableCompression: true, MaxIdleConnsPerHost: 1 << 16, IdleConnTimeout: idleTimeout,
		MaxResponseHeaderBytes: maxHead, WriteBufferSize: 64 << 10,
	}
	return t
}

func (c *Client) dialShared(ctx context.Context, network, address string) (net.Conn, error) {
	if c.opts.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.opts.ConnectTimeout, errConnectTimeout)
		defer cancel()
	}
	if c.opts.Dial != nil {
		return c.opts.Dial(ctx, network, address)
	}
	conn, err := c.dialer.DialContext(ctx, network, address)
	return conn, late(ctx, err)
}

// viaShared does the exchange through net/http, where a proxy or HTTP/2 stands
// between the socket and the answer.
func (c *Client) viaShared(req *http.Request) (*Stream, error) {
	var times sharedTimes
	ctx := req.Context()
	answer, err := c.shared.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, times.trace())))
	timing, phase := times.result()
	if err != nil {
		e := &Error{Class: Classify(err), Phase: phase, Timing: timing, Err: err}
		switch cause := context.Cause(ctx); {
		case cause != nil:
			e.Class, e.Err = record.StatusCancelled, cause
		case e.Class == record.StatusTruncated:
			e.Class = record.StatusReset
		case errors.Is(err, http.ErrSchemeMismatch):
			e.Class = record.StatusTLS
		}
		return nil, e
	}
	return &Stream{Status: answer.StatusCode, Header: answer.Header, Timing: timing, shared: answer.Body}, nil
}

// sharedTimes times an exchange from net/http's callbacks, some of which may
// come from goroutines that outlive it. A request is taken to be sent when it
// has got its connection, right before it is written.
type sharedTimes struct {
	mu                     sync.Mutex
	timing                 Timing
	phase                  string
	lookup, dial, tlsBegan time.Time
}

func (t *sharedTimes) note(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
}

func (t *sharedTimes) result() (Timing, string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timing.Reused {
		t.timing.DNS, t.timing.Dial, t.timing.TLS = 0, 0, 0
	}
	if t.phase == "" {
		return t.timing, PhaseConnect
	}
	return t.timing, t.phase
}

func (t *sharedTimes) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart:     func(httptrace.DNSStartInfo) { t.note(func() { t.lookup = time.Now() }) },
		DNSDone:      func(httptrace.DNSDoneInfo) { t.note(func() { t.timing.DNS = time.Since(t.lookup) }) },
		ConnectStart: func(string, string) { t.note(func() { t.dial = time.Now() }) },
		ConnectDone: func(string, string, error) {
			t.note(func() { t.timing.Dial = time.Since(t.dial) })
		},
		TLSHandshakeStart: func() { t.note(func() { t.tlsBegan = time.Now() }) },
		TLSHandshakeDone: func(tls.ConnectionState, error) {
			t.note(func() { t.timing.TLS = time.Since(t.tlsBegan) })
		},
		GotConn: func(i httptrace.GotConnInfo) {
			t.note(func() { t.timing.Sent, t.timing.Reused, t.phase = time.Now(), i.Reused, PhaseSend })
		},
		WroteRequest: func(httptrace.WroteRequestInfo) { t.note(func() { t.phase = PhaseHeaders }) },
	}
}
