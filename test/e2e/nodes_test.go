//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// stack is three simulated engines that really run in pods of real nodes, in a
// namespace with a context of its own: vllm behind a Route, tgi behind an
// Ingress, and ollama behind nothing but its Service.
type stack struct{ namespace, kubeconfig string }

func newStack(t *testing.T) stack {
	t.Helper()
	s := stack{namespace: newNamespace(t, "team-llm")}
	s.kubeconfig = inNamespace(t, s.namespace)
	apply(t, s.namespace, engines)
	for _, name := range []string{"vllm", "tgi", "ollama"} {
		s.ready(t, name)
	}
	kubectl(t, "patch", "route", "vllm", "-n", s.namespace, "--subresource=status", "--type=merge", "-p", admitted)
	kubectl(t, "patch", "ingress", "tgi", "-n", s.namespace, "--subresource=status", "--type=merge",
		"-p", `{"status": {"loadBalancer": {"ingress": [{"ip": "10.250.0.254"}]}}}`)
	s.front(t, "")
	return s
}

func (s stack) ready(t *testing.T, name string) {
	t.Helper()
	kubectl(t, "rollout", "status", "-n", s.namespace, "deployment/"+name, "--timeout=120s")
}

// front routes the hosts of the Route and of the Ingress to their Services, as
// the router and the ingress controller would; directives are for the latter.
func (s stack) front(t *testing.T, directives string) {
	t.Helper()
	rule := func(name, directives string) string {
		ip := kubectl(t, "get", "service", name, "-n", s.namespace, "-o", "jsonpath={.spec.clusterIP}")
		return fmt.Sprintf("%s.apps.rig.test=http://%s%s", name, ip, directives)
	}
	o := run(t, nil, filepath.Join(os.Getenv("LLMBENCH_RIG"), "front.sh"), rule("vllm", ""), rule("tgi", directives))
	if o.code != 0 {
		t.Fatalf("front.sh: exit code %d", o.code)
	}
}

// authority is the file with the certificate authority of the front.
func authority() string { return filepath.Join(os.Getenv("LLMBENCH_RIG_RUN"), "pki", "ca.crt") }

