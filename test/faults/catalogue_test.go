package faults

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// fault is a row of the matrix. One of dial, show, strike and restart makes it.
type fault struct {
	name string
	// dial takes the place of opening a connection, show picks the certificate.
	dial    dialer
	show    func(*identities) *tls.Certificate
	strike  strike
	restart bool
	// want is the class, by that of some kinds that differ.
	want record.Status
	by   map[engine.Kind]record.Status
	// says must stand in the message.
	says string
	// fine says in the table what becomes of a request that is no failure, and
	// check looks at its sample.
	fine  string
	check func(record.Sample, truth) error
	// finds is the finding that must tell of it, where one must. In the kinds for
	// which the finish marker is the end, endFine and endFinds take their place.
	finds             string
	endFine, endFinds string
}

// marked says what is expected where the finish marker is the end and where it is not.
func (f fault) marked(kind engine.Kind) (fine, finds string) {
	if f.endFine != "" && (kind == engine.TGI || kind == engine.Ollama) {
		return f.endFine, f.endFinds
	}
	return f.fine, f.finds
}

func (f fault) class(kind engine.Kind) record.Status {
	if class, differs := f.by[kind]; differs {
		return class
	}
	return f.want
}

// catalogue is every fault, in the order of the table.
func catalogue(t *testing.T) []fault {
	t.Helper()
	all := opening(t)
	for _, more := range [][]fault{connection(), refusals(), redirects(t), bodies(), protocol(), counts()} {
		all = append(all, more...)
	}
	return all
}

// opening are faults of the way to the engine.
func opening(t *testing.T) []fault {
	t.Helper()
	to := func(address string) dialer {
		return func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, address)
		}
	}
	resolver := noSuchName(t)
	unknown := func(ctx context.Context, network, _ string) (net.Conn, error) {
		d := net.Dialer{Resolver: resolver}
		return d.DialContext(ctx, network, "engine.invalid.:80")
	}
	return []fault{
		{name: "connection refused", dial: to("127.0.0.1:1"), want: record.StatusRefused, says: "nothing listens at"},
		{name: "black hole: packets vanish", dial: to(blackHole(t)), want: record.StatusTimeoutConnect, says: "no connection in time"},
		{name: "the name does not resolve", dial: unknown, want: record.StatusDNS, says: "no such host"},
		{name: "TLS: the certificate has expired", show: func(i *identities) *tls.Certificate { return &i.expired }, want: record.StatusTLS, says: "expired"},
		{name: "TLS: the certificate is another host's", show: func(i *identities) *tls.Certificate { return &i.elsewhere }, want: record.StatusTLS, says: "192.0.2.1"},
		{name: "TLS: an unknown authority", show: func(i *identities) *tls.Certificate { return &i.strange }, want: record.StatusTLS, says: "--engine-ca-file"},
	}
}

// connection are faults of a connection under way.
func connection() []fault {
	return []fault{
		{name: "reset before the headers", strike: (*victim).reset, want: record.StatusReset, says: "OOMKilled"},
		{name: "reset inside the headers", strike: func(v *victim) { v.write("HTTP/1.1 200 OK\r\nContent-Ty"); v.reset() }, want: record.StatusReset, says: "reset"},
		{name: "reset inside a token", strike: func(v *victim) {
			next := v.begin()[0]
			v.write(fmt.Sprintf("%x\r\n%s", len(next), next[:len(next)/2]))
			v.reset()
		}, want: record.StatusReset, says: "reset"},
		{name: "half-close: the engine's side ends early", strike: func(v *victim) { v.begin(); v.raw.CloseWrite(); v.hold() }, want: record.StatusTruncated, says: "not a whole answer"}, //nolint:errcheck,gosec // the client notices
		{name: "silence before the headers", strike: (*victim).hold, want: record.StatusTimeoutFirstToken, says: "timeouts.first_token_seconds"},
		{name: "silence before the first token", strike: func(v *victim) { v.head(); v.hold() }, want: record.StatusTimeoutFirstToken, says: "timeouts.first_token_seconds"},
		{name: "silence in mid-stream", strike: func(v *victim) { v.begin(); v.hold() }, want: record.StatusTimeoutStall, says: "timeouts.stall_seconds"},
		{name: "one byte a second", strike: func(v *victim) { v.drip("HTTP/1.1 200 OK\r\n", time.Second) }, want: record.StatusTimeoutFirstToken, says: "no token in time"},
		{name: "tokens without end", strike: func(v *victim) {
			one := v.frames()[2]
			v.head()
			for v.alive() {
				v.chunk(one)
				time.Sleep(50 * time.Millisecond)
			}
		}, want: record.StatusTimeoutTotal, says: "timeouts.total_seconds"},
		{name: "headers without end", strike: func(v *victim) {
			v.write("HTTP/1.1 200 OK\r\n")
			line := "X-More: " + strings.Repeat("x", 1<<14) + "\r\n"
			for v.alive() {
				v.write(line)
			}
		}, want: record.StatusMalformed, says: "head is longer"},
		{name: "the engine restarts during a request", restart: true, want: record.StatusTruncated, says: "restarts"},
	}
}

