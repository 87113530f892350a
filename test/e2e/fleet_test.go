//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// newTruthful is charted engines that tell the truth, all three where none is named,
// and a folder for results.
func newTruthful(t *testing.T, engines ...string) (c charted, results string) {
	t.Helper()
	if len(engines) == 0 {
		engines = chartEngines
	}
	c = charted{namespace: newRestricted(t)}
	c.kubeconfig = inNamespace(t, c.namespace)
	values := map[string]string{}
	for _, engine := range engines {
		values[engine] = strings.Replace(onTheRig, "  enabled: true", "  enabled: true\n  extraArgs: [--truth-log=/dev/stdout]", 1)
	}
	c.install(t, values)
	return c, t.TempDir()
}

// workers are the flags of a run from inside the rig's cluster.
func workers(n int, results string, more ...string) []string {
	return append([]string{
		fmt.Sprintf("--in-cluster=%d", n), "--worker-image=localhost/kubectl-llmbench:rig", "--worker-cpu=50m", "--worker-memory=128Mi",
		"--output-dir", results, "-o", "json",
	}, more...)
}

// shortRun is a configuration whose load tests take some seconds for each engine.
func shortRun(t *testing.T, seconds float64) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "short.yaml")
	text := fmt.Sprintf(`
test_scenarios:
  ttft: {iterations: 4, warmup_iterations: 1, max_tokens: 8}
  load_tests:
    - {name: users, concurrent_users: 7, duration_seconds: %g, warmup_seconds: 0.5, max_tokens: 16}
    - {name: rate, arrival: poisson, rate_per_s: 12, duration_seconds: %g, max_in_flight: 60, max_tokens: 16}
output: {formats: [json, csv], charts: false}
`, seconds, seconds)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// truths are the requests that the engines themselves logged, by their names, with
// the tokens that each gave.
func (c charted) truths(t *testing.T) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	for _, deployment := range strings.Fields(kubectl(t, "get", "deployments", "-n", c.namespace, "-o", "name")) {
		text := kubectl(t, "logs", "-n", c.namespace, deployment, "--tail=-1")
		for line := range strings.Lines(text) {
			var one struct {
				RequestID    string `json:"request_id"`
				OutputTokens int64  `json:"output_tokens"`
			}
			if json.Unmarshal([]byte(line), &one) != nil || one.RequestID == "" {
				continue
			}
			if _, twice := all[one.RequestID]; twice {
				t.Errorf("two requests are named %s", one.RequestID)
			}
			all[one.RequestID] = one.OutputTokens
		}
	}
	return all
}

