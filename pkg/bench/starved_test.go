package bench

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// The environment by which a test tells the process it starts what to do.
const (
	starvedURL   = "LLMBENCH_TEST_STARVED_URL"
	starvedGroup = "LLMBENCH_TEST_STARVED_GROUP"
	starvedInto  = "LLMBENCH_TEST_STARVED_INTO"
)

const starvedLoad = `
test_scenarios:
  ttft: {enabled: false}
  load_tests: [{name: l, arrival: constant, rate_per_s: 40, duration_seconds: 0.6, max_tokens: 5}]
`

// TestStarvedClient is no test but the client of the two below, in a process of
// its own: it measures while it has no processor to do it with.
func TestStarvedClient(t *testing.T) {
	url := os.Getenv(starvedURL)
	if url == "" {
		t.Skip("it is started by other tests")
	}
	if group := os.Getenv(starvedGroup); group != "" {
		if err := os.WriteFile(filepath.Join(group, "cgroup.procs"), fmt.Append(nil, os.Getpid()), 0); err != nil {
			t.Fatal(err)
		}
	}
	var quit atomic.Bool
	defer quit.Store(true)
	for range 4 * runtime.GOMAXPROCS(0) {
		go burn(&quit)
	}
	o, sink := options(t, starvedLoad)
	target, err := NewTarget("vllm", engine.VLLM, url, "manual", wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	target.Model = "m"
	o.Targets, o.Host = []*Target{target}, Host{ReadFile: os.ReadFile}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	health, err := json.Marshal(summed(o, sink)["l"].Client)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(os.Getenv(starvedInto), health, 0o600); err != nil {
		t.Fatal(err)
	}
}

// burn uses a processor up.
func burn(quit *atomic.Bool) {
	for !quit.Load() {
	}
}

// starve measures a quick engine from a process with too little to run on, and
// returns what that says of its own health.
func starve(t *testing.T, environment ...string) record.ClientHealth {
	t.Helper()
	sim, err := simulate.New(simulate.Options{Engine: "vllm", Model: "m", Seed: 1, Profile: quickEngine})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	defer server.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(t.TempDir(), "health.json")
	client := exec.CommandContext(t.Context(), self, "-test.run=^TestStarvedClient$", "-test.count=1")
	client.Env = append(append(os.Environ(), starvedURL+"="+server.URL, starvedInto+"="+into), environment...)
	if out, err := client.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(into)
	if err != nil {
		t.Fatal(err)
	}
	var h record.ClientHealth
	if err := json.Unmarshal(data, &h); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAClientWithoutAnIdleProcessorIsBound(t *testing.T) {
	t.Parallel()
	if h := starve(t, "GOMAXPROCS=1"); h.Verdict != record.ClientBound || len(h.Reasons) == 0 {
		t.Errorf("a client that burns its processor is %+v", h)
	}
}

// A client that its control group holds back is bound, for that very reason,
// however idle the machine is.
func TestAThrottledClientIsBound(t *testing.T) {
	t.Parallel()
	group := limitedGroup(t)
	h := starve(t, starvedGroup+"="+group, "GOMAXPROCS=1")
	if h.Verdict != record.ClientBound || !strings.Contains(strings.Join(h.Reasons, "; "), "throttled in") {
		t.Errorf("a throttled client is %+v", h)
	}
	if h.ThrottledShare.Or(0) <= 0.05 || h.ThrottledMS.Or(0) <= 0 {
		t.Errorf("throttled in %g of the periods, for %g ms", h.ThrottledShare.Or(0), h.ThrottledMS.Or(0))
	}
}

// limitedGroup makes a control group that may use a fifth of a processor.
// Where this process may not make one the test is skipped.
func limitedGroup(t *testing.T) string {
	t.Helper()
	for root, limit := range map[string]map[string]string{
		"/sys/fs/cgroup/cpu": {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "20000"},
		"/sys/fs/cgroup":     {"cpu.max": "20000 100000"},
	} {
		dir, err := os.MkdirTemp(root, "llmbench-test-") //nolint:usetesting // control groups are where they are
		if err != nil {
			continue
		}
		t.Cleanup(func() {
			if err := os.Remove(dir); err != nil {
				t.Errorf("remove the control group: %v", err)
			}
		})
		set := true
		for file, value := range limit {
			// Without O_CREATE: a file that is not there is no setting.
			f, err := os.OpenFile(filepath.Join(dir, file), os.O_WRONLY, 0)
			if err != nil {
				set = false
				break
			}
			_, err = f.WriteString(value)
			set = set && err == nil && f.Close() == nil
		}
		if set {
			return dir
		}
	}
	t.Skip("this process may not make a control group with a limit")
	return ""
}
