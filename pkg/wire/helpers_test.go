package wire

import (
	"context"
	"io"
	"log"
	"net"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tcpPair returns both ends of a connection on loopback.
func tcpPair(tb testing.TB) (client, server net.Conn) {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's own listener
	if err != nil {
		tb.Fatal(err)
	}
	defer ln.Close() //nolint:errcheck // as above
	client, err = net.Dial("tcp", ln.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	if server, err = ln.Accept(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { client.Close(); server.Close() }) //nolint:errcheck // one end may be closed already
	return client, server
}

// waitUntil polls what another process or the kernel will bring about.
func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	for range 2000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it never came about")
}

// warmStamps exchanges bytes until the kernel stamps: it begins to a moment
// after the first socket on the machine asks for it.
func warmStamps(t *testing.T, conn *stampConn, server net.Conn) {
	t.Helper()
	for range 200 {
		if _, err := server.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if conn.last.Kernel {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the kernel never stamped")
}

// script is a Source that returns one piece a read, each with a stamp of its
// own.
type script struct {
	pieces [][]byte
	read   uint64
}

func pieces(texts ...string) *script {
	s := &script{}
	for _, t := range texts {
		s.pieces = append(s.pieces, []byte(t))
	}
	return s
}

func (s *script) Read(p []byte) (int, error) {
	for len(s.pieces) > 0 && len(s.pieces[0]) == 0 {
		s.pieces = s.pieces[1:]
	}
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.pieces[0])
	s.pieces[0] = s.pieces[0][n:]
	s.read++
	return n, nil
}

func (s *script) Arrival() Arrival {
	return Arrival{At: epoch.Add(time.Duration(s.read) * time.Second), Kernel: true, Read: s.read}
}

// got is a frame as the tests compare it.
type got struct {
	Data         string
	Second       int // of the arrival
	Coalesced    bool
	Unterminated bool
}

func readAll(r FrameReader) (frames []got, err error) {
	var f Frame
	for {
		if err := r.Next(&f); err != nil {
			return frames, err
		}
		frames = append(frames, got{string(f.Data), int(f.At.Sub(epoch) / time.Second), f.Coalesced, f.Unterminated})
	}
}

// kernelStamps says whether this system stamps in the kernel.
const kernelStamps = runtime.GOOS == "linux"

// quietLog swallows what a server says of clients that hang up on purpose.
func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }

// toAddress dials one address whatever was asked for.
func toAddress(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}
