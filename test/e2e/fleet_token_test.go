//go:build e2e

package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A worker's token comes from a Secret, and stands nowhere else: in no object, log
// or event of the cluster, and in nothing that the caller prints or keeps.
func TestFleetTakesTokensFromSecretsAlone(t *testing.T) {
	on(t, nodes)
	const token = "planted-token-c0ffee"
	c, results := newTruthful(t, "vllm")
	kubectl(t, "create", "secret", "generic", "engines", "-n", c.namespace, "--from-literal=token="+token)
	l := c.lead(t, results, append([]string{"quick", "--config", shortRun(t, 6), "--engine-token-secret", "engines/token", "--verbose"}, workers(2, results)...)...)
	seen := map[string]string{}
	for _, kind := range []string{"jobs", "configmaps", "pods", "events"} {
		seen[kind] = kubectl(t, "get", kind, "-n", c.namespace, "-o", "yaml")
	}
	for _, pod := range c.workerPods(t) {
		seen["the log of "+pod.Name] = kubectl(t, "logs", "-n", c.namespace, pod.Name)
	}
	if !strings.Contains(seen["pods"], "secretKeyRef") || !strings.Contains(seen["jobs"], "secretKeyRef") {
		t.Error("no worker takes a token from a Secret, so this shows nothing")
	}
	if code := l.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	seen["the terminal"] = l.out.String() + l.err.String()
	err := filepath.WalkDir(results, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		seen[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range seen {
		if strings.Contains(text, token) {
			t.Errorf("the token stands in %s", where)
		}
	}
	c.gone(t)
}
