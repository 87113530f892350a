package discover

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/simulated"
)

// engineOf serves a simulated engine of a kind until the test ends.
func engineOf(t testing.TB, kind string) (address string) {
	t.Helper()
	return strings.TrimPrefix(simulated.Serve(t, simulate.Options{Engine: kind}), "http://")
}

// engineHandler answers as a simulated engine does.
func engineHandler(t testing.TB, kind string) http.Handler {
	t.Helper()
	s, err := simulate.New(simulate.Options{Engine: kind})
	if err != nil {
		t.Fatal(err)
	}
	return s.Handler()
}

func answers(status int, body string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body) //nolint:errcheck // the client notices
	})
}

func serve(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func serveTLS(t testing.TB, h http.Handler, protocols ...string) (s *httptest.Server, ca []byte) {
	t.Helper()
	s = httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{NextProtos: protocols} //nolint:gosec // a test's own server
	s.StartTLS()
	t.Cleanup(s.Close)
	return s, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

// ask asks over one way to a candidate that looks like vLLM.
func ask(t *testing.T, r *rung, o Options) *rung {
	t.Helper()
	o.Inventory = inventory()
	c := &candidate{namespace: team, name: "vllm", sighting: sighting{kind: engine.VLLM}}
	newProber(o.filled()).rung(t.Context(), c, r)
	if r.status == record.CandidateUsable {
		r.reason = r.worth(c)
	}
	return r
}

const page = "<!DOCTYPE html><html><body>%s</body></html>"

func TestWhatAWayAnswers(t *testing.T) {
	vllm := engineHandler(t, "vllm")
	guarded := func(health int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasPrefix(r.URL.Path, "/v1"):
				w.WriteHeader(http.StatusUnauthorized)
				io.WriteString(w, `{"error":"Unauthorized"}`) //nolint:errcheck // the client notices
			case r.URL.Path == "/health":
				w.WriteHeader(health)
			default:
				http.NotFound(w, r)
			}
		})
	}
	without := func(status int, paths ...string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, p := range paths {
				if r.URL.Path == p {
					w.WriteHeader(status)
					return
				}
			}
			vllm.ServeHTTP(w, r)
		})
	}
	version := engineVersion(t, vllm)
	for _, tt := range []struct {
		name, via string
		handler   http.Handler
		status    record.CandidateStatus
		healthy   bool
		foreign   bool
		reason    string
	}{
		{"an engine", viaRoute, vllm, record.CandidateUsable, true, false, "route/x answers as vllm " + version + ", healthy"},
		{"under a prefix", viaIngress, http.StripPrefix("/llm", vllm), record.CandidateUsable, true, false, "ingress/x answers as vllm " + version + ", healthy"},
		{"another engine", viaRoute, engineHandler(t, "ollama"), record.CandidateUsable, true, false, "route/x answers as ollama "},
		{"an engine that is ill", viaRoute, without(500, "/health"), record.CandidateUsable, false, false, "route/x answers as vllm " + version + ", but is not healthy: /health answered HTTP 500"},
		{"an engine without its health published", viaRoute, without(404, "/health"), record.CandidateUsable, true, false, "route/x answers as vllm " + version + "; /health is not published here, so its health is judged by its other answers"},
		{"an engine that wants a token", viaRoute, guarded(200), record.CandidateUsable, true, false, "route/x wants a token: give it with --engine-token-file; taken for vllm until then, healthy"},
		{"whose health does so too", viaRoute, guarded(401), record.CandidateUsable, false, false, "route/x wants a token: give it with --engine-token-file; taken for vllm until then, but is not healthy: /health answered HTTP 401"},
		{"a router that reaches nothing", viaRoute, answers(503, page), record.CandidateFailed, false, false, "answered HTTP 503 with a web page: a proxy answers in the engine's place, and does not reach it"},
		{"Envoy that reaches nothing", viaHTTPRoute, answers(503, "no healthy upstream"), record.CandidateFailed, false, false, `a proxy answers in the engine's place that it does not reach it ("no healthy upstream")`},
		{"a model that loads", viaClusterDNS, answers(503, `{"error":{"message":"Loading model","code":503}}`), record.CandidateFailed, false, false, "/api/version answered HTTP 503 (Loading model): the engine is not ready; it may still be loading its model, or a proxy in front cannot reach it"},
		{"a login elsewhere", viaRoute, answers(302, "", "Location", "https://sso.corp/realms/x?state=secret"), record.CandidateFailed, false, false, "answered HTTP 302 to https://sso.corp/realms/x: a login stands in front"},
		{"a login here", viaClusterDNS, answers(302, "", "Location", "/oauth/start"), record.CandidateFailed, false, false, "/oauth/start: a login stands in front"},
		{"a login's page", viaRoute, answers(403, page), record.CandidateFailed, false, false, "answered HTTP 403 with a web page: a login stands in front"},
		{"another redirect", viaRoute, answers(301, "", "Location", "/home"), record.CandidateFailed, false, false, "/home: no engine redirects"},
		{"a web server", viaLoadBalancer, answers(200, page), record.CandidateFailed, false, true, "answers, but as no engine that is known"},
		{"a proxy that knows no such path", viaIngress, answers(404, "404 page not found"), record.CandidateFailed, false, false, "answers, but as no engine that is known"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := serve(t, tt.handler).URL
			if tt.name == "under a prefix" {
				base += "/llm"
			}
			r := ask(t, &rung{via: tt.via, object: tt.via + "/x", url: base}, Options{})
			if r.status != tt.status || r.answer.healthy != tt.healthy || r.answer.foreign != tt.foreign || !strings.Contains(r.reason, tt.reason) {
				t.Errorf("%s, healthy %v, foreign %v: %s", r.status, r.answer.healthy, r.answer.foreign, r.reason)
			}
			if rtt, known := r.answer.rtt.Get(); known != (r.status == record.CandidateUsable) || known && rtt <= 0 {
				t.Errorf("round trip %v, known %v", rtt, known)
			}
		})
	}
}

