package simulate

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// conn notes when bytes pass between the process and the kernel, in UNIX
// nanoseconds, 0 where they have not.
type conn struct {
	net.Conn
	receive receiver
	wrote   atomic.Int64
}

// Read also notes the kernel's receive stamp of what it reads.
func (c *conn) Read(p []byte) (int, error) { return c.receive.read(c.Conn, p) }

// Write notes the time before it hands the bytes to the kernel.
func (c *conn) Write(p []byte) (int, error) {
	c.wrote.Store(time.Now().UnixNano())
	return c.Conn.Write(p)
}

// CloseWrite lets net/http half-close the connection, as it does with a
// *net.TCPConn, so that a client can read a last answer before it sees a reset.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// dropHard makes the coming Close send a reset and throw unsent bytes away.
func (c *conn) dropHard() {
	if t, ok := c.Conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0) //nolint:errcheck // the peer sees an ordinary close then
	}
}

// listener gives out stamped connections.
type listener struct{ net.Listener }

func listen(ln net.Listener) listener {
	askForStamps(ln)
	return listener{ln}
}

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err // net/http tells errors apart by identity
	}
	return &conn{Conn: c, receive: newReceiver(c)}, nil
}

type connKey struct{}

// withConn puts a connection where a handler finds it (http.Server.ConnContext).
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// connOf is the connection a request came on, nil where it did not come
// through a listener of ours.
func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn) //nolint:errcheck // nil says it
	return c
}