func TestQuickMeasuresEachEngineByTheBestWay(t *testing.T) {
	on(t, nodes)
	s := newStack(t)
	want := map[string]string{"vllm": "route", "tgi": "ingress", "ollama": "port-forward"}

	d, _ := discovered(t, s.kubeconfig, "--engine-ca-file", authority())
	for name, via := range want {
		e := engineNamed(t, d, name)
		if e.Via != via || !e.Healthy || e.Kind != name || e.Info.ImageDigest == "" && name != "vllm" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if e := engineNamed(t, d, "vllm"); e.URL != "https://vllm.apps.rig.test" || !e.TLS {
		t.Errorf("vllm: %s, TLS %t", e.URL, e.TLS)
	}
	// Whose certificate nobody vouches for is no way in.
	unknown, _ := discovered(t, s.kubeconfig)
	if e := engineNamed(t, unknown, "vllm"); e.Via != "port-forward" {
		t.Errorf("vllm by %s", e.Via)
	} else {
		says(t, way(t, e, "route").Reason, "--engine-ca-file")
	}

	o := llmbench(t, s.kubeconfig, "quick", "--engine-ca-file", authority(), "-o", "json")
	if o.code != 0 {
		t.Fatalf("quick: exit code %d", o.code)
	}
	sum := summaryOf(t, o)
	for _, sc := range sum.Scenarios {
		if len(sc.Engines) != 3 {
			t.Errorf("%s measured %d engines", sc.Name, len(sc.Engines))
		}
		for _, e := range sc.Engines {
			if e.Succeeded == 0 || e.Failed > 0 || e.Via != want[e.Engine] {
				t.Errorf("%s in %s by %s: %d succeeded, %d failed: %v", e.Engine, sc.Name, e.Via, e.Succeeded, e.Failed, e.Errors)
			}
			if clock := record.ClockKernel; e.Via != "port-forward" && e.Clocks[clock] != e.Requests {
				t.Errorf("%s in %s: stamped by %v", e.Engine, sc.Name, e.Clocks)
			}
		}
	}
	for name, via := range want {
		says(t, o.err, fmt.Sprintf("%s: %s/%s by %s", name, s.namespace, name, via))
	}
	for _, e := range sum.Environment.Engines {
		if known := e.TunnelOverheadMS.Known(); known != (e.Via == "port-forward") {
			t.Errorf("%s by %s has a tunnel's overhead: %t", e.Engine, e.Via, known)
		}
	}
	var ids []string
	for _, f := range sum.Findings {
		ids = append(ids, f.Subject+" "+f.ID+": "+f.Message)
	}
	says(t, strings.Join(ids, "\n"), "vllm route-timeout", "ollama port-forward")
}

func TestABufferingIngressIsFoundInItsObjectAndInItsStreams(t *testing.T) {
	on(t, nodes)
	s := newStack(t)
	kubectl(t, "annotate", "ingress", "tgi", "-n", s.namespace, "nginx.ingress.kubernetes.io/proxy-buffering=on")
	s.front(t, ";proxy_buffering on;proxy_buffers 64 64k")
	o := custom(t, s.kubeconfig, "--services", "tgi")
	var all []string
	for _, f := range summaryOf(t, o).Findings {
		all = append(all, f.ID+": "+f.Message+" "+f.Remedy)
	}
	says(t, strings.Join(all, "\n"), "ingress-buffering", "proxy-buffering", "kubectl annotate ingress")
}

func TestNodePortAndPinnedWays(t *testing.T) {
	on(t, nodes)
	s := newStack(t)
	kubectl(t, "patch", "service", "ollama", "-n", s.namespace, "-p", `{"spec": {"type": "NodePort"}}`)
	eventually(t, "ollama is reached by its node port", func() bool { // kube-proxy takes a moment
		d, _ := discovered(t, s.kubeconfig)
		e := engineNamed(t, d, "ollama")
		return e.Via == "nodeport" && e.Healthy && strings.HasPrefix(e.URL, "http://10.250.0.")
	})
	pinned, _ := discovered(t, s.kubeconfig, "--via", "port-forward")
	for _, e := range pinned.Engines {
		if e.Via != "port-forward" || !e.Healthy {
			t.Errorf("%s, pinned to port-forward: %+v", e.Engine, e)
		}
	}
}

func TestInsideTheClusterNamesAreUsed(t *testing.T) {
	on(t, nodes)
	s := newStack(t)
	kubectl(t, "create", "role", "lister", "-n", s.namespace, "--verb=list", "--resource=pods,services,endpointslices.discovery.k8s.io")
	kubectl(t, "create", "rolebinding", "lister", "-n", s.namespace, "--role=lister", "--serviceaccount="+s.namespace+":default")
	kubectl(t, "run", "inside", "-n", s.namespace, "--image=localhost/kubectl-llmbench:rig", "--image-pull-policy=Never", "--restart=Never",
		"--", "discover-services", "-o", "wide")
	eventually(t, "the pod is done", func() bool {
		return strings.Contains(kubectl(t, "get", "pod", "inside", "-n", s.namespace, "-o", "jsonpath={.status.phase}"), "Succeeded")
	})
	text := kubectl(t, "logs", "inside", "-n", s.namespace)
	for _, name := range []string{"vllm", "tgi", "ollama"} {
		says(t, text, fmt.Sprintf("http://%s.%s.svc", name, s.namespace))
	}
	says(t, text, "cluster-dns", "forbidden; asked for list routes.route.openshift.io in namespace "+s.namespace)
	if strings.Contains(text, "  no  ") {
		t.Error("an engine is not healthy from inside")
	}
}

func TestARealCrashLoopAndAMissingImageAreTold(t *testing.T) {
	on(t, nodes)
	s := stack{namespace: newNamespace(t, "broken")}
	s.kubeconfig = inNamespace(t, s.namespace)
	apply(t, s.namespace, broken)
	reason := func(name string) string {
		d, _ := discovered(t, s.kubeconfig)
		for _, e := range d.Engines {
			if e.Name == name {
				return e.Reason
			}
		}
		return ""
	}
	// Which of the two depends on the kubelet's version and on how long it waits.
	eventually(t, "the crash loop is told", func() bool {
		r := reason("vllm")
		return strings.Contains(r, "keeps crashing (restarted ") || strings.Contains(r, "CrashLoopBackOff (restarted ")
	})
	eventually(t, "the missing image is told", func() bool {
		r := reason("tgi")
		return strings.Contains(r, "ImagePullBackOff") || strings.Contains(r, "ErrImagePull")
	})
	o := custom(t, s.kubeconfig)
	if o.code != 1 {
		t.Errorf("exit code %d", o.code)
	}
	says(t, o.err, "none of the engines found in namespace "+s.namespace+" can be measured", "restarted", "exit 2", "--simulate")
}

// While a run goes on through a port-forward, its pod is deleted and another
// comes: the tunnel leads to that one then.
func TestATunnelLeadsToThePodThatTakesOver(t *testing.T) {
	on(t, nodes)
	s := newStack(t)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		time.Sleep(6 * time.Second)
		_ = exec.Command("kubectl", "delete", "pod", "-l", "app=ollama", "-n", s.namespace, "--wait=false", "--grace-period=1").Run() //nolint:noctx // short
	}()
	file := filepath.Join(t.TempDir(), "long.yaml")
	text := "test_scenarios: {ttft: {iterations: 1, warmup_iterations: 0}, load_tests: [{name: long, concurrent_users: 2, duration_seconds: 30, max_tokens: 8}]}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := llmbench(t, s.kubeconfig, "custom", "--config", file, "--services", "ollama", "--via", "port-forward", "-o", "json")
	<-gone
	for _, sc := range summaryOf(t, o).Scenarios {
		if sc.Name != "long" {
			continue
		}
		failed, after := false, false
		for _, p := range sc.Timeline {
			failed = failed || p.Errors > 0
			after = failed && p.Errors == 0 && p.RequestsPerS > 0
		}
		if !failed || !after {
			t.Errorf("requests failed: %t, and succeeded at the end: %t", failed, after)
		}
	}
}

