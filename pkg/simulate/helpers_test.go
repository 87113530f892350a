package simulate

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fast is an engine's profile with times too short to wait for.
func fast(engine string) Profile {
	p := DefaultProfile(engine)
	p.PrefillTokensPerS, p.FirstTokenOverhead = 1e7, 100*time.Microsecond
	p.StepBase, p.StepPerSeq, p.LoadTime, p.Jitter = 100*time.Microsecond, 0, time.Millisecond, 0
	return p
}

func mustFault(t testing.TB, texts ...string) []Fault {
	t.Helper()
	var faults []Fault
	for _, text := range texts {
		f, err := ParseFault(text)
		if err != nil {
			t.Fatalf("ParseFault(%q): %v", text, err)
		}
		faults = append(faults, f)
	}
	return faults
}

// start serves an engine on a loopback port until the test ends, and checks
// that Serve then returns without an error.
func start(t testing.TB, o Options) (addr string, s *Server) {
	t.Helper()
	if o.Profile == (Profile{}) {
		o.Profile = fast(o.Engine)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return ln.Addr().String(), s
}

// request is one request over a raw socket.
type request struct {
	method, path, body string
	header             []string // lines
}

func (r request) bytes() []byte {
	if r.method == "" {
		r.method = "GET"
		if r.body != "" {
			r.method = "POST"
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n", r.method, r.path)
	if r.method == "POST" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(r.body))
	}
	for _, line := range r.header {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n" + r.body)
	return b.Bytes()
}

// exchange sends a request and returns all bytes of the answer. The error is
// how reading ended, nil at a proper end of the connection.
func exchange(t testing.TB, addr string, r request) ([]byte, error) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(r.bytes()); err != nil {
		t.Fatal(err)
	}
	return io.ReadAll(c)
}

// response is an answer taken apart.
type response struct {
	status int
	header http.Header
	// pieces are the chunks of a chunked body as they were cut, else the body.
	pieces []string
	// ended says that a chunked body had its last chunk.
	ended bool
}

func (r response) body() string { return strings.Join(r.pieces, "") }

func parse(t testing.TB, raw []byte) response {
	t.Helper()
	br := bufio.NewReader(bytes.NewReader(raw))
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatalf("no response in %q: %v", raw, err)
	}
	out := response{status: resp.StatusCode, header: resp.Header}
	_, rest, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	if len(resp.TransferEncoding) == 0 {
		out.pieces, out.ended = []string{string(rest)}, true
		return out
	}
	for {
		size, after, ok := bytes.Cut(rest, []byte("\r\n"))
		var n int
		if _, err := fmt.Sscanf(string(size), "%x", &n); !ok || err != nil {
			return out
		}
		if n == 0 {
			out.ended = true
			return out
		}
		if len(after) < n+2 {
			return out
		}
		out.pieces = append(out.pieces, string(after[:n]))
		rest = after[n+2:]
	}
}

// get sends a request that is to end properly, and takes the answer apart.
func get(t testing.TB, addr string, r request) response {
	t.Helper()
	raw, err := exchange(t, addr, r)
	if err != nil {
		t.Fatalf("%s: %v after %q", r.path, err, raw)
	}
	return parse(t, raw)
}

const helloMessages = `"messages":[{"role":"user","content":"Hello there, how are you?"}]`

// occupy sends a request and leaves it unanswered, until the test ends.
func occupy(t testing.TB, addr string, s *Server, r request) net.Conn {
	t.Helper()
	before := s.load()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := c.Write(r.bytes()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the request is queued", func() bool { return s.load() == before+1 })
	return c
}

// load is how many sequences run or wait.
func (s *Server) load() int {
	s.pump.mu.Lock()
	defer s.pump.mu.Unlock()
	return len(s.pump.batch.running) + len(s.pump.batch.waiting)
}

// eventually waits for what another goroutine is about to do. It fails only
// where that does not happen at all.
func eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
