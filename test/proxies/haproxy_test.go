//go:build proxies

package proxies

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	plugin "github.com/kubectl-llmbench/kubectl-llmbench/test/program"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/simulated"
)

// program is the plugin, built once.
var program string

func TestMain(m *testing.M) { os.Exit(plugin.Main(m, &program)) }

// router is what OpenShift's router makes of Routes: one without TLS, one with TLS
// at the edge, which passes a second front end of the same process, and one that
// passes TLS through; and the same without TLS where somebody set http-no-delay.
var router = template.Must(template.New("").Parse(`
global
  maxconn 2000
defaults
  mode http
  option forwardfor
  timeout connect 5s
  timeout client 30s
  timeout server {{.Timeout}}
  timeout http-keep-alive 300s
  timeout tunnel 1h
frontend http
  bind {{.HTTP}}
  default_backend engine
frontend prompt
  bind {{.NoDelay}}
  option http-no-delay
  default_backend prompt
frontend public_ssl
  mode tcp
  bind {{.Edge}}
  tcp-request inspect-delay 5s
  tcp-request content accept if { req_ssl_hello_type 1 }
  default_backend be_sni
backend be_sni
  mode tcp
  server fe_sni {{.Inner}} send-proxy
frontend fe_sni
  bind {{.Inner}} ssl crt {{.Identity}} accept-proxy
  default_backend engine
frontend pass
  mode tcp
  bind {{.Pass}}
  default_backend pass
backend pass
  mode tcp
  server a {{.Engine}}
backend engine
  server a {{.Engine}}
backend prompt
  option http-no-delay
  server a {{.Engine}}
`))

// haproxy is one that runs.
type haproxy struct {
	Engine, Timeout, Identity        string
	HTTP, NoDelay, Edge, Inner, Pass string
	ca                               string
}