// refusals are HTTP errors, in each engine's words.
func refusals() []fault {
	refuse := func(status int, says string, headers ...string) strike {
		return func(v *victim) { v.respond(status, "application/json", v.refusal(status, says), headers...) }
	}
	page := "<html><head><title>502 Bad Gateway</title></head><body><script>alert(1)</script></body></html>"
	return []fault{
		{name: "HTTP 400", strike: refuse(400, "max_tokens is too large"), want: record.StatusHTTP4xx, says: "max_tokens is too large; the engine refuses the request itself"},
		{name: "HTTP 401", strike: refuse(401, "Unauthorized"), want: record.StatusHTTP4xx, says: "--engine-token-file"},
		{name: "HTTP 403", strike: refuse(403, "Forbidden"), want: record.StatusHTTP4xx, says: "--engine-token-file"},
		{name: "HTTP 404", strike: refuse(404, "no such model"), want: record.StatusHTTP4xx, says: "no such model; check the URL's path"},
		{name: "HTTP 413", strike: refuse(413, "the body is too large"), want: record.StatusHTTP4xx, says: "shorter prompts"},
		{name: "HTTP 429 with Retry-After", strike: refuse(429, "slow down", "Retry-After: 1"), want: record.StatusHTTP429, says: "lower the load"},
		{name: "HTTP 429 without Retry-After", strike: refuse(429, "slow down"), want: record.StatusHTTP429, says: "lower the load"},
		{name: "HTTP 500", strike: refuse(500, "CUDA out of memory"), want: record.StatusHTTP5xx, says: "CUDA out of memory"},
		{name: "HTTP 502 with a page", strike: func(v *victim) { v.respond(502, "text/html", page) }, want: record.StatusHTTP5xx, says: `an HTML page titled "502 Bad Gateway"`},
		{name: "HTTP 503", strike: refuse(503, "loading the model"), want: record.StatusHTTP5xx, says: "loading the model"},
		{name: "the engine's queue is full, in its own words", strike: (*victim).overloaded, want: record.StatusOverloaded,
			by: map[engine.Kind]record.Status{engine.VLLM: record.StatusHTTP5xx, engine.OpenAI: record.StatusHTTP429}},
	}
}

// redirects lead away, where no credentials must go.
func redirects(t *testing.T) []fault {
	t.Helper()
	foreign := elsewhere(t)
	return []fault{
		{name: "redirect loop", strike: func(v *victim) {
			v.respond(307, "text/plain", "", "Location: "+v.req.URL.Path)
		}, want: record.StatusMalformed, says: "the endpoint redirects (HTTP 307)"},
		{name: "redirect to another host", strike: func(v *victim) {
			v.respond(302, "text/plain", "", "Location: http://"+foreign+"/sign-in")
		}, want: record.StatusMalformed, says: "/sign-in"},
	}
}

// elsewhere is a host that must not be asked for anything.
func elsewhere(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect to another host was followed, with the credentials %q", r.Header.Get("Authorization"))
	})}
	go server.Serve(ln) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	return ln.Addr().String()
}

// bodies are answers that are no stream of the protocol.
func bodies() []fault {
	text := regexp.MustCompile(`"(content|text|response)":"[^"]`)
	return []fault{
		{name: "another content type", strike: func(v *victim) { v.respond(200, "application/json", `{"status":"ok"}`) }, want: record.StatusMalformed, says: "check that the URL leads to the engine itself"},
		{name: "gzip though nobody asked", strike: func(v *victim) { v.respond(200, v.media(), "\x1f\x8b\x08\x00", "Content-Encoding: gzip") }, want: record.StatusMalformed, says: "compressed (gzip)"},
		{name: "truncated JSON", strike: func(v *victim) { v.begin(); v.payload(`{"choices":[{"ind`); v.end() }, want: record.StatusMalformed, says: "is not JSON"},
		{name: "invalid UTF-8 in a token", strike: func(v *victim) {
			frames := v.frames()
			frames[2] = text.ReplaceAllString(frames[2], "\"$1\":\"\xff\xfe")
			v.replay(frames)
		}, want: record.StatusOK, fine: "measured: its text is not looked at", check: counted},
		{name: "a giant frame", strike: func(v *victim) {
			v.begin()
			v.chunk(v.prefix() + `{"x":"`)
			block := strings.Repeat("x", 1<<16)
			for i := 0; i <= wire.MaxFrame/len(block); i++ {
				v.chunk(block)
			}
			v.hold()
		}, want: record.StatusMalformed, says: "longer than 8 MiB"},
	}
}

