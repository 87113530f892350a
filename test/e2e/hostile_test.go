//go:build e2e

package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
)

// evil is what anybody who may write objects can put into them: codes for a
// terminal, a link that it would make (OSC 8), marks that turn text around, a
// formula, a page's script, Markdown, lines of its own and a way out of a folder.
const evil = "=cmd|'/c calc'!A1 \x1b]8;;http://evil.example\x07owned\x1b]8;;\x07\x1b[31m\u009b31m\u202e\u2066<script>alert(1)</script>|[x](javascript:alert(1))\r\n# owned\n```\n/../../owned"

// hostileObjects say EVIL wherever the API server takes it.
const hostileObjects = `{"apiVersion": "v1", "kind": "List", "items": [
{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "vllm", "annotations": {"note": "EVIL"}}, "spec": {
 "selector": {"matchLabels": {"app": "vllm"}}, "template": {"metadata": {"labels": {"app": "vllm"}, "annotations": {"note": "EVIL", "prometheus.io/path": "EVIL"}}, "spec": {
  "nodeSelector": {"fleet": "NAMESPACE"}, "tolerations": [{"operator": "Exists"}],
  "containers": [{"name": "engine", "image": "vllm/vllm-openai:v0.11.0TEMPLATED", "ports": [{"containerPort": 8000}],
   "args": ["--served-model-name", "EVIL", "--max-model-len", "EVIL", "--quantization=EVIL", "--tensor-parallel-size", "EVIL", "EVIL"],
   "env": [{"name": "VLLM_ATTENTION_BACKEND", "value": "EVIL"}, {"name": "OLLAMA_NUM_PARALLEL", "value": "EVIL"}], "resources": {"limits": {"nvidia.com/gpu": "1"}}}]}}}},
{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "vllm", "labels": {"app": "vllm"}, "annotations": {"note": "EVIL"}},
 "spec": {"selector": {"app": "vllm"}, "ports": [{"name": "http", "port": 80, "targetPort": 8000}]}},
{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "vllm", "annotations": {
  "nginx.ingress.kubernetes.io/proxy-read-timeout": "EVIL", "nginx.ingress.kubernetes.io/proxy-buffering": "EVIL", "nginx.ingress.kubernetes.io/rewrite-target": "EVIL",
  "nginx.ingress.kubernetes.io/backend-protocol": "EVIL", "kubernetes.io/ingress.class": "EVIL"}},
 "spec": {"rules": [{"host": "vllm.example.test", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "vllm", "port": {"number": 80}}}}]}}]}},
{"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": {"name": "vllm", "annotations": {
  "haproxy.router.openshift.io/timeout": "EVIL", "haproxy.router.openshift.io/timeout-tunnel": "EVIL", "haproxy.router.openshift.io/balance": "EVIL", "haproxy.router.openshift.io/rewrite-target": "EVIL"}},
 "spec": {"host": "vllm.apps.example.test", "path": "/EVIL", "to": {"kind": "Service", "name": "vllm"}}},
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "ollama-0", "labels": {"app": "ollama"}, "annotations": {"note": "EVIL"}}, "spec": {"nodeName": "NAMESPACE",
 "containers": [{"name": "ollama", "image": "ollama/ollama:v1TEMPLATED", "ports": [{"containerPort": 11434}], "env": [{"name": "OLLAMA_NUM_PARALLEL", "value": "EVIL"}]}]}},
{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "ollama"}, "spec": {"selector": {"app": "ollama"}, "ports": [{"port": 11434}]}},
{"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterPortForward", "metadata": {"name": "NAMESPACE-vllm"},
 "spec": {"selector": {"matchNamespaces": ["NAMESPACE"]}, "forwards": [{"ports": [8000], "target": {"address": "127.0.0.1", "port": TARGET}}]}}
]}`

// hostileEvents are about an object, as controllers and kubelets write them.
const hostileEvents = `{"apiVersion": "v1", "kind": "Event", "metadata": {"name": "NAME.EVENT", "namespace": "NAMESPACE"}, "type": "Warning", "reason": "REASON", "message": "EVIL",
 "involvedObject": {"apiVersion": "v1", "kind": "Job", "name": "NAME", "namespace": "NAMESPACE"}, "source": {"component": "EVIL"}, "firstTimestamp": "NOW", "lastTimestamp": "NOW", "count": 1}`

