//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// A configuration made of what a namespace holds measures just that.
func TestGenerateConfigFromWhatRuns(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm", "ollama")
	kubeconfig := inNamespace(t, f.namespace)
	file := filepath.Join(t.TempDir(), "team.yaml")
	if o := llmbench(t, kubeconfig, "generate-config", "--from-cluster", "--file", file); o.code != 0 {
		t.Fatalf("exit code %d", o.code)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	says(t, string(text), f.namespace, "vllm is vllm", "ollama is ollama", "port-forward", "models:")

	short := []string{
		"--set", "test_scenarios.ttft.iterations=3", "--set", "test_scenarios.load_tests=[]", "--set", "generation.max_tokens=4",
		"--set", "test_scenarios.ttft.warmup_iterations=0", "--output-dir", t.TempDir(), "--no-charts", "-o", "json",
	}
	s := summaryOf(t, llmbench(t, kubeconfig, append([]string{"custom", "--config", file}, short...)...))
	if n := len(s.Scenarios[0].Engines); n != 2 {
		t.Errorf("%d engines were measured", n)
	}
	for _, e := range s.Scenarios[0].Engines {
		if e.Succeeded != 3 {
			t.Errorf("%s: %d of 3 requests succeeded", e.Engine, e.Succeeded)
		}
	}

	empty := inNamespace(t, newNamespace(t, "empty"))
	o := llmbench(t, empty, "generate-config", "--from-cluster")
	if o.code != 1 || o.out != "" {
		t.Errorf("exit code %d, %q", o.code, o.out)
	}
	says(t, o.err, "no engines found in namespace", "discover-services")
}