// protocol are streams that break the engine's own rules.
func protocol() []fault {
	return []fault{
		{name: "an error object in mid-stream", strike: func(v *victim) {
			v.begin()
			v.payload(v.refusal(500, "CUDA out of memory"))
			v.end()
		}, want: record.StatusErrorInStream, says: "CUDA out of memory"},
		{name: "no finish marker", strike: func(v *victim) { frames := v.frames(); v.replay(frames[:finishAt(frames)]) }, want: record.StatusTruncated, says: "without the engine's finish marker"},
		{name: "nothing but a finish marker", strike: func(v *victim) { v.replay(v.nothing()) }, want: record.StatusEmpty, says: "without a single token"},
		{name: "the finish marker twice", strike: func(v *victim) {
			frames := v.frames()
			at := finishAt(frames)
			v.replay(append(frames[:at+1:at+1], frames[at:]...))
		}, want: record.StatusOK, fine: "measured: the second says nothing new", check: counted},
		{name: "tokens after the finish marker", strike: func(v *victim) {
			frames := v.frames()
			v.replay(slices.Insert(frames, finishAt(frames)+1, frames[2], frames[3]))
		}, want: record.StatusOK, check: late,
			fine: "measured: they are counted, and a finding says so", finds: "text-after-finish",
			endFine: "measured: the marker is the end, so they are not counted, and a finding says so", endFinds: "text-after-end"},
		{name: "tokens after the end", strike: func(v *victim) { frames := v.frames(); v.replay(append(frames, frames[2], frames[3])) },
			want: record.StatusOK, fine: "measured: they are not counted, and a finding says so", check: late, finds: "text-after-end"},
	}
}

// counts are usage that cannot be.
func counts() []fault {
	usage := regexp.MustCompile(`"(completion_tokens|generated_tokens|eval_count)":\d+`)
	prompt := regexp.MustCompile(`"(prompt_tokens|input_length|prompt_eval_count)":\d+`)
	change := func(re *regexp.Regexp, to string) strike {
		return func(v *victim) {
			frames := v.frames()
			for i, f := range frames {
				frames[i] = re.ReplaceAllString(f, `"$1":`+to)
			}
			v.replay(frames)
		}
	}
	return []fault{
		{name: "a negative count of tokens", strike: change(usage, "-5"), want: record.StatusOK, fine: "measured: the count is dropped and the frames are counted", check: estimated},
		{name: "an absurd count of tokens", strike: change(usage, "900719925474099"), want: record.StatusOK, fine: "measured: the count is not believed and the frames are counted", check: estimated},
		{name: "a count of tokens far beyond what was asked", strike: change(usage, "40000"), want: record.StatusOK, fine: "measured: the count is not believed and the frames are counted; a finding says so", check: estimated},
		{name: "an absurd count of the prompt's tokens", strike: change(prompt, "900719925474099"), want: record.StatusOK, fine: "measured: the count is dropped", check: func(s record.Sample, told truth) error {
			if n, known := s.PromptTokens.Get(); known {
				return fmt.Errorf("a prompt of %d tokens was believed", n)
			}
			return counted(s, told)
		}},
	}
}

// late wants two frames behind the finish marker, which are among the frames, or
// behind the end, where they are not.
func late(s record.Sample, told truth) error {
	if s.FramesAfterFinish+s.FramesAfterEnd != 2 || s.FramesAfterFinish*s.FramesAfterEnd != 0 {
		return fmt.Errorf("%d frames behind the marker and %d behind the end", s.FramesAfterFinish, s.FramesAfterEnd)
	}
	if sent := int64(len(told.FramesNS)); s.Frames != sent+s.FramesAfterFinish {
		return fmt.Errorf("%d frames, the engine sent %d", s.Frames, sent)
	}
	return counted(s, told)
}

// counted wants as many tokens as the engine made.
func counted(s record.Sample, told truth) error {
	if n := s.OutputTokens.Or(0); n != told.OutputTokens {
		return fmt.Errorf("%d tokens by %q, the engine made %d", n, s.TokenSource, told.OutputTokens)
	}
	return nil
}

// estimated wants tokens that the client counted itself, by their frames. A
// frame may bear a token and no text, and shows only in the count that is lost.
func estimated(s record.Sample, told truth) error {
	const mostBare = 2
	n, sent := s.OutputTokens.Or(0), int64(len(told.FramesNS))
	if s.TokenSource == record.TokensEngine || s.TokenSource == record.TokensChunks || n > sent || n < sent-mostBare {
		return fmt.Errorf("%d tokens by %q of %d frames", n, s.TokenSource, sent)
	}
	const rounding = 1e-9
	least := (s.E2EMS.Or(0)-s.TTFTMS.Or(0))/float64(sent) - rounding
	if tpot, known := s.TPOTMS.Get(); !known || tpot < least {
		return fmt.Errorf("a time per token of %v ms, want %v at least", tpot, least)
	}
	return nil
}