func engineVersion(t testing.TB, h http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/version", nil))
	_, version, _ := strings.Cut(w.Body.String(), `"version":"`)
	version, _, ok := strings.Cut(version, `"`)
	if !ok {
		t.Fatalf("no version in %s", w.Body)
	}
	return version
}

func TestTLSOfAWay(t *testing.T) {
	vllm := engineHandler(t, "vllm")
	t.Run("of an unknown authority, and of a known one", func(t *testing.T) {
		s, ca := serveTLS(t, vllm)
		r := ask(t, &rung{via: viaRoute, object: "route/x", url: s.URL}, Options{})
		if r.status != record.CandidateFailed || r.reason != "its certificate is of an unknown authority: pass its authority with --engine-ca-file" {
			t.Errorf("%s: %s", r.status, r.reason)
		}
		r = ask(t, &rung{via: viaRoute, object: "route/x", url: s.URL}, Options{Wire: wire.Options{CAPEM: ca}})
		if r.status != record.CandidateUsable {
			t.Errorf("%s: %s", r.status, r.reason)
		}
	})
	t.Run("for another name", func(t *testing.T) {
		s, ca := serveTLS(t, vllm)
		r := ask(t, &rung{via: viaRoute, object: "route/x", url: "https://vllm.corp"}, Options{Wire: wire.Options{CAPEM: ca, Dial: dialAt(s.Listener.Addr().String())}})
		if r.status != record.CandidateFailed || r.reason != "its certificate is not for the name vllm.corp" {
			t.Errorf("%s: %s", r.status, r.reason)
		}
	})
	t.Run("of HTTP/2 alone", func(t *testing.T) {
		// A Go server that has h2 alone passes over ALPN for an HTTP/1.1 client,
		// so another name has to stand for it.
		s, ca := serveTLS(t, vllm, "grpc-exp")
		r := ask(t, &rung{via: viaRoute, object: "route/x", url: s.URL}, Options{Wire: wire.Options{CAPEM: ca}})
		if r.status != record.CandidateFailed || !strings.HasPrefix(r.reason, "it speaks HTTP/2 only") {
			t.Errorf("%s: %s", r.status, r.reason)
		}
	})
	t.Run("where http was expected", func(t *testing.T) {
		s, ca := serveTLS(t, vllm)
		plain := strings.Replace(s.URL, "https:", "http:", 1)
		r := ask(t, &rung{via: viaNodePort, object: "service/x", url: plain}, Options{Wire: wire.Options{CAPEM: ca}})
		if r.status != record.CandidateUsable || r.url != s.URL {
			t.Errorf("%s %s: %s", r.url, r.status, r.reason)
		}
	})
	t.Run("where https was expected", func(t *testing.T) {
		s := serve(t, vllm)
		r := ask(t, &rung{via: viaPortForward, object: "service/x", url: strings.Replace(s.URL, "http:", "https:", 1)}, Options{})
		if r.status != record.CandidateUsable || r.url != s.URL {
			t.Errorf("%s %s: %s", r.url, r.status, r.reason)
		}
	})
	t.Run("where http redirects to", func(t *testing.T) {
		s, ca := serveTLS(t, vllm)
		front := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, s.URL+r.URL.Path, http.StatusPermanentRedirect)
		}))
		r := ask(t, &rung{via: viaIngress, object: "ingress/x", url: front.URL}, Options{Wire: wire.Options{CAPEM: ca}})
		if r.status != record.CandidateUsable || r.url != s.URL {
			t.Errorf("%s %s: %s", r.url, r.status, r.reason)
		}
	})
}

