//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// chartEngines are the charts, whose names are also those of their releases here.
var chartEngines = []string{"vllm", "tgi", "ollama"}

// variants are values to render the charts with. Those under measured are for the
// engines that have metrics and take a Hugging Face token.
var variants = map[string]struct{ values, measured string }{
	"default":   {},
	"simulator": {values: `simulator: {enabled: true}`},
	"openshift": {
		values: `
route: {enabled: true, host: engine.apps.example.test}
networkPolicy: {enabled: true}
nodeSelector: {nvidia.com/gpu.product: NVIDIA-H200}`,
		measured: `huggingFace: {existingSecret: hugging-face}`,
	},
	"guarded": {
		values: `
ingress: {enabled: true, host: engine.example.test, tlsSecret: engine-tls}
networkPolicy: {enabled: true, from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]}
podDisruptionBudget: {enabled: true}`,
		measured: `serviceMonitor: {enabled: true, labels: {release: prometheus}}`,
	},
	"httproute": {values: `
httpRoute: {enabled: true, parentRefs: [{name: inference, namespace: gateways}], hostnames: [engine.example.test]}
service: {port: 8000}`},
	"preferred": {values: `
antiAffinity: {mode: preferred, topologyKey: topology.kubernetes.io/zone, allNamespaces: false}
gpu: {resource: nvidia.com/mig-1g.10gb, count: 2}
tolerations: []
runtimeClassName: nvidia
podSecurityContext: {runAsUser: 1000, fsGroup: 1000}`},
	"existing-claim": {values: `
cache: {existingClaim: models}
serviceAccount: {create: false}
image: {digest: "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
engine: {extraEnv: [{name: ENGINE_KEY, valueFrom: {secretKeyRef: {name: engine, key: key}}}]}`},
}

// valuesOf are a variant's values for one engine.
func valuesOf(variant, engine string) string {
	v := variants[variant]
	if engine == "ollama" {
		return v.values
	}
	return v.values + "\n" + v.measured + "\n"
}

