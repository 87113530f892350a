package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func newClient(t *testing.T, opts Options) *Client {
	t.Helper()
	c, err := NewClient(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func post(t *testing.T, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// read reads a whole answer and closes it.
func read(t *testing.T, s *Stream) string {
	t.Helper()
	text, err := io.ReadAll(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func stream(w http.ResponseWriter, frames int) {
	for i := range frames {
		fmt.Fprintf(w, "data: %d\n\n", i) //nolint:errcheck // the client notices
		w.(http.Flusher).Flush()
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	var opened atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) //nolint:errcheck // compared below
		fmt.Fprintf(w, "%s %s %s %s", body, r.Header.Get("Authorization"), r.Header.Get("Accept-Encoding"), r.UserAgent())
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c := newClient(t, Options{Token: "secret"})
	for i := range 5 {
		s, err := c.Stream(post(t, srv.URL, "hello"))
		if err != nil {
			t.Fatal(err)
		}
		if s.Timing.Sent.IsZero() || s.Timing.Reused != (i > 0) || (s.Timing.Dial > 0) != (i == 0) {
			t.Errorf("request %d: timing %+v", i, s.Timing)
		}
		if text := read(t, s); text != "hello Bearer secret  kubectl-llmbench" {
			t.Errorf("request %d: %q", i, text)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections were opened", n)
	}
}

// raw serves each connection with a function over its reader and writer.
func raw(t *testing.T, each func(n int, r *bufio.Reader, conn net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's own listener
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for n := 0; ; n++ {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			each(n, bufio.NewReader(conn), conn)
			conn.Close() //nolint:errcheck,gosec // it may be closed already
		}
	}()
	t.Cleanup(func() { ln.Close(); <-gone }) //nolint:errcheck // it only ends the server
	return "http://" + ln.Addr().String()
}

// request reads one request off a connection, to the end of its body.
func request(r *bufio.Reader) error {
	req, err := http.ReadRequest(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err
}

const okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestACloseThatCrossesAReusedConnectionIsTriedAfresh(t *testing.T) {
	base := raw(t, func(_ int, r *bufio.Reader, conn net.Conn) {
		if request(r) == nil {
			io.WriteString(conn, okAnswer) //nolint:errcheck,gosec // the client notices
		}
		if request(r) == nil { // the second request of a connection is never answered
			conn.Close() //nolint:errcheck,gosec // that is the point
		}
	})
	c := newClient(t, Options{})
	for i := range 3 {
		s, err := c.Stream(post(t, base, "x"))
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		if s.Timing.Reused {
			t.Errorf("request %d claims the connection that was closed", i)
		}
		if got := read(t, s); got != "ok" {
			t.Errorf("request %d: %q", i, got)
		}
	}
}

func TestAFreshConnectionThatIsClosedHasFailed(t *testing.T) {
	base := raw(t, func(_ int, r *bufio.Reader, _ net.Conn) { _ = request(r) })
	_, err := newClient(t, Options{}).Stream(post(t, base, "x"))
	wantError(t, err, record.StatusReset, PhaseHeaders)
}

func wantError(t *testing.T, err error, class record.Status, phase string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *Error", err)
	}
	if e.Class != class || e.Phase != phase {
		t.Errorf("%s in %s, want %s in %s: %v", e.Class, e.Phase, class, phase, err)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		class        record.Status
	}{
		{"another protocol", "SSH-2.0-OpenSSH_9.2\r\n", record.StatusMalformed},
		{"half a head", "HTTP/1.1 200 OK\r\nConte", record.StatusReset},
		{"no status", "HTTP/1.1 abc\r\n\r\n", record.StatusMalformed},
		{"another protocol on request of nobody", "HTTP/1.1 101 Switching Protocols\r\n\r\n", record.StatusMalformed},
		{"endless head", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 1100), record.StatusMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := raw(t, func(_ int, r *bufio.Reader, conn net.Conn) {
				if request(r) == nil {
					io.WriteString(conn, tt.answer) //nolint:errcheck,gosec // the client hangs up on some
				}
			})
			_, err := newClient(t, Options{}).Stream(post(t, base, "x"))
			wantError(t, err, tt.class, PhaseHeaders)
		})
	}
}

func TestAnnouncingHeadsArePassedOver(t *testing.T) {
	base := raw(t, func(_ int, r *bufio.Reader, conn net.Conn) {
		if request(r) == nil {
			io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"+okAnswer) //nolint:errcheck,gosec // the client notices
		}
	})
	s, err := newClient(t, Options{}).Stream(post(t, base, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, s); s.Status != 200 || got != "ok" {
		t.Errorf("%d %q", s.Status, got)
	}
}

func TestAnAnswerBeforeTheRequestWasReadCounts(t *testing.T) {
	base := raw(t, func(_ int, r *bufio.Reader, conn net.Conn) {
		if _, err := r.Peek(1); err != nil {
			return
		}
		io.WriteString(conn, "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig") //nolint:errcheck,gosec // the client notices
		conn.(*net.TCPConn).CloseWrite()                                                                            //nolint:errcheck,gosec // as a server that has had enough
		io.Copy(io.Discard, r)                                                                                      //nolint:errcheck,gosec // so that no reset overtakes the answer
	})
	s, err := newClient(t, Options{}).Stream(post(t, base, strings.Repeat("x", 8<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, s); s.Status != 413 || got != "big" {
		t.Errorf("%d %q", s.Status, got)
	}
}

func TestBodiesCutShort(t *testing.T) {
	for _, tt := range []struct {
		name, head, body string
		want             error
	}{
		{"in a chunk", "Transfer-Encoding: chunked", "5\r\nab", io.ErrUnexpectedEOF},
		{"before the last chunk", "Transfer-Encoding: chunked", "2\r\nab\r\n", io.ErrUnexpectedEOF},
		{"before its length", "Content-Length: 9", "ab", io.ErrUnexpectedEOF},
		{"until close", "X: y", "ab", nil},
		{"whole, with a trailer", "Transfer-Encoding: chunked", "2;x=y\r\nab\r\n0\r\nA: b\r\n\r\n", nil},
		{"a size that is none", "Transfer-Encoding: chunked", "2\r\nab\r\nzz\r\n", errMalformed},
		{"a chunk past its size", "Transfer-Encoding: chunked", "2\r\nabc\r\n0\r\n\r\n", errMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := raw(t, func(_ int, r *bufio.Reader, conn net.Conn) {
				if request(r) == nil {
					io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+tt.head+"\r\n\r\n"+tt.body) //nolint:errcheck,gosec // the client notices
				}
			})
			s, err := newClient(t, Options{}).Stream(post(t, base, "x"))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(s)
			if string(text) != "ab" || !errors.Is(err, tt.want) {
				t.Errorf("%q, %v; want \"ab\", %v", text, err, tt.want)
			}
			if tt.want != nil && Classify(err) == record.StatusReset {
				t.Errorf("class %s", Classify(err))
			}
			_ = s.Close()
		})
	}
}

func TestWholeChunksDoNotWaitForAHalfOne(t *testing.T) {
	release := make(chan struct{})
	base := raw(t, func(_ int, r *bufio.Reader, conn net.Conn) {
		if request(r) != nil {
			return
		}
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n9\r\ndat") //nolint:errcheck,gosec // the client notices
		<-release
		io.WriteString(conn, "a: b\n\n\r\n0\r\n\r\n") //nolint:errcheck,gosec // as above
	})
	s, err := newClient(t, Options{}).Stream(post(t, base, "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing to report
	frames := NewSSE(s)
	var f Frame
	if err := frames.Next(&f); err != nil || string(f.Data) != "a" {
		t.Fatalf("%q, %v", f.Data, err)
	}
	first := f.At
	close(release) // only now does the rest come
	if err := frames.Next(&f); err != nil || string(f.Data) != "b" || !f.At.After(first) {
		t.Fatalf("%q, %v, %v later", f.Data, err, f.At.Sub(first))
	}
}

func TestContextEndsAnExchangeAnywhere(t *testing.T) {
	why := errors.New("because")
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			stream(w, 1)
		}
		<-r.Context().Done()
	})
	c := newClient(t, Options{})
	t.Run("before the head", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		sent := make(chan struct{})
		go func() { <-sent; cancel(why) }()
		close(sent)
		_, err := c.Stream(post(t, srv.URL+"/head", "x").WithContext(ctx))
		if !errors.Is(err, why) {
			t.Errorf("error %v, want the cause", err)
		}
	})
	t.Run("in the body", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s, err := c.Stream(post(t, srv.URL+"/body", "x").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		frames := NewSSE(s)
		var f Frame
		if err := frames.Next(&f); err != nil {
			t.Fatal(err)
		}
		cancel(why)
		if err := frames.Next(&f); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("the read went on: %v", err)
		}
		_ = s.Close()
		if x := c.pool.take(); x != nil {
			t.Error("a connection in the middle of an answer was kept")
		}
	})
	t.Run("before anything", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(why)
		if _, err := c.Stream(post(t, srv.URL, "x").WithContext(ctx)); err == nil {
			t.Error("an ended context sent a request")
		}
	})
}

func TestConnectionErrors(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test's own listener
	if err != nil {
		t.Fatal(err)
	}
	closed := ln.Addr().String()
	ln.Close() //nolint:errcheck,gosec // so that nobody listens there
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	for _, tt := range []struct {
		name, url string
		class     record.Status
	}{
		{"nobody listens", "http://" + closed, record.StatusRefused},
		{"no such host", "http://no-such-host.invalid", record.StatusDNS},
		{"TLS to a plain server", strings.Replace(plain.URL, "http:", "https:", 1), record.StatusTLS},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newClient(t, Options{}).Stream(post(t, tt.url, "x"))
			wantError(t, err, tt.class, PhaseConnect)
		})
	}
}