const admitted = `{"status": {"ingress": [{"host": "vllm.apps.rig.test", "routerName": "default", "wildcardPolicy": "None",
 "conditions": [{"type": "Admitted", "status": "True"}]}]}}`

const engines = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: vllm}
spec:
  selector: {matchLabels: {app: vllm}}
  template:
    metadata: {labels: {app: vllm}}
    spec:
      containers:
        - name: server
          image: registry.rig.test/team/inference:1
          imagePullPolicy: Never
          args: [--model, simulated/tiny-7b, --api-key, ""]
          ports: [{name: http, containerPort: 8000}]
          readinessProbe: {httpGet: {path: /health, port: http}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: vllm, labels: {app.kubernetes.io/name: vllm}}
spec: {selector: {app: vllm}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: vllm}
spec: {host: vllm.apps.rig.test, to: {kind: Service, name: vllm}, port: {targetPort: http}, tls: {termination: edge}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tgi}
spec:
  selector: {matchLabels: {app: tgi}}
  template:
    metadata: {labels: {app: tgi}}
    spec:
      containers:
        - name: server
          image: ghcr.io/huggingface/text-generation-inference:3.3.4
          imagePullPolicy: Never
          args: [--model-id, simulated/tiny-7b]
          ports: [{name: http, containerPort: 80}]
          readinessProbe: {httpGet: {path: /health, port: http}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: tgi}
spec: {selector: {app: tgi}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: tgi}
spec:
  ingressClassName: nginx
  rules:
    - host: tgi.apps.rig.test
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: tgi, port: {name: http}}}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ollama}
spec:
  selector: {matchLabels: {app: ollama}}
  template:
    metadata: {labels: {app: ollama}}
    spec:
      containers:
        - name: server
          image: ollama/ollama:0.12.0
          imagePullPolicy: Never
          ports: [{containerPort: 11434}]
          readinessProbe: {httpGet: {path: /, port: 11434}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: ollama}
spec: {selector: {app: ollama}, ports: [{port: 80, targetPort: 11434}]}
`

const broken = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: vllm}
spec:
  selector: {matchLabels: {app: vllm}}
  template:
    metadata: {labels: {app: vllm}}
    spec:
      containers:
        - {name: server, image: "localhost/kubectl-llmbench:rig", imagePullPolicy: Never, args: [simulate, --engine, none], ports: [{containerPort: 8000}], readinessProbe: {httpGet: {path: /health, port: 8000}}}
---
apiVersion: v1
kind: Service
metadata: {name: vllm, labels: {app.kubernetes.io/name: vllm}}
spec: {selector: {app: vllm}, ports: [{port: 8000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tgi}
spec:
  selector: {matchLabels: {app: tgi}}
  template:
    metadata: {labels: {app: tgi}}
    spec:
      containers:
        - {name: server, image: "ghcr.io/huggingface/text-generation-inference:0.0.0", ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: tgi}
spec: {selector: {app: tgi}, ports: [{port: 80}]}
`