// route starts a HAProxy before an engine, with the time it waits for two bytes.
func route(t *testing.T, engine, timeout string) haproxy {
	t.Helper()
	dir := t.TempDir()
	h := haproxy{Engine: engine, Timeout: timeout, Identity: filepath.Join(dir, "identity.pem"), ca: filepath.Join(dir, "ca.pem")}
	for _, address := range []*string{&h.HTTP, &h.NoDelay, &h.Edge, &h.Inner, &h.Pass} {
		*address = free(t)
	}
	certificate, key := identity(t)
	var config bytes.Buffer
	if err := router.Execute(&config, h); err != nil {
		t.Fatal(err)
	}
	for file, data := range map[string][]byte{h.Identity: append(slices.Clone(certificate), key...), h.ca: certificate, filepath.Join(dir, "haproxy.cfg"): config.Bytes()} {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	c := exec.Command("haproxy", "-db", "-f", filepath.Join(dir, "haproxy.cfg")) //nolint:gosec,noctx // ended below
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatalf("%v: install haproxy", err)
	}
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGTERM) //nolint:errcheck,gosec // it may have ended
		c.Wait()                          //nolint:errcheck,gosec // by that signal
	})
	for range 200 {
		if conn, err := net.Dial("tcp", h.Edge); err == nil { //nolint:noctx // on loopback
			conn.Close() //nolint:errcheck,gosec // nothing was sent
			return h
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("haproxy does not listen:\n%s", log.String())
	return h
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // on loopback
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// identity is a certificate for 127.0.0.1 and its key, in PEM.
func identity(t *testing.T) (certificate, key []byte) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	c := s.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// engine is a simulated vLLM with a token every step.
func engine(t *testing.T, step time.Duration, faults ...string) (address string) {
	t.Helper()
	o := simulate.Options{Engine: "vllm", Seed: 1, Profile: simulate.Profile{
		PrefillTokensPerS: 1e6, StepBase: step, Slots: 64, KVTokens: 1 << 20, ContextLength: 1 << 16,
	}}
	for _, text := range faults {
		f, err := simulate.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Faults = append(o.Faults, f)
	}
	return strings.TrimPrefix(simulated.Serve(t, o), "http://")
}

const plan = `
test_scenarios: {ttft: {iterations: 20, warmup_iterations: 1, max_tokens: 16}, load_tests: []}
output: {formats: [json], charts: false}
`

// measure runs the program, and returns what it found and printed.
func measure(t *testing.T, url, ca string) (s record.Summary, printed string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "plan.yaml")
	if err := os.WriteFile(file, []byte(plan), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "custom", "--config", file, "--url", "vllm="+url, "--engine-ca-file", ca, "--output-dir", dir) //nolint:gosec,noctx // our own program
	out, _ := c.CombinedOutput()                                                                                              //nolint:errcheck // what it says is looked at
	data, err := os.ReadFile(filepath.Join(dir, "latest", "processed", "summary.json"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s, string(out)
}

// quick is the step of an engine whose whole answer comes within HAProxy's 0.2 s.
const quick = 10 * time.Millisecond

// Over plain HTTP, HAProxy lets small pieces of an answer wait for more, unless it
// is told not to. Then no number of the engine's stream is the engine's, and a run
// has to say so; and it must not say so of ways that hold nothing back.
func TestARouteWithoutTLSHoldsTokensBack(t *testing.T) {
	h := route(t, engine(t, quick), "30s")
	for _, way := range []struct {
		name, url string
		held      bool
	}{
		{"no TLS", "http://" + h.HTTP, true},
		{"no TLS, with http-no-delay", "http://" + h.NoDelay, false},
		{"TLS at the edge", "https://" + h.Edge, false},
		{"passed through", "http://" + h.Pass, false},
		{"none", "http://" + h.Engine, false},
	} {
		t.Run(way.name, func(t *testing.T) {
			s, printed := measure(t, way.url, h.ca)
			held := slices.ContainsFunc(s.Findings, func(f record.Finding) bool { return f.ID == "buffered-stream" })
			if held != way.held {
				t.Errorf("held back: %t, want %t\n%s", held, way.held, printed)
			}
			if said := strings.Contains(printed, "takes no part in the verdict: its stream is buffered"); said != way.held {
				t.Errorf("left out of the verdict: %t\n%s", said, printed)
			}
			if e := s.Scenarios[0].Engines[0]; e.Succeeded != 20 {
				t.Errorf("%d of 20 requests succeeded\n%s", e.Succeeded, printed)
			}
		})
	}
}

// The answer of a slower engine is held back a part at a time.
func TestARouteWithoutTLSMakesGroupsOfASlowEnginesTokens(t *testing.T) {
	h := route(t, engine(t, 50*time.Millisecond), "30s")
	for name, url := range map[string]string{"no TLS": "http://" + h.HTTP, "TLS at the edge": "https://" + h.Edge} {
		s, printed := measure(t, url, h.ca)
		grouped := slices.ContainsFunc(s.Findings, func(f record.Finding) bool { return f.ID == "grouped-frames" })
		if want := name == "no TLS"; grouped != want {
			t.Errorf("%s: in groups: %t, want %t\n%s", name, grouped, want, printed)
		}
	}
}

// The router's timeout is about the time between two bytes.
func TestARoutesTimeoutIsTold(t *testing.T) {
	for fault, want := range map[string]string{
		"slow-head:for=4s":     "http_5xx: HTTP 504: an HTML page; a proxy on the way waited for the engine as long as it may: raise its timeout (of a Route: haproxy.router.openshift.io/timeout)",
		"stall:after=3,for=4s": "truncated: the connection ended within the answer, after 3 token frames; check proxies for timeouts",
	} {
		t.Run(fault, func(t *testing.T) {
			h := route(t, engine(t, quick, fault), "1s")
			for name, url := range map[string]string{"no TLS": "http://" + h.HTTP, "TLS at the edge": "https://" + h.Edge} {
				if _, printed := measure(t, url, h.ca); !strings.Contains(printed, fmt.Sprintf("vllm: cannot be measured: %s", want)) {
					t.Errorf("%s: it says\n%s\nand not %q", name, printed, want)
				}
			}
		})
	}
}