// hostileStatus are the statuses that controllers write, by what they belong to.
var hostileStatus = map[string]string{
	"pod/ollama-0": `{"status": {"phase": "Running", "message": "EVIL", "reason": "EVIL",
 "conditions": [{"type": "Ready", "status": "False", "message": "EVIL", "reason": "EVIL"}, {"type": "ContainersReady", "status": "False"}],
 "containerStatuses": [{"name": "ollama", "image": "EVIL", "imageID": "EVIL", "ready": false, "restartCount": 7,
  "state": {"waiting": {"reason": "CrashLoop EVIL", "message": "EVIL"}}, "lastState": {"terminated": {"exitCode": 137, "reason": "EVIL", "message": "EVIL"}}}]}}`,
	"route/vllm": `{"status": {"ingress": [{"host": "EVIL", "routerName": "EVIL", "routerCanonicalHostname": "EVIL",
 "conditions": [{"type": "Admitted", "status": "False", "reason": "EVIL", "message": "EVIL"}]}]}}`,
	"node/NAMESPACE": `{"status": {"conditions": [{"type": "MemoryPressure", "status": "True", "reason": "EVIL", "message": "EVIL"}, {"type": "Ready", "status": "True", "reason": "EVIL", "message": "EVIL"}]}}`,
}

// spiked is JSON of a cluster's object in which each EVIL is the hostile text.
func spiked(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	quoted := func(text string) string {
		data, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Trim(string(data), `"`)
	}
	// KWOK passes an image on in YAML, which takes no control character as it is.
	templated := strings.ReplaceAll(evil, "\u009b", "")
	return strings.NewReplacer(append(pairs, "EVIL", quoted(evil), "TEMPLATED", quoted(templated), "NOW", time.Now().UTC().Format(time.RFC3339))...).Replace(text)
}

// create makes objects of JSON.
func create(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "objects.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	kubectl(t, "create", "-f", file)
}

// newHostile is an engine that works, in a namespace in which all else is hostile.
func newHostile(t *testing.T) (namespace, kubeconfig string) {
	t.Helper()
	f := newFleet(t)
	file := filepath.Join(t.TempDir(), "objects.json")
	objects := spiked(t, hostileObjects, "NAMESPACE", f.namespace, "TARGET", simulated(t, "vllm"))
	if err := os.WriteFile(file, []byte(objects), 0o600); err != nil {
		t.Fatal(err)
	}
	kubectl(t, "create", "-n", f.namespace, "-f", file)
	t.Cleanup(func() { afterwards("delete", "clusterportforward", f.namespace+"-vllm") })
	kubeconfig = inNamespace(t, f.namespace)
	eventually(t, "the engine is ready", func() bool {
		return run(t, nil, "kubectl", "wait", "-n", f.namespace, "--for=condition=Available", "--timeout=1s", "deployment/vllm").code == 0
	})
	f.spike(t)
	eventually(t, "the crash is told", func() bool {
		f.spike(t) // what stands in for a kubelet writes its own in between
		return strings.Contains(llmbench(t, kubeconfig, "discover-services", "-o", "json").out, "CrashLoop =cmd")
	})
	return f.namespace, kubeconfig
}

// spike writes hostile statuses.
func (f fleet) spike(t *testing.T) {
	t.Helper()
	for object, status := range hostileStatus {
		object = strings.ReplaceAll(object, "NAMESPACE", f.namespace)
		run(t, nil, "kubectl", "patch", object, "-n", f.namespace, "--subresource=status", "--type=merge", "-p", spiked(t, status))
	}
}

// inert fails the test where a text would act on a terminal.
func inert(t *testing.T, where, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			t.Errorf("%s holds %U: %q", where, r, text[max(0, i-40):min(len(text), i+40)])
			return
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# owned") || strings.HasPrefix(line, "/../") {
			t.Errorf("%s has a line of the cluster's making: %q", where, line)
			return
		}
	}
}