// samples reads what a run kept.
func samples(t *testing.T, results string) map[string]record.Sample {
	t.Helper()
	f, err := os.Open(filepath.Join(results, "latest", "raw", "samples.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string]record.Sample{}
	torn, err := record.ReadSamples(f, func(s record.Sample) {
		if _, twice := all[s.RequestID]; twice {
			t.Errorf("%s was kept twice", s.RequestID)
		}
		all[s.RequestID] = s
	})
	if err != nil || torn > 0 {
		t.Fatalf("samples: %v, %d bytes torn", err, torn)
	}
	return all
}

// exact fails the test unless a run kept what the engines logged, request for
// request and token for token.
func (c charted) exact(t *testing.T, results string) {
	t.Helper()
	truths, kept := c.truths(t), samples(t, results)
	var ours, theirs int64
	for id, s := range kept {
		tokens, known := truths[id]
		if !known || s.OutputTokens.Or(-1) != tokens {
			t.Errorf("%s: %s with %d tokens, and the engine gave %d (known %t)", id, s.Status, s.OutputTokens.Or(-1), tokens, known)
		}
		ours += s.OutputTokens.Or(0)
	}
	for id, tokens := range truths {
		if _, known := kept[id]; !known {
			t.Errorf("%s was sent and is not in the result", id)
		}
		theirs += tokens
	}
	t.Logf("%d requests and %d tokens; the engines: %d and %d", len(kept), ours, len(truths), theirs)
	if len(kept) == 0 || len(kept) != len(truths) || ours != theirs {
		t.Errorf("%d requests and %d tokens, and the engines had %d and %d", len(kept), ours, len(truths), theirs)
	}
}

// gone fails the test unless nothing of a run is left in the cluster.
func (c charted) gone(t *testing.T) {
	t.Helper()
	eventually(t, "the run's objects are gone", func() bool {
		return strings.TrimSpace(kubectl(t, "get", "jobs,configmaps,pods", "-n", c.namespace, "-l", "app.kubernetes.io/name=llmbench-worker", "-o", "name")) == ""
	})
}

func TestFleetMeasuresWhatTheEnginesSaw(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t)
	o := llmbench(t, c.kubeconfig, append([]string{"quick", "--config", shortRun(t, 3)}, workers(3, results)...)...)
	if o.code != 0 {
		t.Fatalf("exit code %d", o.code)
	}
	c.exact(t, results)
	c.gone(t)
	sum := summaryOf(t, o)
	if sum.Partial || len(sum.Environment.Workers) != 3 {
		t.Errorf("partial %t, workers %+v", sum.Partial, sum.Environment.Workers)
	}
	at := map[string]bool{}
	for _, w := range sum.Environment.Workers {
		at[w.Node] = true
		// All of the rig's nodes have the clock of this machine.
		if !w.Done || w.Lost != "" || w.Samples == 0 || w.OffsetLowMS.Or(1) > 0 || w.OffsetHighMS.Or(-1) < 0 || w.OffsetMS.Or(-1e3) < -500 || w.LateMS > 500 {
			t.Errorf("worker %+v", w)
		}
		t.Logf("worker %d: offset within %.1f..%.1f ms, taken for %.1f, at most %.1f ms late", w.Index, w.OffsetLowMS.Or(0), w.OffsetHighMS.Or(0), w.OffsetMS.Or(0), w.LateMS)
	}
	if len(at) != 3 {
		t.Errorf("the workers ran on %v", at)
	}
	for _, sc := range sum.Scenarios {
		for _, e := range sc.Engines {
			if e.Via != "cluster-dns" || e.Succeeded == 0 || e.Failed > 0 || e.Clocks[record.ClockKernel] != e.Requests {
				t.Errorf("%s in %s by %s: %d succeeded, %d failed, stamped by %v", e.Engine, sc.Name, e.Via, e.Succeeded, e.Failed, e.Clocks)
			}
			if s := e.Server; sc.Kind == record.KindLoad && s != nil && s.RequestsDelta.Known() && (s.ForeignRequests.Or(-1) != 0 || s.OutputTokensResidual.Or(0) != 0) {
				t.Errorf("%s in %s: the engine's own account: %+v", e.Engine, sc.Name, *s)
			}
		}
	}
	// What is on disk comes to the same.
	again := llmbench(t, c.kubeconfig, "report", filepath.Join(results, "latest"), "-o", "json")
	if again.out != o.out {
		t.Error("report makes another summary of the run's folder")
	}
}

// caller is the program while it leads a run.
type caller struct {
	cmd *exec.Cmd
	err *bytes.Buffer
	out *bytes.Buffer
}

// lead starts a run and returns once its samples come in.
func (c charted) lead(t *testing.T, results string, args ...string) caller {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), "kubectl-llmbench", args...)
	l := caller{cmd, &bytes.Buffer{}, &bytes.Buffer{}}
	cmd.Stdout, cmd.Stderr = l.out, l.err
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	eventually(t, "load is measured", func() bool {
		data, _ := os.ReadFile(filepath.Join(results, "latest", "raw", "samples.jsonl"))
		return bytes.Count(data, []byte(`"scenario":"users"`)) > 20
	})
	return l
}

// end waits for the program, and returns its exit code.
func (l caller) end(t *testing.T) int {
	t.Helper()
	var exit *exec.ExitError
	if err := l.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	t.Logf("%s%s(exit code %d)", l.out, l.err, l.cmd.ProcessState.ExitCode())
	return l.cmd.ProcessState.ExitCode()
}

// workerPods are the names of the workers' pods, by their index.
func (c charted) workerPods(t *testing.T) map[string]corev1.Pod {
	t.Helper()
	var pods corev1.PodList
	text := kubectl(t, "get", "pods", "-n", c.namespace, "-l", "app.kubernetes.io/name=llmbench-worker", "-o", "json")
	if err := json.Unmarshal([]byte(text), &pods); err != nil {
		t.Fatal(err)
	}
	all := map[string]corev1.Pod{}
	for _, p := range pods.Items {
		all[p.Labels["batch.kubernetes.io/job-completion-index"]] = p
	}
	return all
}

func TestFleetGoesOnWithoutAWorkerThatIsLost(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t, "vllm")
	l := c.lead(t, results, append([]string{"quick", "--config", shortRun(t, 6)}, workers(3, results)...)...)
	kubectl(t, "delete", "pod", "-n", c.namespace, c.workerPods(t)["1"].Name, "--grace-period=0", "--force")
	if code := l.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	sum := summaryOf(t, outcome{out: l.out.String()})
	if !sum.Partial {
		t.Error("the result is not marked partial")
	}
	for _, w := range sum.Environment.Workers {
		if lost := w.Lost != ""; lost != (w.Index == 1) || w.Done == lost || w.Samples == 0 {
			t.Errorf("worker %+v", w)
		}
	}
	says(t, sum.Environment.Workers[1].Lost, "deleted")
	if !slices.ContainsFunc(sum.Findings, func(f record.Finding) bool { return f.ID == "worker-lost" && f.Subject == "worker 1" }) {
		t.Error("no finding tells of the lost worker")
	}
	truths := c.truths(t)
	for id, s := range samples(t, results) {
		if tokens := truths[id]; s.Status == record.StatusOK && tokens != s.OutputTokens.Or(-1) {
			t.Errorf("%s: %d tokens, and the engine gave %d", id, s.OutputTokens.Or(-1), tokens)
		}
	}
	c.gone(t)
}

