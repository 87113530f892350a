//go:build e2e

package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	pods "github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
)

// planted is a token that is like nothing else.
const planted = "swordfish-4f7a91c3d2"

// without fails the test where a text holds the token, plain or in base64.
func without(t *testing.T, what string, text []byte) {
	t.Helper()
	for _, form := range []string{planted, base64.StdEncoding.EncodeToString([]byte(planted)), base64.RawStdEncoding.EncodeToString([]byte(planted))} {
		if bytes.Contains(text, []byte(form)) {
			t.Errorf("%s holds the token", what)
		}
	}
}

// unpacked is what the workers of a run wrote, and the plan that they go by.
func (c charted) unpacked(t *testing.T) (plan, logs []byte) {
	t.Helper()
	var maps corev1.ConfigMapList
	if err := json.Unmarshal([]byte(kubectl(t, "get", "configmaps", "-n", c.namespace, "-l", "app.kubernetes.io/name=llmbench-worker", "-o", "json")), &maps); err != nil || len(maps.Items) != 1 {
		t.Fatalf("%d ConfigMaps, %v", len(maps.Items), err)
	}
	p, err := pods.DecodePlan(maps.Items[0].BinaryData[pods.PlanKey])
	if err != nil {
		t.Fatal(err)
	}
	if plan, err = json.Marshal(p); err != nil {
		t.Fatal(err)
	}
	r := pods.NewReader(0)
	raw := kubectl(t, "logs", "-n", c.namespace, c.workerPods(t)["0"].Name)
	for line := range strings.Lines(raw) {
		m, err := r.Line([]byte(strings.TrimSuffix(line, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		if m != nil {
			data, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			logs = append(logs, data...)
		}
	}
	return plan, append(logs, raw...)
}

// A token reaches workers from its Secret, and is nowhere else: in no object, log or
// event of the cluster, in nothing that is printed, and in no file of the result.
func TestFleetTellsNobodyItsToken(t *testing.T) {
	on(t, nodes)
	c, results := newTruthful(t)
	kubectl(t, "create", "secret", "generic", "engine", "-n", c.namespace, "--from-literal=token="+planted)
	l := c.lead(t, results, append([]string{"quick", "--config", shortRun(t, 6), "-v"}, workers(2, results, "--engine-token-secret=engine/token")...)...)
	env := c.workerPods(t)["0"].Spec.Containers[0].Env
	referred := false
	for _, e := range env {
		referred = referred || e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil && e.ValueFrom.SecretKeyRef.Name == "engine"
	}
	if !referred {
		t.Errorf("the pod does not take it from the Secret: %+v", env)
	}
	plan, logs := c.unpacked(t)
	if !bytes.Contains(plan, []byte("token_env")) || !bytes.Contains(logs, []byte(`"samples"`)) {
		t.Error("the plan names no token, or the log has no samples")
	}
	without(t, "the plan", plan)
	without(t, "a worker's log", logs)
	objects := kubectl(t, "get", "configmaps,jobs,pods,events", "-n", c.namespace, "-o", "yaml")
	without(t, "an object of the namespace", []byte(objects))
	if code := l.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	without(t, "what is printed", append(l.out.Bytes(), l.err.Bytes()...))
	files := 0
	err := filepath.WalkDir(results, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		without(t, path, data)
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files, %v", files, err)
	}
	without(t, "an event", []byte(kubectl(t, "get", "events", "-n", c.namespace, "-o", "json")))
	c.gone(t)
}
