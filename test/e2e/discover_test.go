//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// small is a run that is over in a moment.
const small = `
test_scenarios:
  ttft: {iterations: 3, warmup_iterations: 1, max_tokens: 4}
  load_tests: [{name: chat, concurrent_users: 2, duration_seconds: 2, max_tokens: 8}]
`

// summaryOf reads the summary that a run printed as JSON.
func summaryOf(t *testing.T, o outcome) record.Summary {
	t.Helper()
	var s record.Summary
	if err := json.Unmarshal([]byte(o.out), &s); err != nil {
		t.Fatalf("read the summary: %v", err)
	}
	return s
}

// custom runs the small run.
func custom(t *testing.T, kubeconfig string, args ...string) outcome {
	t.Helper()
	file := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(file, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	return llmbench(t, kubeconfig, append([]string{"custom", "--config", file, "-o", "json"}, args...)...)
}

func TestEnginesAreFoundAndMeasuredByPortForward(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm", "tgi", "ollama")
	kubeconfig := inNamespace(t, f.namespace)

	d, o := discovered(t, kubeconfig)
	if len(d.Engines) != 3 {
		t.Fatalf("found %d engines, want 3", len(d.Engines))
	}
	for i, kind := range []string{"vllm", "tgi", "ollama"} {
		e := d.Engines[i]
		if e.Engine != kind || e.Kind != kind || e.Name != kind || e.Via != "port-forward" || !e.Healthy || !e.RTTMS.Known() || e.Version == "" || len(e.Models) == 0 {
			t.Errorf("engine %d: %+v", i, e)
		}
		if e.Info.Node != f.namespace || e.Info.GPU == nil || e.Info.GPU.Product != "NVIDIA-H200" || e.Info.Replicas != 1 || e.Info.Image != images[kind] {
			t.Errorf("%s stands on %+v", kind, e.Info)
		}
	}
	if strings.Contains(o.out, "do-not-show-this") {
		t.Error("a key of the pod's arguments was printed")
	}
	if names := llmbench(t, kubeconfig, "discover-services", "-o", "name"); names.out != "vllm\ntgi\nollama\n" {
		t.Errorf("names: %q", names.out)
	}

	measured := custom(t, kubeconfig)
	if measured.code != 0 {
		t.Fatalf("the run: exit code %d", measured.code)
	}
	s := summaryOf(t, measured)
	if s.Environment.Cluster == nil || !strings.HasPrefix(s.Environment.Cluster.Version, "v1.") || len(s.Environment.Nodes) != 1 {
		t.Errorf("environment: %+v", s.Environment)
	}
	for _, e := range s.Environment.Engines {
		if e.Via != "port-forward" || !e.TunnelOverheadMS.Known() || e.Tunnel == nil || e.Tunnel.RoundTripsPerS.Or(0) <= 0 {
			t.Errorf("%s does not tell of its tunnel: %+v", e.Engine, e)
		}
	}
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			if e.Succeeded == 0 || e.Failed > 0 || e.Via != "port-forward" || e.Clocks[record.ClockUser] != e.Requests {
				t.Errorf("%s in %s: %+v", e.Engine, sc.Name, e)
			}
		}
	}
	says(t, measured.err, "vllm: "+f.namespace+"/vllm by port-forward")
	if strings.Contains(measured.out, "do-not-show-this") {
		t.Error("a key of the pod's arguments is in the results")
	}
}

func TestServicesPicksEngines(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm", "ollama")
	kubeconfig := inNamespace(t, f.namespace)
	o := custom(t, kubeconfig, "--services", "vllm-mine="+f.namespace+"/vllm", "--dry-run")
	var plan record.Plan
	if err := json.Unmarshal([]byte(o.out), &plan); err != nil || len(plan.Engines) != 1 || plan.Engines[0].Engine != "vllm-mine" {
		t.Errorf("plan: %+v, %v", plan.Engines, err)
	}
	if o := custom(t, kubeconfig, "--services", "tgi", "--dry-run"); o.code != 2 {
		t.Errorf("an engine that is not there: exit code %d", o.code)
	} else {
		says(t, o.err, "tgi", "vllm", "ollama")
	}
	if o := llmbench(t, kubeconfig, "discover-services", "-l", "app=ollama", "-o", "name"); o.out != "ollama\n" {
		t.Errorf("with a selector: %q", o.out)
	}
}

