package main

import (
	"bufio"
	"bytes"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnUnknownAuthority measures two engines, one of them behind TLS that
// nobody vouches for, and then with its authority, and then unverified.
func TestAnUnknownAuthority(t *testing.T) {
	plain := simulator(t)
	private, authority := behindTLS(t, plain)
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"unknown", nil, 1, "error: vllm-tls: tls: "},
		{"unknown, with what to do", nil, 1, "pass the certificate authority with --engine-ca-file"},
		{"known", []string{"--engine-ca-file", authority}, 0, "vllm-tls  3/3"},
		{"unverified, and the tables say so", []string{"--engine-insecure-skip-tls-verify"}, 0, "warn: vllm-tls: its certificate was not verified"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, code := measure(t, append(tt.args, "--url", "vllm="+plain, "--url", "vllm-tls="+private)...)
			if code != tt.code || !strings.Contains(out, tt.want) || !strings.Contains(out, "vllm      3/3") {
				t.Errorf("exit code %d, want %d, with %q and the other engine's 3/3 in\n%s", code, tt.code, tt.want, out)
			}
		})
	}
}

// measure runs three requests to each engine and returns what it printed.
func measure(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "few.yaml")
	text := "test_scenarios: {ttft: {iterations: 3, warmup_iterations: 0, max_tokens: 4}, load_tests: []}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"custom", "--config", file, "--output-dir", dir}, args...)...) //nolint:gosec,noctx // our own program, which ends by itself
	printed, _ := cmd.Output()                                                                                  //nolint:errcheck // its exit code is returned
	return string(printed), cmd.ProcessState.ExitCode()
}

// simulator starts a simulated vLLM and returns its URL.
func simulator(t *testing.T) string {
	t.Helper()
	cmd := exec.Command(program, "simulate", "--listen", "127.0.0.1:0", "--until-eof") //nolint:gosec,noctx // it ends with its standard input
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() }) //nolint:errcheck,gosec // it ends
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// behindTLS puts a proxy with a certificate of its own making before a server,
// and returns the proxy's URL and the file of its authority.
func behindTLS(t *testing.T, backend string) (front, authority string) {
	t.Helper()
	to, err := url.Parse(backend)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	// The whole question is read first: net/http closes its body when the answer
	// begins, and a transport that has not seen the body's end by then drops the
	// connection in the middle of the answer.
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(question))
		proxy.ServeHTTP(w, r)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	authority = filepath.Join(t.TempDir(), "ca.pem")
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(authority, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL, authority
}