func TestHostileClusterIsShownAsText(t *testing.T) {
	on(t, controlPlane)
	namespace, kubeconfig := newHostile(t)
	for _, verb := range []string{"discover-services", "validate-infra"} {
		outputs := []string{"table", "wide", "json", "yaml", "name"}
		if verb == "validate-infra" {
			outputs = outputs[:4]
		}
		for _, output := range outputs {
			for _, more := range [][]string{nil, {"--verbose"}, {"-v=9"}} {
				if verb == "validate-infra" && len(more) > 0 && more[0] == "--verbose" {
					continue
				}
				o := llmbench(t, kubeconfig, append([]string{verb, "-o", output}, more...)...)
				where := fmt.Sprintf("%s -o %s %v", verb, output, more)
				if o.out == "" || o.code == 2 {
					t.Errorf("%s shows nothing", where)
				}
				inert(t, where, o.out)
				inert(t, where+" (stderr)", o.err)
				if output == "name" && strings.TrimSpace(o.out) != "vllm\nollama" {
					t.Errorf("names: %q", o.out)
				}
			}
		}
		if o := llmbench(t, kubeconfig, verb, "-o", "wide"); !strings.Contains(o.out, "owned") {
			t.Errorf("%s: the hostile text did not get through at all, so this shows nothing", verb)
		}
	}
	for _, more := range [][]string{nil, {"--verbose", "-v=9"}} {
		o := llmbench(t, kubeconfig, append([]string{"generate-config", "--from-cluster"}, more...)...)
		inert(t, fmt.Sprintf("generate-config --from-cluster %v", more), o.out+o.err)
		if !strings.Contains(o.out, "vllm") {
			t.Errorf("generate-config finds nothing: %s", o.err)
		}
	}
	t.Run("quick", func(t *testing.T) { hostileRun(t, kubeconfig) })
	t.Run("workers", func(t *testing.T) { hostileWorkers(t, namespace, kubeconfig) })
}

const hostilePlan = `
benchmark: {name: "/../../owned"}
test_scenarios: {ttft: {iterations: 3, warmup_iterations: 1, max_tokens: 4}, load_tests: []}
output: {formats: [json, csv, html, pdf, markdown, junit, vllm], charts: true}
`

var plainPath = regexp.MustCompile(`^[a-zA-Z0-9._/-]*$`)

// hostileRun measures, and looks at everything that is printed and left.
func hostileRun(t *testing.T, kubeconfig string) {
	t.Helper()
	home := t.TempDir()
	results := filepath.Join(home, "a", "b", "results")
	file := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(file, []byte(hostilePlan), 0o600); err != nil {
		t.Fatal(err)
	}
	o := llmbench(t, kubeconfig, "quick", "--config", file, "--output-dir", results, "--verbose", "-v=9")
	inert(t, "quick", o.out)
	inert(t, "quick (stderr)", o.err)
	latest := filepath.Join(results, "latest")
	for _, output := range []string{"table", "wide", "json", "yaml", "name"} {
		again := llmbench(t, kubeconfig, "report", latest, "-o", output)
		inert(t, "report -o "+output, again.out+again.err)
	}
	seen := 0
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, home)
		if !plainPath.MatchString(name) || strings.Contains(filepath.Base(name), "owned") && !strings.HasPrefix(path, results) {
			t.Errorf("a file has the name %q", name)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		seen++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		inertFile(t, name, data)
		return nil
	})
	if err != nil || seen < 12 {
		t.Errorf("%d files: %v", seen, err)
	}
	if summary, err := os.ReadFile(filepath.Join(latest, "processed", "summary.json")); err != nil || !bytes.Contains(summary, []byte("owned")) {
		t.Errorf("the hostile text did not get into the results at all, so this shows nothing: %v", err)
	}
}