func TestWhatIsWrongIsSaidInASentence(t *testing.T) {
	on(t, controlPlane)
	empty := newNamespace(t, "empty")
	t.Run("empty namespace", func(t *testing.T) {
		kubeconfig := inNamespace(t, empty)
		o := llmbench(t, kubeconfig, "discover-services")
		if o.code != 0 || o.out != "" || o.err != "No engines found in namespace "+empty+".\n" {
			t.Errorf("discover-services: %+v", o)
		}
		measured := custom(t, kubeconfig)
		if measured.code != 1 {
			t.Errorf("exit code %d", measured.code)
		}
		says(t, measured.err, "none was found in namespace "+empty, "--url", "--simulate")
	})
	t.Run("namespace that is not there", func(t *testing.T) {
		o := llmbench(t, inNamespace(t, "nowhere"), "discover-services")
		if o.code != 0 {
			t.Errorf("exit code %d", o.code)
		}
		says(t, o.err, "No engines found in namespace nowhere.")
	})
	t.Run("API server down", func(t *testing.T) {
		o := custom(t, config(t, []string{"set-cluster", clusterName(t), "--server", "https://127.0.0.1:1"}))
		if o.code != 1 || strings.Count(o.err, "\n") != 1 {
			t.Errorf("exit code %d, %d lines", o.code, strings.Count(o.err, "\n"))
		}
		says(t, o.err, "https://127.0.0.1:1", "--simulate", "--url")
	})
	t.Run("token of an account that is gone", func(t *testing.T) {
		kubectl(t, "create", "serviceaccount", "gone", "-n", empty)
		kubeconfig := asServiceAccount(t, empty, "gone")
		kubectl(t, "delete", "serviceaccount", "gone", "-n", empty)
		var o outcome
		eventually(t, "the token is refused", func() bool {
			o = llmbench(t, kubeconfig, "discover-services")
			return strings.Contains(o.err, "refused the credentials")
		})
		if o.code != 1 || strings.Count(o.err, "\n") != 1 {
			t.Errorf("exit code %d", o.code)
		}
		says(t, o.err, "log in again")
	})
	t.Run("wrong context", func(t *testing.T) {
		o := llmbench(t, os.Getenv("KUBECONFIG"), "quick", "--context", "stage")
		if o.code != 2 {
			t.Errorf("exit code %d", o.code)
		}
		says(t, o.err, `context "stage" does not exist`)
	})
}

// clusterName is the name that the rig's kubeconfig gives its cluster.
func clusterName(t *testing.T) string {
	t.Helper()
	return kubectl(t, "config", "view", "--minify", "-o", "jsonpath={.clusters[0].name}")
}

