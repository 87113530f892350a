package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// errConnectTimeout is the cause with which a dial that takes too long ends.
var errConnectTimeout error = connectTimeout{}

// connectTimeout is a deadline exceeded, in words of its own.
type connectTimeout struct{}

// Error implements error.
func (connectTimeout) Error() string { return "no connection in time" }

// Unwrap makes it a deadline that was exceeded.
func (connectTimeout) Unwrap() error { return context.DeadlineExceeded }

// staleWindow is how soon after a request was sent a reused connection must
// end for the end to be taken for a keep-alive timeout that crossed the
// request. An engine that dies later than this has failed.
const staleWindow = time.Second

// Client sends requests to one endpoint over connections made for measuring:
// no compression, no redirect, as many idle connections as there were
// concurrent requests. It is safe for concurrent use.
type Client struct {
	opts   Options
	tls    *tls.Config
	dialer net.Dialer
	pool   pool
	anchor anchor
	// shared carries what cannot be watched at the socket: HTTP/2 and proxies.
	shared *http.Transport
}

// NewClient returns a client; the error is about the options.
func NewClient(opts Options) (*Client, error) {
	config, err := opts.tlsConfig()
	if err != nil {
		return nil, err
	}
	c := &Client{opts: opts, tls: config, dialer: net.Dialer{KeepAlive: 30 * time.Second}, anchor: dropAnchor()}
	c.shared = c.newShared()
	return c, nil
}

// Close lets go of idle connections. Streams under way are not touched.
func (c *Client) Close() {
	c.pool.close()
	c.anchor.close()
	c.shared.CloseIdleConnections()
}

// userAgent is what requests call this program where they do not say.
const userAgent = "kubectl-llmbench"

// Stream sends a request and returns its answer once the head has come. The
// request's context bounds the whole exchange, the reading of the body too.
// An error is an [*Error].
func (c *Client) Stream(req *http.Request) (*Stream, error) {
	if c.opts.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.opts.Token)
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	if c.watchable(req) {
		return c.direct(req)
	}
	return c.viaShared(req)
}

// watchable says whether the exchange can have a connection of its own, whose
// reads are stamped.
func (c *Client) watchable(req *http.Request) bool {
	if c.opts.HTTP2 && req.URL.Scheme == "https" {
		return false
	}
	if c.opts.Proxy == nil {
		return true
	}
	proxy, err := c.opts.Proxy(req)
	return err == nil && proxy == nil
}

// direct does the exchange on a stamped connection. A reused connection that
// the peer closed meanwhile is replaced by a fresh one, once.
func (c *Client) direct(req *http.Request) (*Stream, error) {
	if x := c.pool.take(); x != nil {
		s, err := x.exchange(req)
		if err == nil {
			return s, nil
		}
		if !x.stale(req.Context(), err) || rewind(req) != nil {
			return nil, err
		}
	}
	conn, secure, timing, err := c.dial(req.Context(), req.URL)
	if err != nil {
		return nil, connectError(req.Context(), timing, err)
	}
	return newExchanger(conn, secure, timing, &c.pool).exchange(req)
}

// connectError dresses the error of a failed dial. A peer that hangs up while
// TLS is set up has reset the connection, not cut an answer short.
func connectError(ctx context.Context, timing Timing, err error) *Error {
	e := &Error{Class: Classify(err), Phase: PhaseConnect, Timing: timing, Err: err}
	switch cause := context.Cause(ctx); {
	case cause != nil:
		e.Class, e.Err = record.StatusCancelled, cause
	case e.Class == record.StatusTruncated:
		e.Class = record.StatusReset
	}
	return e
}

// rewind makes a request's body readable from its beginning again.
func rewind(req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	if req.GetBody == nil {
		return errors.New("the body cannot be read again")
	}
	body, err := req.GetBody()
	req.Body = body
	return err
}
