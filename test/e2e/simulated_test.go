//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

// fleet is three simulated engines on loopback that stand behind pods of a
// KWOK node: KWOK forwards the pods' ports to them.
type fleet struct{ namespace string }

// ports are the container ports that engines have by default.
var ports = map[string]int{"vllm": 8000, "tgi": 8080, "ollama": 11434}

// images are those that discovery knows the engines by.
var images = map[string]string{
	"vllm": "registry.corp.example:5000/mirror/vllm-openai:v0.11.0",
	"tgi":  "ghcr.io/huggingface/text-generation-inference:3.3.4", "ollama": "ollama/ollama:0.12.0",
}

// newFleet starts the engines and makes the objects that lead to them.
func newFleet(t *testing.T, engines ...string) fleet {
	t.Helper()
	f := fleet{namespace: newNamespace(t, "team-llm")}
	apply(t, f.namespace, fmt.Sprintf(node, f.namespace))
	t.Cleanup(func() { afterwards("delete", "node", f.namespace) })
	for _, engine := range engines {
		f.add(t, engine, simulated(t, engine))
	}
	for _, engine := range engines {
		serves(t, f.namespace, engine)
	}
	return f
}

// add makes an engine's Deployment and Service, and leads its port to an address.
func (f fleet) add(t *testing.T, engine, port string) {
	t.Helper()
	apply(t, f.namespace, strings.NewReplacer(
		"NAMESPACE", f.namespace, "ENGINE", engine, "IMAGE", images[engine], "CONTAINERPORT", fmt.Sprint(ports[engine]), "TARGET", port,
	).Replace(workload))
}

// serves waits until a Deployment's pods are ready, and those of the Service of
// its name are known: the second comes a moment after the first.
func serves(t *testing.T, namespace, name string) {
	t.Helper()
	eventually(t, name+" is ready", func() bool {
		return run(t, nil, "kubectl", "wait", "-n", namespace, "--for=condition=Available", "--timeout=1s", "deployment/"+name).code == 0
	})
	eventually(t, "the endpoints of "+name, func() bool {
		o := run(t, nil, "kubectl", "get", "endpointslices", "-n", namespace, "-l", "kubernetes.io/service-name="+name, "-o", "jsonpath={.items[*].endpoints[*].conditions.ready}")
		return strings.Contains(o.out, "true")
	})
}

// simulated starts a simulated engine and returns its port.
func simulated(t *testing.T, engine string) (port string) {
	t.Helper()
	cmd := exec.Command("kubectl-llmbench", "simulate", "--engine", engine, "--listen", "127.0.0.1:0", "--until-eof") //nolint:noctx // it ends with its input
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

const node = `
apiVersion: v1
kind: Node
metadata:
  name: %[1]s
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {kubernetes.io/hostname: %[1]s, nvidia.com/gpu.product: NVIDIA-H200, fleet: %[1]s}
status:
  capacity: &capacity {cpu: "64", memory: 512Gi, pods: "110", nvidia.com/gpu: "8"}
  allocatable: *capacity
`

const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ENGINE}
spec:
  selector: {matchLabels: {app: ENGINE}}
  template:
    metadata: {labels: {app: ENGINE}}
    spec:
      nodeSelector: {fleet: NAMESPACE}
      tolerations: [{operator: Exists}]
      containers:
        - name: engine
          image: IMAGE
          args: [--api-key, do-not-show-this]
          ports: [{containerPort: CONTAINERPORT}]
          resources: {limits: {nvidia.com/gpu: "1"}}
---
apiVersion: v1
kind: Service
metadata: {name: ENGINE, labels: {app: ENGINE}}
spec: {selector: {app: ENGINE}, ports: [{name: http, port: 80, targetPort: CONTAINERPORT}]}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterPortForward
metadata: {name: NAMESPACE-ENGINE}
spec:
  selector: {matchNamespaces: [NAMESPACE]}
  forwards: [{ports: [CONTAINERPORT], target: {address: 127.0.0.1, port: TARGET}}]
`