func TestEnginesThatCannotBeReachedAreListedWithTheReason(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "vllm", "tgi")
	kubeconfig := inNamespace(t, f.namespace)

	// A pod in a crash loop, as a kubelet reports it.
	apply(t, f.namespace, strings.ReplaceAll(crashing, "NAMESPACE", f.namespace))
	eventually(t, "the crash loop is told", func() bool {
		run(t, nil, "kubectl", "patch", "pod", "ollama-0", "-n", f.namespace, "--subresource=status", "--type=merge", "-p", crashed)
		d, _ := discovered(t, kubeconfig)
		return len(d.Engines) == 3 && strings.Contains(engineNamed(t, d, "ollama").Reason, "CrashLoopBackOff")
	})
	// A Service whose selector matches nothing, and a Route that no router took.
	apply(t, f.namespace, lost)
	kubectl(t, "patch", "route", "tgi", "-n", f.namespace, "--subresource=status", "--type=merge", "-p", notAdmitted)

	d, _ := discovered(t, kubeconfig)
	if e := engineNamed(t, d, "ollama"); e.Healthy || e.URL != "" {
		t.Errorf("ollama: %+v", e)
	} else {
		says(t, e.Reason, "ollama-0", "CrashLoopBackOff", "7")
	}
	if e := engineNamed(t, d, "vllm-lost"); e.Healthy || e.URL != "" {
		t.Errorf("vllm-lost: %+v", e)
	} else {
		says(t, e.Reason, "app=vllm-lost")
	}
	tgi := engineNamed(t, d, "tgi")
	if route := way(t, tgi, "route"); route.Status != record.CandidateRefused {
		t.Errorf("the Route that was not admitted: %+v", route)
	} else {
		says(t, route.Reason, "a host with that name is taken")
	}
	if tgi.Via != "port-forward" || !tgi.Healthy {
		t.Errorf("tgi: %+v", tgi)
	}

	o := custom(t, kubeconfig)
	if o.code != 1 {
		t.Errorf("exit code %d, though two engines were left out", o.code)
	}
	says(t, o.err, "2 of 4 engines gave no result", "CrashLoopBackOff")
	if s := summaryOf(t, o); len(s.Environment.Engines) != 2 {
		t.Errorf("measured %+v", s.Environment.Engines)
	}
}

const crashing = `
apiVersion: v1
kind: Pod
metadata: {name: ollama-0, labels: {app: ollama}}
spec:
  nodeName: NAMESPACE
  containers: [{name: ollama, image: "ollama/ollama:0.12.0", ports: [{containerPort: 11434}]}]
---
apiVersion: v1
kind: Service
metadata: {name: ollama}
spec: {selector: {app: ollama}, ports: [{port: 11434}]}
`

const crashed = `{"status": {"phase": "Running",
 "conditions": [{"type": "Ready", "status": "False"}, {"type": "ContainersReady", "status": "False"}],
 "containerStatuses": [{"name": "ollama", "image": "ollama/ollama:0.12.0", "imageID": "", "ready": false, "restartCount": 7,
  "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}},
  "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]}}`

const lost = `
apiVersion: v1
kind: Service
metadata: {name: vllm-lost, labels: {app.kubernetes.io/name: vllm}}
spec: {selector: {app: vllm-lost}, ports: [{port: 8000}]}
---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: tgi}
spec: {host: tgi.apps.example.test, to: {kind: Service, name: tgi}, tls: {termination: edge}}
`

const notAdmitted = `{"status": {"ingress": [{"host": "tgi.apps.example.test", "routerName": "default",
 "conditions": [{"type": "Admitted", "status": "False", "reason": "HostAlreadyClaimed", "message": "a host with that name is taken"}]}]}}`

func TestAnOpenShiftClusterIsTold(t *testing.T) {
	on(t, controlPlane)
	f := newFleet(t, "tgi")
	apply(t, f.namespace, lost)
	kubectl(t, "patch", "route", "tgi", "-n", f.namespace, "--subresource=status", "--type=merge",
		"-p", strings.NewReplacer(`"status": "False"`, `"status": "True"`).Replace(notAdmitted))
	d, _ := discovered(t, inNamespace(t, f.namespace))
	if d.Cluster == nil || d.Cluster.Platform != "OpenShift" {
		t.Errorf("cluster: %+v", d.Cluster)
	}
	route := way(t, engineNamed(t, d, "tgi"), "route")
	if route.URL != "https://tgi.apps.example.test" || route.Status != record.CandidateFailed || route.Object != "route/tgi" {
		t.Errorf("an admitted Route whose host resolves nowhere: %+v", route)
	}
}
