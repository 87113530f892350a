package faults

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// generations are the paths whose requests are measured; only those are struck.
var generations = map[string]bool{
	"/v1/chat/completions": true, "/v1/completions": true, "/generate_stream": true, "/api/chat": true, "/api/generate": true,
}

// strike spoils the answer to one request. The connection is closed behind it.
type strike func(*victim)

// proxy stands between the client and an engine.
type proxy struct {
	listener net.Listener
	upstream atomic.Pointer[string]
	kind     engine.Kind
	transfer *http.Transport
	// oneShot has every connection carry one request only, for faults that
	// strike when one is opened.
	oneShot bool
	// tls holds the certificates that are shown, nil for plain HTTP.
	tls *identities
	// strike is what becomes of generations now, nil for nothing.
	strike atomic.Pointer[strike]
	open   sync.Map // net.Conn
	all    sync.WaitGroup
}

// serve accepts connections until the proxy is closed.
func (p *proxy) serve() {
	p.transfer = &http.Transport{DisableCompression: true}
	p.all.Go(func() {
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			p.open.Store(conn, true)
			p.all.Go(func() {
				defer p.open.Delete(conn)
				defer conn.Close()
				p.converse(conn.(*net.TCPConn))
			})
		}
	})
}

func (p *proxy) close() {
	p.listener.Close()
	p.open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
	p.all.Wait()
	p.transfer.CloseIdleConnections()
}

// converse answers the requests of one connection.
func (p *proxy) converse(raw *net.TCPConn) {
	var conn net.Conn = raw
	if p.tls != nil {
		conn = tls.Server(raw, p.tls.config())
		defer conn.Close()
	}
	in := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		if hit := p.strike.Load(); hit != nil && generations[req.URL.Path] {
			(*hit)(&victim{proxy: p, raw: raw, conn: conn, req: req, body: body})
			return
		}
		if !p.pass(conn, req, body) || p.oneShot {
			return
		}
	}
}

// pass hands a request on and its answer back as it comes.
func (p *proxy) pass(conn net.Conn, req *http.Request, body []byte) bool {
	answer, err := p.ask(req, body)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	answer.Close = p.oneShot
	return answer.Write(conn) == nil
}

func (p *proxy) ask(req *http.Request, body []byte) (*http.Response, error) {
	up, err := http.NewRequestWithContext(context.Background(), req.Method, "http://"+*p.upstream.Load()+req.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	up.Header = req.Header.Clone()
	return p.transfer.RoundTrip(up)
}

// victim is a request that is struck, and the means to do so.
type victim struct {
	proxy *proxy
	raw   *net.TCPConn
	conn  net.Conn // TLS over raw, or raw itself
	req   *http.Request
	body  []byte
}

func (v *victim) write(text string) { io.WriteString(v.conn, text) } //nolint:errcheck,gosec // the client may have gone

// respond sends a whole answer.
func (v *victim) respond(status int, media, body string, headers ...string) {
	v.write(fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n", status, http.StatusText(status), media, len(body)))
	for _, h := range headers {
		v.write(h + "\r\n")
	}
	v.write("\r\n" + body)
}

// head begins a stream.
func (v *victim) head() {
	v.write("HTTP/1.1 200 OK\r\nContent-Type: " + v.media() + "\r\nTransfer-Encoding: chunked\r\n\r\n")
}

func (v *victim) media() string {
	if v.proxy.kind == engine.Ollama {
		return "application/x-ndjson"
	}
	return "text/event-stream"
}

// chunk sends a part of a stream, end its end.
func (v *victim) chunk(data string) { v.write(fmt.Sprintf("%x\r\n%s\r\n", len(data), data)) }
func (v *victim) end()              { v.write("0\r\n\r\n") }

// payload frames a payload as the engine does.
func (v *victim) payload(text string) {
	if v.proxy.kind == engine.Ollama {
		v.chunk(text + "\n")
		return
	}
	v.chunk("data: " + text + "\n\n")
}

// reset breaks the connection with an RST.
func (v *victim) reset() {
	v.settle()
	v.raw.SetLinger(0) //nolint:errcheck,gosec // it is open
	v.raw.Close()
}

// settle lets the client read what was sent: an RST may overtake it.
func (*victim) settle() { time.Sleep(50 * time.Millisecond) }

// hold waits until the client hangs up.
func (v *victim) hold() { io.Copy(io.Discard, v.raw) } //nolint:errcheck,gosec // only its end is of interest

// frames is the engine's own answer, cut into its frames.
func (v *victim) frames() []string {
	answer, err := v.proxy.ask(v.req, v.body)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body) //nolint:errcheck // a stream that is short fails what uses it
	end := "\n\n"
	if v.proxy.kind == engine.Ollama {
		end = "\n"
	}
	parts := strings.SplitAfter(string(text), end)
	return parts[:len(parts)-1]
}

// finishAt is the first frame with the engine's finish marker.
func finishAt(frames []string) int {
	for i, f := range frames {
		for _, mark := range []string{`"finish_reason":"`, `"generated_text":"`, `"done":true`} {
			if strings.Contains(f, mark) {
				return i
			}
		}
	}
	return len(frames)
}

// replay sends frames as a stream that ends well.
func (v *victim) replay(frames []string) {
	v.head()
	for _, f := range frames {
		v.chunk(f)
	}
	v.end()
}

// begin sends the head and the engine's first frames, with three tokens at least.
func (v *victim) begin() (rest []string) {
	const first = 4
	frames := v.frames()
	v.head()
	for _, f := range frames[:first] {
		v.chunk(f)
	}
	return frames[first:]
}