// inertFile looks at a file of a run as the program would that opens it.
func inertFile(t *testing.T, name string, data []byte) {
	t.Helper()
	text := string(data)
	switch filepath.Ext(name) {
	case ".png":
		if bytes.Contains(data, []byte("\x1b]8")) {
			t.Errorf("%s holds a terminal's code", name)
		}
		return
	case ".pdf":
		for _, word := range []string{"\x1b]8", "/JavaScript", "/Launch", "javascript:"} {
			if strings.Contains(text, word) {
				t.Errorf("%s holds %q", name, word)
			}
		}
		return
	case ".csv":
		inertCSV(t, name, text)
	case ".xml", ".svg":
		wellFormed(t, name, text)
	}
	inert(t, name, text)
	if ext := filepath.Ext(name); ext != ".json" && ext != ".jsonl" && ext != ".log" && strings.Contains(text, "<script>alert") {
		t.Errorf("%s takes text for code", name)
	}
	if filepath.Ext(name) == ".md" && regexp.MustCompile(`[^\\]\]\(javascript:`).MatchString(text) {
		t.Errorf("%s takes text for a link", name)
	}
}

func inertCSV(t *testing.T, name, text string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			_, number := strconv.ParseFloat(cell, 64)
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && number != nil {
				t.Errorf("%s has the formula %q", name, cell)
			}
		}
	}
}

func wellFormed(t *testing.T, name, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Errorf("%s has a script", name)
		}
	}
}

// hostileWorkers has events about a run's own Job, which anybody may write who may
// write events, and which say at once why workers do not start.
func hostileWorkers(t *testing.T, namespace, kubeconfig string) {
	t.Helper()
	done := make(chan outcome, 1)
	go func() {
		done <- llmbench(t, kubeconfig, "quick", "--in-cluster", "--services", "vllm", "--worker-start-timeout=60s", "--output-dir", t.TempDir(), "-v=9")
	}()
	job := ""
	eventually(t, "the Job of the run", func() bool {
		job = strings.TrimPrefix(strings.TrimSpace(run(t, nil, "kubectl", "get", "jobs", "-n", namespace, "-o", "name").out), "job.batch/")
		return job != ""
	})
	for _, reason := range []string{"EVIL", "FailedCreate"} {
		create(t, spiked(t, strings.NewReplacer("REASON", reason, "EVENT", strings.ToLower(reason)).Replace(hostileEvents), "NAMESPACE", namespace, "NAME", job))
	}
	o := <-done
	inert(t, "quick --in-cluster", o.out)
	inert(t, "quick --in-cluster (stderr)", o.err)
	if o.code == 0 || !strings.Contains(o.err, "owned") {
		t.Errorf("the event was not told, so this shows nothing: %s", o.err)
	}
}

// TestACallersTokenForTheClusterIsInNothingThatARunLeaves measures through the API
// server with a token of the kubeconfig, as loudly as it can be asked.
func TestACallersTokenForTheClusterIsInNothingThatARunLeaves(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm")
	kubeconfig := account(t, f.namespace, "caller", mayList, mayTunnel)
	token := strings.TrimSpace(kubectl(t, "config", "--kubeconfig", kubeconfig, "view", "--raw", "-o", "jsonpath={.users[?(@.name==\"caller\")].user.token}"))
	if len(token) < 100 {
		t.Fatalf("a token of %d characters", len(token))
	}
	secret := token[len(token)-40:] // of its signature
	results := t.TempDir()
	file := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(file, []byte(hostilePlan), 0o600); err != nil {
		t.Fatal(err)
	}
	o := llmbench(t, kubeconfig, "quick", "--config", file, "--output-dir", results, "--verbose", "-v=9")
	if o.code != 0 || !strings.Contains(o.err, "masked") {
		t.Errorf("exit code %d; no header was logged at all, so this shows nothing", o.code)
	}
	texts := map[string]string{"standard output": o.out, "standard error": o.err}
	err := filepath.WalkDir(results, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		texts[path] = string(data)
		return err
	})
	if err != nil || len(texts) < 10 {
		t.Errorf("%d texts: %v", len(texts), err)
	}
	for where, text := range texts {
		if strings.Contains(text, secret) {
			t.Errorf("the caller's token stands in %s", where)
		}
	}
}
