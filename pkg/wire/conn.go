package wire

import (
	"net"
	"time"
)

// Arrival is when bytes came in, and how that is known.
type Arrival struct {
	At time.Time
	// Kernel is true where At is the kernel's receive stamp, false where it is
	// the time right after the read returned.
	Kernel bool
	// Read numbers the socket reads of a stream: frames of one number share
	// their stamp, which is that of the last bytes the read returned.
	Read uint64
}

// receiver reads from a socket and tells when the last of the bytes came. No
// bytes can have come before floor. An end of the stream is io.EOF.
type receiver interface {
	receive(p []byte, floor time.Time) (n int, at time.Time, kernel bool, err error)
	// prepare makes ready for the bytes of a new answer.
	prepare()
	// quiet reports that nothing waits to be read, the peer's close included.
	quiet() bool
}

// stampConn is a connection that stamps what it sends and receives. It is used
// by one goroutine at a time.
type stampConn struct {
	net.Conn
	receiver receiver
	last     Arrival
	// sent is when the first write since expect was called began; zero before.
	sent  time.Time
	armed bool
	// most bounds one read, 0 for no bound.
	most int
}

func newStampConn(c net.Conn) *stampConn {
	return &stampConn{Conn: c, receiver: newReceiver(c)}
}

// expect makes the connection ready for an exchange: the next write is what
// sends it.
func (c *stampConn) expect() {
	c.receiver.prepare()
	c.sent, c.armed = time.Time{}, true
	c.last = Arrival{}
}

// Write stamps the first write of an exchange and sends p.
func (c *stampConn) Write(p []byte) (int, error) {
	if c.armed {
		c.sent, c.armed = time.Now(), false
	}
	return c.Conn.Write(p)
}

// Read reads once from the socket and keeps the arrival of what it got.
func (c *stampConn) Read(p []byte) (int, error) {
	if c.most > 0 && len(p) > c.most {
		p = p[:c.most]
	}
	n, at, kernel, err := c.receiver.receive(p, c.sent)
	if n > 0 {
		c.last = Arrival{At: at, Kernel: kernel, Read: c.last.Read + 1}
	}
	return n, err
}

// userReceiver stamps in user space, right after the read.
type userReceiver struct{ net.Conn }

func (r userReceiver) prepare() {}

// quiet cannot be known without reading.
func (r userReceiver) quiet() bool { return true }

func (r userReceiver) receive(p []byte, _ time.Time) (int, time.Time, bool, error) {
	n, err := r.Read(p)
	return n, time.Now(), false, err
}
