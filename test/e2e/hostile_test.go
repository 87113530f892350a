//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// evil is text with all that a terminal, a page, a spreadsheet and Markdown would
// act upon, in the escapes of JSON.
const evil = `=cmd|' /C calc'!A0\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\u2066<script>alert(1)</script>|[x](javascript:alert(1))\u000a- injected: true`

// hostileObjects are an engine whose every free text is evil: arguments,
// environment, annotations, labels of images, the states and events of its pod.
const hostileObjects = `{"apiVersion": "v1", "kind": "List", "items": [
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "vllm-evil", "labels": {"app": "vllm-evil"}, "annotations": {"note": "EVIL"}},
 "spec": {"nodeName": "NODE", "tolerations": [{"operator": "Exists"}], "containers": [
  {"name": "vllm", "image": "vllm/vllm-openai:v0.11.0", "args": ["--model", "EVIL", "--served-model-name", "EVIL", "--quantization", "EVIL"],
   "env": [{"name": "VLLM_ATTENTION_BACKEND", "value": "EVIL"}], "ports": [{"containerPort": 8000}]}]}},
{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "vllm-evil", "annotations": {"note": "EVIL"}}, "spec": {"selector": {"app": "vllm-evil"}, "ports": [{"port": 8000}]}},
{"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": {"name": "vllm-evil", "annotations": {"haproxy.router.openshift.io/timeout": "EVIL"}}, "spec": {"host": "evil.apps.example.com", "to": {"kind": "Service", "name": "vllm-evil"}}},
{"apiVersion": "v1", "kind": "Event", "metadata": {"name": "vllm-evil.1"}, "type": "Warning", "reason": "Failed", "message": "EVIL", "source": {"component": "kubelet"},
 "involvedObject": {"kind": "Pod", "name": "vllm-evil", "namespace": "NAMESPACE"}, "firstTimestamp": null, "lastTimestamp": null}
]}`

const hostileStatus = `{"status": {"phase": "Pending", "reason": "EVIL", "message": "EVIL", "conditions": [{"type": "Ready", "status": "False", "reason": "Evil", "message": "EVIL"}],
 "containerStatuses": [{"name": "vllm", "image": "vllm/vllm-openai:v0.11.0", "imageID": "EVIL", "ready": false, "restartCount": 7,
  "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "EVIL"}}, "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": "EVIL"}}}]}}`

// Whoever may write objects in a namespace may write anything into them, and none
// of it acts on the terminal of those who look.
func TestWhatAClusterSaysStaysText(t *testing.T) {
	on(t, controlPlane)
	namespace := newNamespace(t, "evil")
	place := strings.NewReplacer("EVIL", evil, "NAMESPACE", namespace, "NODE", namespace)
	apply(t, namespace, fmt.Sprintf(node, namespace))
	t.Cleanup(func() { afterwards("delete", "node", namespace) })
	apply(t, namespace, place.Replace(hostileObjects))
	patch := filepath.Join(t.TempDir(), "status.json")
	if err := os.WriteFile(patch, []byte(place.Replace(hostileStatus)), 0o600); err != nil {
		t.Fatal(err)
	}
	kubeconfig, owned := inNamespace(t, namespace), 0
	for _, args := range [][]string{
		{"discover-services"}, {"discover-services", "-o", "wide", "--verbose"}, {"discover-services", "-o", "yaml"}, {"discover-services", "-o", "json"}, {"discover-services", "-o", "name"},
		{"validate-infra"}, {"validate-infra", "-o", "wide", "--verbose"}, {"validate-infra", "-o", "yaml"}, {"validate-infra", "-o", "json"},
		{"generate-config", "--from-cluster", "--verbose"}, {"quick", "--verbose", "-v=4"},
	} {
		// The node's actor writes states of its own, so ours are written each time anew.
		kubectl(t, "patch", "pod", "vllm-evil", "-n", namespace, "--subresource=status", "--type=merge", "--patch-file", patch)
		o := llmbench(t, kubeconfig, args...)
		text := o.out + o.err
		owned += strings.Count(text, "owned")
		for i, r := range text {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("%v lets %U through: %q", args, r, text[max(0, i-40):min(len(text), i+40)])
				break
			}
		}
		if strings.Contains(text, "\n- injected") || strings.Contains(text, "\ninjected") {
			t.Errorf("%v: a text of the cluster makes a line of its own", args)
		}
	}
	if owned == 0 {
		t.Error("nothing of it was printed at all, so this shows nothing")
	}
}
