//go:build unix

package durability

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	plugin "github.com/kubectl-llmbench/kubectl-llmbench/test/program"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/simulated"
)

// program is the plugin, built once.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "8") //nolint:errcheck,gosec // it is a flag of every test; most of them wait
	os.Exit(plugin.Main(m, &program))
}

// plan is a run of two scenarios, longer than anybody lets it live.
const plan = `
benchmark: {name: durable}
test_scenarios:
  ttft: {iterations: 20, warmup_iterations: 0, max_tokens: 4}
  load_tests: [{name: load, concurrent_users: 4, duration_seconds: SECONDS, max_tokens: 4}]
output: {formats: [json, csv], charts: false}
`

// engine is a simulated one whose log says what it finished.
type engine struct {
	url string
	mu  sync.Mutex
	log bytes.Buffer
}

func (e *engine) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.log.Write(p)
}

func newEngine(t *testing.T) *engine {
	t.Helper()
	e := &engine{}
	e.url = simulated.Serve(t, simulate.Options{Engine: "vllm", Seed: 1, Truth: e, Profile: simulate.Profile{
		PrefillTokensPerS: 1e5, FirstTokenOverhead: time.Millisecond, StepBase: 2 * time.Millisecond,
		Slots: 16, QueueLimit: -1, KVTokens: 1 << 16, ContextLength: 4096,
	}})
	return e
}

// completed are the requests that the engine has finished, and when.
func (e *engine) completed(t *testing.T) map[string]time.Time {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	all := map[string]time.Time{}
	for line := range bytes.Lines(e.log.Bytes()) {
		var told struct {
			RequestID string  `json:"request_id"`
			FramesNS  []int64 `json:"frames_ns"`
			Outcome   string  `json:"outcome"`
		}
		if err := json.Unmarshal(line, &told); err != nil {
			t.Fatal(err)
		}
		if told.Outcome == "complete" && len(told.FramesNS) > 0 {
			all[told.RequestID] = time.Unix(0, told.FramesNS[len(told.FramesNS)-1])
		}
	}
	return all
}

// start runs the program against an engine, with its results below dir.
func start(t *testing.T, e *engine, dir, seconds string, wrap ...string) (cmd *exec.Cmd, out, said *bytes.Buffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(file, bytes.ReplaceAll([]byte(plan), []byte("SECONDS"), []byte(seconds)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(wrap, program, "custom", "--config", file, "--url", "vllm="+e.url, "--output-dir", dir, "-o", "json")
	cmd = exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // our own program
	out, said = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, said
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TMPDIR="+t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out, said
}

// poll waits until something is so, and gives up after half a minute.
func poll(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s has not come about", what)
		}
	}
}

func lines(path string) int {
	data, err := os.ReadFile(path) //nolint:gosec // a test's own file
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte("\n"))
}
