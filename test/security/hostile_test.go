//go:build unix

package security

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	plugin "github.com/kubectl-llmbench/kubectl-llmbench/test/program"
)

// What is planted, and must turn up nowhere.
const (
	token      = "planted-token-c0ffee"
	answerText = "planted-answer-4711"
)

// evil is a name with all that a terminal, a page, a spreadsheet and Markdown
// would act upon.
const evil = "=m\x1b]0;owned\x07\u009b31m\u202e<script>alert(1)</script>|[x](javascript:alert(1))"

// program is the plugin, built once.
var program string

func TestMain(m *testing.M) {
	if os.Getenv(crashing) != "" {
		os.Exit(m.Run()) // which needs no program, and does not come back
	}
	os.Exit(plugin.Main(m, &program))
}

// hostile is an engine that answers every other request well, and throws the
// token and control characters back at whoever asks.
func hostile(t *testing.T, foreign string) string {
	t.Helper()
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"object":"list","data":[{"id":%s,"object":"model","owned_by":"test"}]}`, jsonText(evil)) //nolint:errcheck // the client notices
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, foreign+"/metrics", http.StatusFound)
	})
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%2 == 0 {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":{"message":"refused: %s \u001b[31mred\u009b0m","type":"\u001b]0;owned\u0007"}}`, r.Header.Get("Authorization")) //nolint:errcheck // as above
			return
		}
		for range 3 {
			fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":null}]}\n\n", answerText) //nolint:errcheck // as above
		}
		io.WriteString(w, `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n") //nolint:errcheck,gosec // as above
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// elsewhere is a host that must not be asked for anything.
func elsewhere(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed to %s, with the credentials %q", r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

const plan = `
benchmark: {name: "=cmd|evil"}
test_scenarios: {ttft: {iterations: 6, warmup_iterations: 1, max_tokens: 4}, load_tests: []}
output: {formats: [json, csv, html, markdown, junit], charts: false}
`

// call runs the program and returns all that it printed.
func call(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...) //nolint:gosec,noctx // our own program
	cmd.Env = append(os.Environ(), append(env, "HOME="+t.TempDir())...)
	out, err := cmd.CombinedOutput()
	if len(out) == 0 {
		t.Fatalf("%v prints nothing: %v", args, err)
	}
	return string(out)
}

// measured is what a run against the hostile engine printed and left.
func measured(t *testing.T, env []string, args ...string) map[string]string {
	t.Helper()
	results := t.TempDir()
	file := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(file, []byte(plan), 0o600); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	all["the terminal"] = call(t, env, append([]string{"custom", "--config", file, "--url", "openai=" + hostile(t, elsewhere(t)),
		"--output-dir", results, "--verbose", "-v=9"}, args...)...)
	for _, output := range []string{"table", "wide", "json", "yaml"} {
		all["report -o "+output] = call(t, env, "report", filepath.Join(results, "latest"), "-o", output)
	}
	files := 0
	err := filepath.WalkDir(results, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path) //nolint:gosec // a test's own file
		all[strings.TrimPrefix(path, results)] = string(data)
		return err
	})
	if err != nil || files < 9 {
		t.Fatalf("%d files: %v\n%s", files, err, all["the terminal"])
	}
	return all
}

func TestNoCredentialGetsIntoWhatARunPrintsOrLeaves(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, all := range map[string]map[string]string{
		"from a file":        measured(t, nil, "--engine-token-file", file),
		"of the environment": measured(t, []string{"LLMBENCH_ENGINE_TOKEN=" + token}),
	} {
		quoted := false
		for where, text := range all {
			quoted = quoted || strings.Contains(text, "refused: Bearer [token]")
			if strings.Contains(text, token) {
				t.Errorf("%s: the token stands in %s", name, where)
			}
		}
		if !quoted {
			t.Errorf("%s: no refusal was quoted at all, so this shows nothing", name)
		}
	}
}

func TestAnswersAreNotStored(t *testing.T) {
	for where, text := range measured(t, nil) {
		if strings.Contains(text, answerText) {
			t.Errorf("the text of an answer stands in %s", where)
		}
	}
}

func TestNoControlCharacterGetsOut(t *testing.T) {
	all := measured(t, nil)
	if !strings.Contains(all["the terminal"], "owned") {
		t.Fatalf("the engine's text did not get through at all:\n%s", all["the terminal"])
	}
	for where, text := range all {
		for i, r := range text {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("%s holds %U: %q", where, r, text[max(0, i-30):min(len(text), i+30)])
				break
			}
		}
	}
	for _, file := range []string{"report.html", "report.md"} {
		for where, text := range all {
			if strings.HasSuffix(where, file) && strings.Contains(text, "<script>alert") {
				t.Errorf("%s takes text for code", where)
			}
		}
	}
}

// TestNoCredentialStandsInTheArguments looks at the program and the simulators
// it starts while they run.
func TestNoCredentialStandsInTheArguments(t *testing.T) {
	if _, err := os.ReadFile("/proc/self/cmdline"); err != nil {
		t.Skip("this system does not show arguments as files")
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var all bytes.Buffer
		processes, _ := filepath.Glob("/proc/[0-9]*/cmdline") //nolint:errcheck // the pattern is good
		for _, p := range processes {
			data, _ := os.ReadFile(p) //nolint:errcheck,gosec // it may have ended
			all.Write(data)
		}
		select {
		case seen <- r.Header.Get("Authorization") + " " + all.String():
		default:
		}
		http.Error(w, "no", http.StatusForbidden)
	}))
	defer s.Close()
	call(t, nil, "quick", "--url", "openai="+s.URL, "--output-dir", t.TempDir(), "--engine-token-file", file)
	header, arguments, _ := strings.Cut(strings.TrimPrefix(<-seen, "Bearer "), " ")
	if header != token {
		t.Fatalf("the engine got %q, so this shows nothing", header)
	}
	if strings.Contains(arguments, token) {
		t.Error("the token stands in the arguments of a process")
	}
}

// TestACredentialInAnAddressIsRefused holds that it is not quoted either.
func TestACredentialInAnAddressIsRefused(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	out := call(t, nil, "quick", "--url", "openai=http://user:"+token+"@"+ln.Addr().String(), "--output-dir", t.TempDir())
	if strings.Contains(out, token) || !strings.Contains(out, "--engine-token-file") {
		t.Errorf("it says: %s", out)
	}
}

// TestACallersCredentialsForTheClusterAreNotShown asks a cluster that refuses,
// as loudly as it can be asked.
func TestACallersCredentialsForTheClusterAreNotShown(t *testing.T) {
	var got atomic.Value
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.Store(r.Header.Get("Authorization"))
		http.Error(w, "no", http.StatusForbidden)
	}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c",
"clusters":[{"name":"c","cluster":{"server":%q,"insecure-skip-tls-verify":true}}],
"users":[{"name":"u","user":{"token":%q}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}]}`, s.URL, token)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := call(t, []string{"KUBECONFIG=" + file}, "discover-services", "-v=9")
	if got.Load() != "Bearer "+token {
		t.Fatalf("the cluster got %v, so this shows nothing:\n%s", got.Load(), out)
	}
	if strings.Contains(out, token) {
		t.Errorf("the caller's token is shown:\n%s", out)
	}
}

// jsonText is a text as JSON has it.
func jsonText(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(data)
}
