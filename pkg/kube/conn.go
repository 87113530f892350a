package kube

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	// frameSize is the most that one frame carries, in bytes.
	frameSize = 32 << 10
	// longestMessage bounds what is kept of an error stream, in bytes.
	longestMessage = 4 << 10
	// grace is how long the two streams of a connection may end one after the
	// other: which of them says why is known then.
	grace = 250 * time.Millisecond
)

// conn is one forwarded connection.
type conn struct {
	tunnel *Tunnel
	slot   *slot
	link   *link
	pair   pair
	in     *inbox

	readBy, writeBy *deadline
	// writing is held by whoever writes a frame: it may outlive the call.
	writing chan struct{}

	once   sync.Once
	closed chan struct{} // by us
	shut   chan struct{} // our half
	shutit sync.Once
	pumped chan struct{} // the data stream has ended
	told   chan struct{} // the error stream has ended
	// message is what the error stream said, once told is closed.
	message string
}

func newConn(t *Tunnel, s *slot, l *link, p pair) *conn {
	c := &conn{
		tunnel: t, slot: s, link: l, pair: p, in: newInbox(), readBy: newDeadline(), writeBy: newDeadline(),
		writing: make(chan struct{}, 1), closed: make(chan struct{}), shut: make(chan struct{}),
		pumped: make(chan struct{}), told: make(chan struct{}),
	}
	t.tasks.start(c.pump)
	t.tasks.start(c.listen)
	return c
}

// pump takes in what comes as soon as it comes: a stream that nobody reads
// would hold up others of its connection.
func (c *conn) pump() {
	buf := make([]byte, frameSize)
	for {
		n, err := c.pair.data.Read(buf)
		if n > 0 {
			c.in.put(buf[:n], c.closed)
		}
		if err != nil {
			break
		}
	}
	close(c.pumped)
	lost := c.link.lost()
	if !lost {
		c.await(c.told)
	}
	c.in.finish(c.ending(lost))
}

// listen waits for what the error stream says. A message ends the connection
// even where the data stream stays open.
func (c *conn) listen() {
	c.message = hear(c.pair.errors)
	failure := c.link.failure(c.message)
	if c.message != "" && failure.errno == nil {
		c.tunnel.retire(c.link) // the pod is gone, or its sandbox is
	}
	close(c.told)
	if c.message == "" {
		return
	}
	c.await(c.pumped)
	c.in.finish(failure)
}

// await waits a little for one of the streams to end.
func (c *conn) await(ended <-chan struct{}) {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-ended:
	case <-c.closed:
	case <-timer.C:
	}
}

// ending says how the data stream ended: io.EOF where in good order.
func (c *conn) ending(lost bool) error {
	if isClosed(c.told) && c.message != "" {
		return c.link.failure(c.message)
	}
	if lost || c.tunnel.live.Err() != nil {
		return c.lost()
	}
	return io.EOF
}

func (c *conn) lost() error {
	if c.tunnel.live.Err() != nil {
		return net.ErrClosed
	}
	e := c.link.failure(errLost.Error())
	e.errno = syscall.ECONNRESET
	return e
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	for {
		expired := c.readBy.wait()
		switch {
		case isClosed(c.closed):
			return 0, c.failure("read", net.ErrClosed)
		case isClosed(expired):
			return 0, c.failure("read", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return 0, nil
		}
		n, err := c.in.take(p)
		if n > 0 || err == io.EOF { //nolint:errorlint // ending returns it bare
			return n, err
		}
		if err != nil {
			return 0, c.failure("read", err)
		}
		select {
		case <-c.in.come:
		case <-expired:
		case <-c.closed:
		}
	}
}

// Write implements net.Conn. It returns once the last frame has gone out.
func (c *conn) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		frame := p[written:min(len(p), written+frameSize)]
		if err := c.writeFrame(frame); err != nil {
			return written, c.failure("write", err)
		}
		written += len(frame)
	}
	return written, nil
}

// writeFrame writes beside the caller, who may have to leave before the
// connection, which others share, takes the frame.
func (c *conn) writeFrame(frame []byte) error {
	expired := c.writeBy.wait()
	if isClosed(expired) {
		return os.ErrDeadlineExceeded
	}
	select {
	case c.writing <- struct{}{}:
	case <-c.closed:
		return net.ErrClosed
	case <-expired:
		return os.ErrDeadlineExceeded
	}
	if err := c.writable(); err != nil {
		<-c.writing
		return err
	}
	written := make(chan error, 1)
	frame = bytes.Clone(frame)
	go func() {
		_, err := c.pair.data.Write(frame)
		<-c.writing
		written <- err
	}()
	select {
	case err := <-written:
		if err != nil {
			return c.lost()
		}
		return nil
	case <-c.closed:
		return net.ErrClosed
	case <-expired:
		return os.ErrDeadlineExceeded
	}
}

// writable says why nothing can be written.
func (c *conn) writable() error {
	switch err := c.in.ended(); {
	case isClosed(c.closed):
		return net.ErrClosed
	case isClosed(c.shut):
		return syscall.EPIPE
	case err != nil && err != io.EOF: //nolint:errorlint // ending returns it bare
		return err
	case c.link.lost():
		return c.lost()
	}
	return nil
}

// failure dresses an error as the net package does.
func (c *conn) failure(op string, err error) error {
	return &net.OpError{Op: op, Net: network, Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// CloseWrite tells the peer that no more will be written, and goes on reading.
func (c *conn) CloseWrite() error {
	var err error
	c.shutit.Do(func() {
		close(c.shut)
		err = c.pair.data.Close()
	})
	if err != nil {
		return c.failure("close", c.lost())
	}
	return nil
}

// Close implements net.Conn. It ends the connection in both directions; the
// peer is told by a stream beside the caller, for the connection may be stuck.
func (c *conn) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.in.finish(net.ErrClosed)
		c.readBy.set(time.Time{})
		c.writeBy.set(time.Time{})
		c.tunnel.vacate(c.slot)
		c.tunnel.tasks.start(c.hangUp)
	})
	return nil
}

func (c *conn) hangUp() {
	if !c.link.lost() {
		_ = c.CloseWrite() // what comes back no longer matters
	}
	c.link.discard(c.pair)
	c.tunnel.release(c.link)
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error { return c.setDeadline(c.readBy, t) }

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.setDeadline(c.writeBy, t) }

func (c *conn) setDeadline(d *deadline, t time.Time) error {
	if isClosed(c.closed) {
		return c.failure("set", net.ErrClosed)
	}
	d.set(t)
	return nil
}

// LocalAddr implements net.Conn. A forwarded connection has no port on this
// side; what stands for it is the API server that it goes through.
func (c *conn) LocalAddr() net.Addr { return address(c.tunnel.cluster.Host) }

// RemoteAddr implements net.Conn: namespace/pod:port.
func (c *conn) RemoteAddr() net.Addr { return c.tunnel.address(c.link.pod) }