func TestAStuckDialIsATimeout(t *testing.T) {
	c := newClient(t, Options{ConnectTimeout: 1, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	_, err := c.Stream(post(t, "http://127.0.0.1:1", "x"))
	wantError(t, err, record.StatusTimeoutConnect, PhaseConnect)
	if !strings.Contains(err.Error(), "no connection in time") {
		t.Errorf("message %q", err)
	}
}

func TestAProxyIsUsedAndSaidByTheClock(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { stream(w, 3) })
	proxied := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != strings.TrimPrefix(srv.URL, "http://") {
			http.Error(w, "not a proxy request", http.StatusBadRequest)
			return
		}
		stream(w, 2)
	})
	proxy, err := url.Parse(proxied.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, Options{Proxy: http.ProxyURL(proxy)})
	s, err := c.Stream(post(t, srv.URL, "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing to report
	frames := NewSSE(s)
	var f Frame
	for i := range 2 {
		if err := frames.Next(&f); err != nil || f.Kernel {
			t.Fatalf("frame %d: %v, kernel %v", i, err, f.Kernel)
		}
	}
	if err := frames.Next(&f); !errors.Is(err, io.EOF) {
		t.Errorf("%q, %v: not the proxy's answer", f.Data, err)
	}
	if s.Timing.Sent.IsZero() {
		t.Error("no sent stamp")
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Error("the redirect was followed")
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	s, err := newClient(t, Options{Token: "secret"}).Stream(post(t, srv.URL+"/", "x"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Status != http.StatusTemporaryRedirect {
		t.Errorf("status %d", s.Status)
	}
	read(t, s)
}
