package wire

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func secure(t *testing.T, http2 bool, h http.HandlerFunc) (srv *httptest.Server, ca []byte) {
	t.Helper()
	srv = httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = http2
	srv.Config.ErrorLog = quietLog()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}

func TestTLS(t *testing.T) {
	srv, ca := secure(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Protocol", r.Proto)
		stream(w, 3)
	})
	_, err := newClient(t, Options{}).Stream(post(t, srv.URL, "x"))
	wantError(t, err, record.StatusTLS, PhaseConnect)

	for _, tt := range []struct {
		name   string
		opts   Options
		proto  string
		kernel bool
	}{
		{"with its authority", Options{CAPEM: ca}, "HTTP/1.1", true},
		{"unverified", Options{InsecureSkipVerify: true}, "HTTP/1.1", true},
		{"with HTTP/2 on request", Options{CAPEM: ca, HTTP2: true}, "HTTP/2.0", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, tt.opts)
			if tt.kernel && kernelStamps {
				client, server := tcpPair(t)
				warmStamps(t, newStampConn(client), server)
			}
			for range 2 {
				s, err := c.Stream(post(t, srv.URL, "x"))
				if err != nil {
					t.Fatal(err)
				}
				if got := s.Header.Get("X-Protocol"); got != tt.proto {
					t.Errorf("protocol %s, want %s", got, tt.proto)
				}
				if !s.Timing.Reused && s.Timing.TLS == 0 {
					t.Error("the handshake took no time")
				}
				if text := read(t, s); text != "data: 0\n\ndata: 1\n\ndata: 2\n\n" {
					t.Errorf("body %q", text)
				}
				if tt.kernel && kernelStamps && !s.Arrival().Kernel {
					t.Error("the bytes under TLS have no kernel stamp")
				}
			}
		})
	}
}

func TestACertificateForAnotherHostIsRefused(t *testing.T) {
	srv, ca := secure(t, false, func(http.ResponseWriter, *http.Request) {})
	c := newClient(t, Options{CAPEM: ca, Dial: toAddress(srv.Listener.Addr().String())})
	_, err := c.Stream(post(t, "https://engine.internal:8443", "x"))
	wantError(t, err, record.StatusTLS, PhaseConnect)
}

func TestAnAuthorityFileWithoutACertificate(t *testing.T) {
	if _, err := NewClient(Options{CAPEM: []byte("hello")}); err == nil {
		t.Error("text was taken for certificates")
	}
}