func TestFleetIsTakenUpByAnotherCaller(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t, "vllm")
	l := c.lead(t, results, append([]string{"quick", "--config", shortRun(t, 15)}, workers(2, results)...)...)
	// While the first lives, from another machine.
	elsewhere := t.TempDir()
	o := llmbench(t, c.kubeconfig, "attach", "--output-dir", elsewhere)
	if o.code != 1 {
		t.Errorf("exit code %d", o.code)
	}
	says(t, o.err, "another caller leads this run")
	if made, err := os.ReadDir(elsewhere); len(made) > 0 || err != nil {
		t.Errorf("it made %v, %v", made, err)
	}
	if err := l.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	l.end(t)
	o = llmbench(t, c.kubeconfig, "attach", filepath.Join(results, "latest"), "-o", "json")
	if o.code != 0 {
		t.Errorf("exit code %d", o.code)
	}
	c.exact(t, results)
	if sum := summaryOf(t, o); sum.Partial {
		t.Errorf("the result is partial: %+v", sum.Environment.Workers)
	}
	c.gone(t)
}

// Several workers search for a capacity, which their caller leads.
func TestFleetSearchesForACapacity(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t, "vllm")
	file := filepath.Join(t.TempDir(), "capacity.yaml")
	text := `
test_scenarios:
  capacity: {slo: "ttft:p50<5s", start_rate_per_s: 8, max_rate_per_s: 16, warmup_seconds: 0.5, step_seconds: 6, max_step_seconds: 6, max_tokens: 8}
output: {formats: [json, csv], charts: false}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := llmbench(t, c.kubeconfig, append([]string{"capacity", "--config", file}, workers(2, results)...)...)
	if o.code != 0 {
		t.Errorf("exit code %d", o.code)
	}
	c.exact(t, results)
	sum := summaryOf(t, o)
	if sum.Partial || len(sum.Scenarios) != 1 || len(sum.Scenarios[0].Capacity) != 1 {
		t.Fatalf("partial %t: %+v", sum.Partial, sum.Scenarios)
	}
	got := sum.Scenarios[0].Capacity[0]
	t.Logf("%+v", got)
	if len(got.Curve) == 0 || got.Curve[0].Requests < 30 || got.Reason == "the search did not reach its end" {
		t.Errorf("capacity %+v", got)
	}
	for _, w := range sum.Environment.Workers {
		if !w.Done || w.Samples < 10 {
			t.Errorf("worker %+v", w)
		}
	}
	c.gone(t)
}

func TestFleetOfOneIsLeftAndCollected(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t, "vllm")
	begin := time.Now()
	o := llmbench(t, c.kubeconfig, append([]string{"quick", "--config", shortRun(t, 6), "--detach"}, workers(1, results)...)...)
	if o.code != 0 {
		t.Fatalf("exit code %d", o.code)
	}
	t.Logf("it left after %v", time.Since(begin))
	says(t, o.err, "kubectl llmbench attach")
	// From another place, where nothing of the run is known but its namespace.
	elsewhere := t.TempDir()
	o = llmbench(t, c.kubeconfig, "attach", "--output-dir", elsewhere, "-o", "json")
	if o.code != 0 {
		t.Errorf("exit code %d", o.code)
	}
	c.exact(t, elsewhere)
	if sum := summaryOf(t, o); sum.Partial {
		t.Errorf("the result is partial: %+v", sum.Environment.Workers)
	}
	c.gone(t)
}

// The node's container runtime is killed and started again while workers measure.
func TestFleetOutlivesTheContainerRuntime(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t)
	l := c.lead(t, results, append([]string{"quick", "--config", shortRun(t, 6)}, workers(2, results)...)...)
	node := c.workerPods(t)["1"].Spec.NodeName
	if o := run(t, nil, filepath.Join(os.Getenv("LLMBENCH_RIG"), "runtime.sh"), node); o.code != 0 {
		t.Fatalf("runtime.sh: exit code %d", o.code)
	}
	if code := l.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	c.exact(t, results)
	if sum := summaryOf(t, outcome{out: l.out.String()}); sum.Partial {
		t.Errorf("the result is partial: %+v", sum.Environment.Workers)
	}
}

func TestFleetIsStoppedByAnInterrupt(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t, "vllm")
	l := c.lead(t, results, append([]string{"quick", "--config", shortRun(t, 20)}, workers(2, results)...)...)
	if err := l.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if code := l.end(t); code != 130 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if sum := summaryOf(t, outcome{out: l.out.String()}); !sum.Partial || !sum.Interrupted {
		t.Errorf("partial %t, interrupted %t", sum.Partial, sum.Interrupted)
	}
	c.gone(t)
}

func TestFleetSaysAtOnceWhatKeepsItFromStarting(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t, "vllm")
	for name, k := range map[string]struct {
		before, args []string
		says         string
		within       time.Duration
	}{
		"no image":    {nil, []string{"--worker-image=localhost/nothing:1"}, "localhost/nothing:1", 60 * time.Second},
		"no room":     {nil, []string{"--worker-cpu=999", "--worker-start-timeout=5s"}, "Insufficient cpu", 20 * time.Second},
		"no Secret":   {nil, []string{"--engine-token-secret=missing/key"}, `secret "missing" not found`, 20 * time.Second},
		"over quota":  {[]string{"create", "quota", "tight", "--hard=requests.memory=1Mi"}, nil, "exceeded quota", 20 * time.Second},
		"no such pod": {nil, []string{"--worker-node-selector=pool=none", "--worker-start-timeout=5s"}, "didn't match Pod's node affinity/selector", 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			if k.before != nil {
				kubectl(t, append(k.before, "-n", c.namespace)...)
				defer kubectl(t, "delete", "quota", "tight", "-n", c.namespace)
			}
			begin := time.Now()
			o := llmbench(t, c.kubeconfig, append([]string{"quick", "--config", shortRun(t, 1)}, workers(2, results, k.args...)...)...)
			if took := time.Since(begin); o.code != 1 || took > k.within {
				t.Errorf("exit code %d after %v", o.code, took)
			}
			says(t, o.err, k.says)
			c.gone(t)
		})
	}
}

func TestFleetLeftoversAreFoundAndRemoved(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t, "vllm")
	l := c.lead(t, results, append([]string{"quick", "--config", shortRun(t, 20)}, workers(1, results)...)...)
	if err := l.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	l.end(t)
	if o := llmbench(t, c.kubeconfig, "cleanup", "--yes"); o.code != 0 || !strings.Contains(o.err, "Nothing to remove") {
		t.Error("a worker that runs was taken for a leftover")
	}
	if o := llmbench(t, c.kubeconfig, "cleanup", "--all"); o.code != 2 {
		t.Errorf("nobody was asked, and the exit code is %d", o.code)
	}
	if o := llmbench(t, c.kubeconfig, "cleanup", "--all", "--yes"); o.code != 0 || !strings.Contains(o.out, "llmbench-") {
		t.Errorf("exit code %d", o.code)
	}
	c.gone(t)
}

// A caller with no more than the printed Role measures from inside, and the same
// engines from outside: comparing both says what the way costs.
func TestFleetNeedsNoMoreThanItsRoleAndComparesWithOutside(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t)
	kubectl(t, "create", "serviceaccount", "bench", "-n", c.namespace)
	printed := llmbench(t, c.kubeconfig, "discover-services", "--print-rbac", "--in-cluster")
	if printed.code != 0 {
		t.Fatalf("--print-rbac: exit code %d", printed.code)
	}
	apply(t, c.namespace, printed.out)
	kubectl(t, "create", "rolebinding", "bench", "-n", c.namespace, "--role=llmbench", "--serviceaccount="+c.namespace+":bench")
	bench := asServiceAccount(t, c.namespace, "bench")

	inside, outside := filepath.Join(results, "inside"), filepath.Join(results, "outside")
	config := shortRun(t, 2)
	if o := llmbench(t, bench, append([]string{"quick", "--config", config}, workers(2, inside)...)...); o.code != 0 {
		t.Fatalf("inside: exit code %d", o.code)
	}
	c.exact(t, inside)
	c.gone(t)
	if o := llmbench(t, bench, "quick", "--config", config, "--output-dir", outside); o.code != 0 {
		t.Fatalf("outside: exit code %d", o.code)
	}
	o := llmbench(t, bench, "compare", filepath.Join(inside, "latest"), filepath.Join(outside, "latest"))
	if o.code != 0 {
		t.Errorf("compare: exit code %d", o.code)
	}
	said := strings.Join(strings.Fields(o.out), " ")
	for _, engine := range chartEngines {
		says(t, said, "By port-forward, "+engine+"’s TTFT P50 is", "than by cluster-dns in users")
	}
}
