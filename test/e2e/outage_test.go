//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// apiServer stops or starts the tier's API server.
func apiServer(t *testing.T, what string) {
	t.Helper()
	if o := run(t, nil, filepath.Join(os.Getenv("LLMBENCH_RIG"), "apiserver.sh"), what); o.code != 0 {
		t.Errorf("apiserver.sh %s: exit code %d", what, o.code)
	}
}

func TestWithoutTheAPIServerThatIsSaid(t *testing.T) {
	on(t, controlPlane)
	kubeconfig := config(t)
	apiServer(t, "stop")
	defer apiServer(t, "start")
	for _, args := range [][]string{{"discover-services"}, {"quick"}} {
		o := llmbench(t, kubeconfig, args...)
		if o.code != 1 || o.out != "" {
			t.Errorf("%v: exit code %d, wrote %q", args, o.code, o.out)
		}
		says(t, o.err, "the API server cannot be reached", "connection refused")
	}
}

// A run through a port-forward outlives an outage of the API server: what fails
// meanwhile is counted, what was measured is kept, and it goes on afterwards.
func TestARunOutlivesAnOutageOfTheAPIServer(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm")
	kubeconfig := inNamespace(t, f.namespace)
	eventually(t, "the engine is reached", func() bool { // KWOK may still be recovering from an outage
		d, _ := discovered(t, kubeconfig)
		return len(d.Engines) == 1 && d.Engines[0].Healthy
	})
	file := filepath.Join(t.TempDir(), "long.yaml")
	text := "test_scenarios: {ttft: {iterations: 1, warmup_iterations: 0}, load_tests: [{name: long, concurrent_users: 2, duration_seconds: 30, max_tokens: 8}]}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	results := t.TempDir()
	over := make(chan struct{})
	go func() {
		defer close(over)
		samples := filepath.Join(results, "latest", "raw", "samples.jsonl")
		for range 600 {
			if info, err := os.Stat(samples); err == nil && info.Size() > 20_000 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		apiserver := filepath.Join(os.Getenv("LLMBENCH_RIG"), "apiserver.sh")
		for _, what := range []string{"stop", "start"} {
			if out, err := exec.Command(apiserver, what).CombinedOutput(); err != nil { //nolint:noctx,gosec // the rig's own script
				t.Errorf("apiserver.sh %s: %v: %s", what, err, out)
			}
		}
	}()
	o := llmbench(t, kubeconfig, "custom", "--config", file, "-o", "json", "--output-dir", results)
	<-over
	for _, sc := range summaryOf(t, o).Scenarios {
		if sc.Name != "long" {
			continue
		}
		failed, after := int64(0), false
		for _, p := range sc.Timeline {
			failed += p.Errors
			after = failed > 0 && p.Errors == 0 && p.RequestsPerS > 0
		}
		e := sc.Engines[0]
		if failed == 0 || !after || e.Succeeded == 0 || e.Errors[record.StatusCancelled] > 2 {
			t.Errorf("%d failed, and at the end requests succeeded: %t; %+v", failed, after, e.Errors)
		}
	}
}
