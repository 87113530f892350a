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
	"strings"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The tiers of the rig: each run of the tests is on one of them, and has only
// the tests of that one.
const (
	controlPlane = "control"
	nodes        = "nodes"
)

// on leaves a test to the run on its own tier.
func on(t *testing.T, tier string) {
	t.Helper()
	if os.Getenv("KUBECONFIG") == "" {
		t.Fatal("KUBECONFIG is not set: run make e2e, or make cluster-up first")
	}
	if at := os.Getenv("LLMBENCH_TIER"); at != tier {
		t.Skipf("it belongs to the tier %s of the rig, and this run is on %s", tier, at)
	}
}

// outcome is what a program that was run came to.
type outcome struct {
	out, err string
	code     int
}

// run runs a program with its environment changed, and does not mind its code.
func run(t *testing.T, env []string, name string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = t.TempDir()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	o := outcome{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
	t.Logf("$ %s %s\n%s%s(exit code %d)", name, strings.Join(args, " "), o.out, o.err, o.code)
	return o
}

// kubectl runs kubectl as the cluster's administrator, and it must succeed.
func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	o := run(t, nil, "kubectl", args...)
	if o.code != 0 {
		t.Fatalf("kubectl %s: exit code %d", strings.Join(args, " "), o.code)
	}
	return o.out
}

// apply applies manifests in a namespace.
func apply(t *testing.T, namespace, manifests string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "objects.yaml")
	if err := os.WriteFile(file, []byte(manifests), 0o600); err != nil {
		t.Fatal(err)
	}
	kubectl(t, "apply", "-n", namespace, "-f", file)
}

// newNamespace makes a namespace that is gone after the test.
func newNamespace(t *testing.T, prefix string) string {
	t.Helper()
	name := fmt.Sprintf("%s-%d", prefix, time.Now().UnixNano()%1e9)
	kubectl(t, "create", "namespace", name)
	t.Cleanup(func() { afterwards("delete", "namespace", name) })
	eventually(t, "the namespace's ServiceAccount", func() bool {
		return run(t, nil, "kubectl", "get", "serviceaccount", "default", "-n", name).code == 0
	})
	return name
}

// afterwards removes something with kubectl when a test is over, and does not
// wait for the end of it.
func afterwards(args ...string) {
	_ = exec.CommandContext(context.Background(), "kubectl", append(args, "--wait=false")...).Run()
}

// eventually waits for what the cluster will bring about.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("it never came about: %s", what)
}

// config writes a kubeconfig of the rig's cluster, changed by kubectl config.
func config(t *testing.T, changes ...[]string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	flat := kubectl(t, "config", "view", "--flatten", "--minify")
	if err := os.WriteFile(file, []byte(flat), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		kubectl(t, append([]string{"config", "--kubeconfig", file}, change...)...)
	}
	return file
}

// inNamespace is a kubeconfig whose context names the namespace.
func inNamespace(t *testing.T, namespace string) string {
	t.Helper()
	return config(t, []string{"set-context", "--current", "--namespace", namespace})
}

// asServiceAccount is a kubeconfig of a ServiceAccount that may do what the
// manifests of its roles say.
func asServiceAccount(t *testing.T, namespace, name string) string {
	t.Helper()
	token := strings.TrimSpace(kubectl(t, "create", "token", name, "-n", namespace))
	return config(t,
		[]string{"set-credentials", name, "--token", token},
		[]string{"set-context", "--current", "--user", name, "--namespace", namespace})
}

// llmbench runs the program as kubectl's plugin, found on the PATH.
func llmbench(t *testing.T, kubeconfig string, args ...string) outcome {
	t.Helper()
	return run(t, []string{"KUBECONFIG=" + kubeconfig}, "kubectl", append([]string{"llmbench"}, args...)...)
}

// discovered runs discover-services and reads what it printed.
func discovered(t *testing.T, kubeconfig string, args ...string) (record.Discovery, outcome) {
	t.Helper()
	o := llmbench(t, kubeconfig, append([]string{"discover-services", "-o", "json"}, args...)...)
	if o.code != 0 {
		t.Fatalf("discover-services: exit code %d", o.code)
	}
	var d record.Discovery
	if err := json.Unmarshal([]byte(o.out), &d); err != nil {
		t.Fatalf("read what discover-services printed: %v", err)
	}
	return d, o
}

// engineNamed picks an engine out of a discovery by its Service.
func engineNamed(t *testing.T, d record.Discovery, service string) record.DiscoveredEngine {
	t.Helper()
	for _, e := range d.Engines {
		if e.Name == service {
			return e
		}
	}
	t.Fatalf("no engine stands behind the Service %s", service)
	return record.DiscoveredEngine{}
}

// way picks a candidate of an engine.
func way(t *testing.T, e record.DiscoveredEngine, via string) record.Candidate {
	t.Helper()
	for _, c := range e.Candidates {
		if c.Via == via {
			return c
		}
	}
	t.Fatalf("%s has no way by %s: %+v", e.Engine, via, e.Candidates)
	return record.Candidate{}
}

// says fails the test where a text lacks one of some words.
func says(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not said in:\n%s", w, text)
		}
	}
}
