package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/url"
	"os"
	"sync"
	"time"
)

// Timing is when a request went out, and what opening its connection took.
type Timing struct {
	// Sent is the instant right before the write of the request's first byte;
	// zero where it was never written.
	Sent time.Time
	// DNS, Dial and TLS are the parts of opening a connection, all zero where
	// one was used again.
	DNS, Dial, TLS time.Duration
	// Reused says that the connection had carried requests before.
	Reused bool
}

// dial opens a connection to the host of u, and says how long each part took
// even where it failed.
func (c *Client) dial(ctx context.Context, u *url.URL) (conn *stampConn, secure net.Conn, t Timing, err error) {
	if c.opts.ConnectTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.opts.ConnectTimeout, errConnectTimeout)
		defer cancel()
	}
	raw, t, err := c.connect(ctx, address(u))
	if err != nil {
		return nil, nil, t, late(ctx, err)
	}
	conn = newStampConn(raw)
	if c.opts.UserClock {
		conn.receiver = userReceiver{raw}
	}
	if u.Scheme != "https" {
		return conn, conn, t, nil
	}
	begin := time.Now()
	session, err := c.handshake(ctx, conn, u.Hostname())
	t.TLS = time.Since(begin)
	if err != nil {
		raw.Close() //nolint:errcheck,gosec // the handshake's error says more
		return nil, nil, t, late(ctx, fmt.Errorf("TLS handshake with %s: %w", u.Host, err))
	}
	return conn, session, t, nil
}

func (c *Client) handshake(ctx context.Context, conn net.Conn, host string) (net.Conn, error) {
	config := c.tls.Clone()
	config.ServerName = host
	config.NextProtos = []string{"http/1.1"}
	session := tls.Client(conn, config)
	return session, session.HandshakeContext(ctx)
}

// late names the connect timeout, which otherwise shows as an i/o timeout. The
// dialer may notice the deadline before the context does.
func late(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	cause := context.Cause(ctx)
	_, bounded := ctx.Deadline()
	if cause == errConnectTimeout || cause == nil && bounded && errors.Is(err, os.ErrDeadlineExceeded) { //nolint:errorlint // our own value, never wrapped
		return fmt.Errorf("%w: %w", errConnectTimeout, err)
	}
	return err
}

func (c *Client) connect(ctx context.Context, address string) (net.Conn, Timing, error) {
	begin := time.Now()
	if c.opts.Dial != nil {
		conn, err := c.opts.Dial(ctx, "tcp", address)
		return conn, Timing{Dial: time.Since(begin)}, err
	}
	var lookup lookupTime
	conn, err := c.dialer.DialContext(httptrace.WithClientTrace(ctx, lookup.trace()), "tcp", address)
	dns := lookup.took()
	return conn, Timing{DNS: dns, Dial: max(time.Since(begin)-dns, 0)}, err
}

// lookupTime times the name lookup of a dial. The dialer may call back from
// goroutines that outlive the dial.
type lookupTime struct {
	mu    sync.Mutex
	begin time.Time
	dns   time.Duration
}

func (l *lookupTime) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.begin = time.Now()
		},
		DNSDone: func(httptrace.DNSDoneInfo) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.dns = time.Since(l.begin)
		},
	}
}

func (l *lookupTime) took() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dns
}

func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}
