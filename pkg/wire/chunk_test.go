package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http/httputil"
	"testing"
	"time"
)

// canned is a connection whose peer sends a text, in pieces, and closes.
type canned struct {
	net.Conn
	script
}

func (c *canned) Read(p []byte) (int, error)  { return c.script.Read(p) }
func (c *canned) Close() error                { return nil }
func (c *canned) SetDeadline(time.Time) error { return nil }

func chunked(text []byte, step int) io.Reader {
	conn := &canned{script: *cut(text, step)}
	x := newExchanger(newStampConn(conn), conn, Timing{}, &pool{})
	return &Stream{x: x, body: &chunkedBody{}, stop: func() bool { return true }}
}

// FuzzChunked holds the body reader to net/http's: what that accepts must come
// out the same, and what comes out of a text it refuses must be its beginning.
func FuzzChunked(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"), 3)
	f.Add([]byte("5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n"), 1)
	f.Add([]byte("fffffffffffffffff\r\n"), 9)
	f.Add([]byte("2\r\nabc\r\n"), 2)
	f.Fuzz(func(t *testing.T, text []byte, step int) {
		want, wantErr := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(text)))
		got, err := io.ReadAll(chunked(text, step))
		if wantErr == nil && !bytes.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if wantErr == nil && err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errMalformed) {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && wantErr == nil && !bytes.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	})
}

func FuzzHead(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), 7)
	f.Add([]byte("HTTP/1.1 100 C\n\nHTTP/1.0 503 X\r\n\r\n"), 2)
	f.Fuzz(func(t *testing.T, text []byte, step int) {
		conn := &canned{script: *cut(text, step)}
		x := newExchanger(newStampConn(conn), conn, Timing{}, &pool{})
		head, err := x.readHead(nil)
		if err == nil && (head.StatusCode < 200 || head.StatusCode > 999) {
			t.Errorf("%q: status %d", text, head.StatusCode)
		}
	})
}