// chart is the folder of a chart.
func chart(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "helm", name))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// helm runs Helm with values, which may be none, and leaves nothing behind.
func helm(t *testing.T, values string, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	if values != "" {
		file := filepath.Join(dir, "values.yaml")
		if err := os.WriteFile(file, []byte(values), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--values", file)
	}
	env := []string{"HELM_CACHE_HOME=" + dir, "HELM_CONFIG_HOME=" + dir, "HELM_DATA_HOME=" + dir}
	return run(t, env, "helm", args...)
}

// rendered is what a chart renders to.
func rendered(t *testing.T, engine, values string, args ...string) string {
	t.Helper()
	o := helm(t, values, append([]string{"template", engine, chart(t, engine), "--namespace", "team-llm"}, args...)...)
	if o.code != 0 {
		t.Fatalf("helm template %s: exit code %d", engine, o.code)
	}
	return o.out
}

// eachVariant runs a test for each chart with each variant of values.
func eachVariant(t *testing.T, test func(t *testing.T, engine, variant string)) {
	t.Helper()
	for _, engine := range chartEngines {
		for variant := range variants {
			t.Run(engine+"/"+variant, func(t *testing.T) { test(t, engine, variant) })
		}
	}
}

func TestChartsRenderToWhatWasRead(t *testing.T) {
	on(t, controlPlane)
	eachVariant(t, func(t *testing.T, engine, variant string) {
		golden.Check(t, filepath.Join("..", "charts", "testdata", engine, variant+".yaml"), []byte(rendered(t, engine, valuesOf(variant, engine))))
	})
}

func TestChartsPassHelmsOwnLint(t *testing.T) {
	on(t, controlPlane)
	eachVariant(t, func(t *testing.T, engine, variant string) {
		if o := helm(t, valuesOf(variant, engine), "lint", "--strict", chart(t, engine)); o.code != 0 {
			t.Errorf("exit code %d", o.code)
		}
	})
	if o := helm(t, "", "lint", "--strict", chart(t, "common")); o.code != 0 {
		t.Errorf("the library: exit code %d", o.code)
	}
}

func TestChartsRefuseWrongValues(t *testing.T) {
	on(t, controlPlane)
	for name, c := range map[string]struct {
		engine, values string
		says           []string
	}{
		"unknown key":          {"vllm", `replica: 2`, []string{"additional properties 'replica' not allowed"}},
		"unknown key below":    {"tgi", `gpu: {cuont: 2}`, []string{"'/gpu'", "additional properties 'cuont' not allowed"}},
		"wrong type":           {"vllm", `engine: {maxModelLen: long}`, []string{"'/engine/maxModelLen'", "got string, want integer"}},
		"out of range":         {"tgi", `engine: {gpuMemoryUtilization: 90}`, []string{"'/engine/gpuMemoryUtilization'", "maximum: got 90, want 1"}},
		"not of the choice":    {"ollama", `antiAffinity: {mode: hard}`, []string{"'/antiAffinity/mode'", "'required', 'preferred', 'none'"}},
		"wrong quantity":       {"vllm", `resources: {limits: {memory: 16GB}}`, []string{"'/resources/limits/memory'", "16GB"}},
		"taken away":           {"vllm", `image: null`, []string{"missing property 'image'"}},
		"another engine's":     {"ollama", `serviceMonitor: {enabled: true}`, []string{"additional properties 'serviceMonitor' not allowed"}},
		"tag latest":           {"vllm", `image: {tag: latest}`, []string{`image.tag is "latest"`, "name a version"}},
		"tag latest of a kind": {"tgi", `image: {tag: latest-rocm}`, []string{`image.tag is "latest-rocm"`}},
		"simulator latest":     {"ollama", `simulator: {image: {tag: latest}}`, []string{`simulator.image.tag is "latest"`}},
		"secret argument":      {"vllm", `engine: {extraArgs: ["--api-key=hunter2"]}`, []string{`"--api-key=..."`, "valueFrom.secretKeyRef"}},
		"ingress for all":      {"tgi", `ingress: {enabled: true}`, []string{"ingress.host"}},
		"route to nowhere":     {"tgi", `httpRoute: {enabled: true}`, []string{"httpRoute.parentRefs"}},
		"claim for one node":   {"vllm", `replicas: 2`, []string{"cache.accessModes=[ReadWriteMany]"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := helm(t, c.values, "template", c.engine, chart(t, c.engine))
			if o.code == 0 {
				t.Fatal("it was rendered")
			}
			says(t, o.err, c.says...)
			if strings.Contains(o.err, "hunter2") {
				t.Error("the key is in the message")
			}
		})
	}
}

// The monitor is asked for where its kind exists, if that is left to the chart.
func TestChartsAskForAMonitorWhereThereAreAny(t *testing.T) {
	on(t, controlPlane)
	const auto = `serviceMonitor: {enabled: auto}`
	for _, engine := range []string{"vllm", "tgi"} {
		if strings.Contains(rendered(t, engine, auto), "kind: ServiceMonitor") {
			t.Errorf("%s: a cluster without the kind gets one", engine)
		}
		if !strings.Contains(rendered(t, engine, auto, "--api-versions", "monitoring.coreos.com/v1/ServiceMonitor"), "kind: ServiceMonitor") {
			t.Errorf("%s: a cluster with the kind gets none", engine)
		}
	}
}

// deploymentOf is the Deployment among what a chart rendered.
func deploymentOf(t *testing.T, text string) appsv1.Deployment {
	t.Helper()
	for document := range strings.SplitSeq(text, "\n---\n") {
		if !strings.Contains(document, "kind: Deployment") {
			continue
		}
		var d appsv1.Deployment
		if err := yaml.UnmarshalStrict([]byte(document), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	t.Fatal("no Deployment was rendered")
	return appsv1.Deployment{}
}

// OpenShift's restricted-v2 has no API here to ask, so that its rules are these:
// no user or group of the chart's own, and volumes of the kinds that it allows.
// What it has in common with Pod Security, the API server judges below.
func TestChartsKeepToOpenShiftsRestrictedV2(t *testing.T) {
	on(t, controlPlane)
	eachVariant(t, func(t *testing.T, engine, variant string) {
		if variant == "preferred" {
			t.Skip("it names a user, for clusters other than OpenShift")
		}
		spec := deploymentOf(t, rendered(t, engine, valuesOf(variant, engine))).Spec.Template.Spec
		if s := spec.SecurityContext; s.RunAsUser != nil || s.RunAsGroup != nil || s.FSGroup != nil || s.SupplementalGroups != nil || s.SELinuxOptions != nil {
			t.Errorf("the pod names users or groups: %+v", s)
		}
		if spec.HostNetwork || spec.HostPID || spec.HostIPC || *spec.AutomountServiceAccountToken {
			t.Error("the pod reaches for its host, or for a token")
		}
		for _, v := range spec.Volumes {
			if v.EmptyDir == nil && v.PersistentVolumeClaim == nil {
				t.Errorf("volume %s is of a kind that is not allowed", v.Name)
			}
		}
		for _, c := range append(spec.InitContainers, spec.Containers...) {
			s := c.SecurityContext
			if s.RunAsUser != nil || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) || s.Capabilities.Add != nil {
				t.Errorf("container %s: %+v", c.Name, s)
			}
		}
	})
}

// The API server takes every object, without a warning of Pod Security's
// restricted level or of a field that it does not know.
func TestChartsAreTakenByTheAPIServer(t *testing.T) {
	on(t, controlPlane)
	namespace := newRestricted(t)
	eachVariant(t, func(t *testing.T, engine, variant string) {
		values := valuesOf(variant, engine)
		if variant == "guarded" && engine != "ollama" {
			values += "serviceMonitor: {enabled: auto}\n"
		}
		file := filepath.Join(t.TempDir(), "objects.yaml")
		text := rendered(t, engine, values, "--validate", "--namespace", namespace)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := run(t, nil, "kubectl", "apply", "--dry-run=server", "--namespace", namespace, "-f", file)
		if o.code != 0 || o.err != "" {
			t.Errorf("exit code %d", o.code)
		}
		if taken := strings.Count(o.out, "(server dry run)"); taken != strings.Count(text, "\nkind: ") {
			t.Errorf("%d objects were taken", taken)
		}
	})
}

// newRestricted is a namespace that takes pods of Pod Security's restricted level
// and warns of others.
func newRestricted(t *testing.T) string {
	t.Helper()
	namespace := newNamespace(t, "team-llm")
	kubectl(t, "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted", "pod-security.kubernetes.io/warn=restricted")
	return namespace
}

// charted is the three charts installed side by side on real nodes, in a
// namespace with a context of its own.
type charted struct{ namespace, kubeconfig string }

// onTheRig are values for engines that the rig has no GPUs, memory or claims for.
const onTheRig = `
simulator:
  enabled: true
  image: {repository: localhost/kubectl-llmbench, tag: rig}
terminationGracePeriodSeconds: 1
`

// newCharted installs the charts as simulators, each of which the scheduler puts
// on a node of its own.
func newCharted(t *testing.T) charted {
	t.Helper()
	c := charted{namespace: newRestricted(t)}
	c.kubeconfig = inNamespace(t, c.namespace)
	c.install(t, map[string]string{"vllm": onTheRig, "tgi": onTheRig, "ollama": onTheRig})
	return c
}

// install installs or upgrades the charts that there are values for, and waits
// until all are ready.
func (c charted) install(t *testing.T, values map[string]string) {
	t.Helper()
	engines := slices.Sorted(maps.Keys(values))
	for _, engine := range engines {
		o := helm(t, values[engine], "upgrade", "--install", engine, chart(t, engine), "--namespace", c.namespace, "--kubeconfig", c.kubeconfig)
		if o.code != 0 {
			t.Fatalf("helm upgrade --install %s: exit code %d", engine, o.code)
		}
		says(t, o.out, "kubectl llmbench quick -n "+c.namespace)
		if strings.Contains(o.err, "PodSecurity") {
			t.Errorf("%s is not of the restricted level", engine)
		}
	}
	// Not one by one: what is old keeps away from what is new.
	for _, engine := range engines {
		kubectl(t, "rollout", "status", "-n", c.namespace, "deployment/"+engine, "--timeout=120s")
	}
}

// squeeze upgrades the charts to stand on one node, without anti-affinity.
func (c charted) squeeze(t *testing.T, node string) {
	t.Helper()
	v := onTheRig + fmt.Sprintf("antiAffinity: {mode: none}\nnodeSelector: {kubernetes.io/hostname: %s}\n", node)
	c.install(t, map[string]string{"vllm": v, "tgi": v, "ollama": v})
}

// nodes are the nodes of the engines' pods that are not on their way out.
func (c charted) nodes(t *testing.T) map[string]string {
	t.Helper()
	var pods corev1.PodList
	text := kubectl(t, "get", "pods", "-n", c.namespace, "-l", "app.kubernetes.io/part-of=llmbench", "-o", "json")
	if err := json.Unmarshal([]byte(text), &pods); err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, p := range pods.Items {
		if engine := p.Labels["llmbench.io/engine"]; p.DeletionTimestamp == nil {
			if at[engine] != "" {
				t.Fatalf("%s has more than one pod", engine)
			}
			at[engine] = p.Spec.NodeName
		}
	}
	return at
}

// found fails the test unless each engine is found behind its Service, and
// answers.
func (c charted) found(t *testing.T, models map[string]string) {
	t.Helper()
	d, _ := discovered(t, c.kubeconfig)
	if len(d.Engines) != len(chartEngines) {
		t.Errorf("found %d engines", len(d.Engines))
	}
	at := c.nodes(t)
	for _, engine := range chartEngines {
		e := engineNamed(t, d, engine)
		if e.Kind != engine || !e.Healthy || e.Info.Node != at[engine] || !slices.Contains(e.Models, models[engine]) {
			t.Errorf("%s: %+v", engine, e)
		}
	}
}

// models are what the charts serve by default.
var models = map[string]string{
	"vllm": "Qwen/Qwen2.5-0.5B-Instruct", "tgi": "Qwen/Qwen2.5-0.5B-Instruct", "ollama": "qwen2.5:0.5b-instruct-fp16",
}

func TestChartsStandApartUntilTheyAreSqueezed(t *testing.T) {
	on(t, nodes)
	c := newCharted(t)
	// The ground is even: what validate-infra has to pass.
	at := c.nodes(t)
	if at["vllm"] == "" || at["vllm"] == at["tgi"] || at["tgi"] == at["ollama"] || at["ollama"] == at["vllm"] {
		t.Errorf("the engines stand on %v", at)
	}
	c.found(t, models)
	even, o := validated(t, c.kubeconfig)
	if o.code != 0 || even.Summary.Fail > 0 || even.Summary.Pass == 0 {
		t.Errorf("the ground is even: exit code %d, %+v", o.code, even.Summary)
	}
	for _, id := range []string{"anti-affinity-declared", "anti-affinity-effective", "anti-affinity-possible", "probes", "pods-ready", "requests-limits", "image-pinned", "fair-model"} {
		expect(t, even, id, record.CheckPass)
	}

	const node = "n1"
	c.squeeze(t, node)
	// And now it is not: what validate-infra has to fail, naming the node.
	for engine, n := range c.nodes(t) {
		if n != node {
			t.Errorf("%s stands on %s", engine, n)
		}
	}
	c.found(t, models)
	squeezed, o := validated(t, c.kubeconfig)
	if o.code != 3 {
		t.Errorf("the engines share a node: exit code %d", o.code)
	}
	for _, check := range expect(t, squeezed, "anti-affinity-effective", record.CheckFail) {
		says(t, check.Message, node)
	}
	expect(t, squeezed, "anti-affinity-declared", record.CheckWarn)
}

// The commands, ports and probes that the charts give the engines themselves, with
// the images that obey them, in the place of a cluster that is not OpenShift.
func TestChartsStartTheEnginesThemselves(t *testing.T) {
	on(t, nodes)
	const values = `
podSecurityContext: {runAsUser: 1000, fsGroup: 1000}
cache: {persistent: false}
resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: "1", memory: 512Mi}}
terminationGracePeriodSeconds: 1
`
	c := charted{namespace: newRestricted(t)}
	c.kubeconfig = inNamespace(t, c.namespace)
	c.install(t, map[string]string{
		"vllm": values,
		"tgi":  values + "image: {tag: 3.3.4}\n",
		// Nothing can be fetched, and the image has no shell to do it with.
		"ollama": values + "model: {pull: false}\nengine: {extraEnv: [{name: SIMULATE_FLAGS, value: --served-model " + models["ollama"] + "}]}\n",
	})
	c.found(t, models)
	v, o := validated(t, c.kubeconfig)
	if o.code != 0 {
		t.Errorf("three engines with a GPU each, on nodes of their own: exit code %d", o.code)
	}
	for _, id := range []string{"gpu-present", "gpu-requested", "anti-affinity-effective", "fair-model", "fair-gpu-count", "room"} {
		expect(t, v, id, record.CheckPass)
	}
}