// unresolved fails every lookup, as outside of the network that knows a name.
func unresolved(_ context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
}

func TestANameThatDoesNotResolveIsReachedAtItsAddress(t *testing.T) {
	address := engineOf(t, "vllm")
	o := Options{Wire: wire.Options{Dial: unresolved}}
	r := ask(t, &rung{via: viaIngress, object: "ingress/x", url: "http://llm.corp", fallback: address}, o)
	if r.status != record.CandidateUsable || r.answer.address != address || r.url != "http://llm.corp" {
		t.Fatalf("%s: %s", r.status, r.reason)
	}
	if want := "; its name does not resolve here, so it is reached at " + address; !strings.HasSuffix(r.reason, want) {
		t.Errorf("reason %q", r.reason)
	}
	r = ask(t, &rung{via: viaIngress, object: "ingress/x", url: "http://llm.corp"}, o)
	if r.status != record.CandidateFailed || r.reason != "the name llm.corp does not resolve here" {
		t.Errorf("%s: %s", r.status, r.reason)
	}
	secure, ca := serveTLS(t, engineHandler(t, "vllm"))
	_, port, err := net.SplitHostPort(secure.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	front := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://example.com:"+port+r.URL.Path, http.StatusPermanentRedirect) // the name of httptest's certificate
	}))
	r = ask(t, &rung{via: viaIngress, object: "ingress/x", url: "http://example.com", fallback: front.Listener.Addr().String()}, Options{Wire: wire.Options{Dial: unresolved, CAPEM: ca}})
	if r.status != record.CandidateUsable || r.url != "https://example.com:"+port || r.answer.address != secure.Listener.Addr().String() {
		t.Errorf("%s %s at %s: %s", r.url, r.status, r.answer.address, r.reason)
	}
	gone := serve(t, answers(200, ""))
	gone.Close()
	where := gone.Listener.Addr().String()
	r = ask(t, &rung{via: viaIngress, object: "ingress/x", url: "http://llm.corp", fallback: where}, o)
	if want := "its name does not resolve here, and at " + where + ": the connection was refused: nothing listens there"; r.reason != want {
		t.Errorf("%s: %s", r.status, r.reason)
	}
}

func TestASilentWayIsGivenUp(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts, and nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	r := ask(t, &rung{via: viaRoute, object: "route/x", url: "http://" + ln.Addr().String()}, Options{ProbeTimeout: 50 * time.Millisecond})
	if r.status != record.CandidateFailed || r.reason != "no answer within 50ms: a firewall or NetworkPolicy may stand between" {
		t.Errorf("%s: %s", r.status, r.reason)
	}
}

func TestNothingFoundIsSentAToken(t *testing.T) {
	var asked, withToken atomic.Int64
	vllm := engineHandler(t, "vllm")
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != "" {
			withToken.Add(1)
		}
		vllm.ServeHTTP(w, r)
	}))
	r := ask(t, &rung{via: viaRoute, object: "route/x", url: s.URL}, Options{Wire: wire.Options{Token: "secret"}})
	if r.status != record.CandidateUsable {
		t.Fatal(r.reason)
	}
	if asked.Load() < 4 || withToken.Load() != 0 {
		t.Errorf("of %d requests %d bore the token", asked.Load(), withToken.Load())
	}
}
