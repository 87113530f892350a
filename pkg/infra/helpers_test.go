package infra

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// team is the namespace of what the builders build, now the time there.
const team = "team-a"

var now = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// world is a ground to change.
type world struct {
	Ground
	*kube.Survey
}

// even is a ground on which every rule passes that can look at it: three
// engines, each on a node with one GPU, and a fourth such node.
func even() *world {
	w := &world{Survey: &kube.Survey{
		Inventory: &kube.Inventory{Namespace: team, Requests: 9},
		Cluster:   &record.Cluster{Version: "v1.35.1", Platform: "OpenShift"},
		Namespace: &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: team}, Status: corev1.NamespaceStatus{Phase: corev1.NamespaceActive}},
		Requests:  13,
		Access:    []kube.Decision{{Permission: kube.ListPermissions()[0], Namespace: team, Allowed: true}},
		PriorityClasses: []schedulingv1.PriorityClass{{
			ObjectMeta: metav1.ObjectMeta{Name: "system-node-critical"}, Value: 2e9,
		}},
	}}
	w.Ground = Ground{Survey: w.Survey, Now: now, Worker: map[string]string{"app": "worker"}}
	for i := range 4 {
		w.Inventory.Nodes = append(w.Inventory.Nodes, newNode(fmt.Sprintf("gpu-%d", i+1)))
	}
	w.add("vllm", "gpu-1", engine.VLLM, corev1.Container{
		Image: "vllm/vllm-openai:v0.11.0", Ports: ports(8000),
		Args: []string{"--model=Qwen/Qwen2.5-0.5B-Instruct", "--dtype", "bfloat16", "--max-model-len=4096", "--max-num-seqs=16", "--gpu-memory-utilization=0.9"},
	})
	w.add("tgi", "gpu-2", engine.TGI, corev1.Container{
		Image: "ghcr.io/huggingface/text-generation-inference:3.3.4", Ports: ports(80),
		Env: []corev1.EnvVar{{Name: "MODEL_ID", Value: "Qwen/Qwen2.5-0.5B-Instruct"}, {Name: "DTYPE", Value: "float16"}, {Name: "MAX_TOTAL_TOKENS", Value: "4096"}, {Name: "MAX_CONCURRENT_REQUESTS", Value: "16"}, {Name: "CUDA_MEMORY_FRACTION", Value: "0.90"}},
	})
	w.add("ollama", "gpu-3", engine.Ollama, corev1.Container{
		Image: "ollama/ollama:0.12.3", Ports: ports(11434),
		Env: []corev1.EnvVar{{Name: "OLLAMA_NUM_PARALLEL", Value: "16"}, {Name: "OLLAMA_CONTEXT_LENGTH", Value: "4096"}},
	})
	w.engine("ollama").Models = []string{"nomic-embed-text:latest", "qwen2.5:0.5b-instruct-fp16"}
	return w
}

func ports(n int32) []corev1.ContainerPort {
	return []corev1.ContainerPort{{Name: "http", ContainerPort: n}}
}

func newNode(name string) corev1.Node {
	list := corev1.ResourceList{
		"cpu": resource.MustParse("16"), "memory": resource.MustParse("64Gi"), "pods": resource.MustParse("20"), "nvidia.com/gpu": resource.MustParse("1"),
	}
	return corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelHostname: name, "nvidia.com/gpu.product": "NVIDIA-L4", "nvidia.com/gpu.memory": "23034",
		}},
		Status: corev1.NodeStatus{
			Capacity: list.DeepCopy(), Allocatable: list,
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
		},
	}
}

// add adds an engine: a Deployment with one pod, a Service and a budget.
func (w *world) add(name, node string, kind engine.Kind, c corev1.Container) {
	c.Name = "server"
	c.ReadinessProbe = &corev1.Probe{}
	c.Resources = corev1.ResourceRequirements{
		Requests: corev1.ResourceList{"cpu": resource.MustParse("8"), "memory": resource.MustParse("32Gi")},
		Limits:   corev1.ResourceList{"memory": resource.MustParse("32Gi"), "nvidia.com/gpu": resource.MustParse("1")},
	}
	c.Env = append(c.Env, corev1.EnvVar{Name: "HF_TOKEN", ValueFrom: &corev1.EnvVarSource{}}) // hides no other setting
	labels := map[string]string{"app": name, "role": "engine"}
	spec := corev1.PodSpec{Containers: []corev1.Container{c}, Affinity: &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
			TopologyKey: corev1.LabelHostname, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"role": "engine"}},
		}},
	}}}
	one, yes := int32(1), true
	meta := metav1.ObjectMeta{Namespace: team, Name: name, Labels: labels}
	w.Deployments = append(w.Deployments, appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{
		Replicas: &one, Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: *spec.DeepCopy()},
	}})
	spec.NodeName = node
	podLabels := maps.Clone(labels)
	podLabels["pod-template-hash"] = "abc"
	w.Inventory.Pods = append(w.Inventory.Pods, corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: team, Name: name + "-0", Labels: podLabels,
			OwnerReferences: []metav1.OwnerReference{{Kind: "ReplicaSet", Name: name + "-abc", Controller: &yes}},
		},
		Spec: spec,
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
			ContainerStatuses: []corev1.ContainerStatus{{Name: "server", ImageID: "docker.io/x@sha256:" + name}}},
	})
	w.Inventory.Services = append(w.Inventory.Services, corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": name}}})
	w.Inventory.EndpointSlices = append(w.Inventory.EndpointSlices, discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: name + "-x", Labels: map[string]string{discoveryv1.LabelServiceName: name}},
		Endpoints:  []discoveryv1.Endpoint{{Addresses: []string{"10.0.0.1"}}},
	})
	w.Budgets = append(w.Budgets, policyv1.PodDisruptionBudget{ObjectMeta: meta, Spec: policyv1.PodDisruptionBudgetSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}}})
	w.Engines = append(w.Engines, Engine{
		DiscoveredEngine: record.DiscoveredEngine{
			Engine: name, Kind: string(kind), Name: name, Namespace: team, URL: "https://" + name + ".example", Via: "route", TLS: true, Healthy: true,
			Info: record.EngineInfo{Image: c.Image},
		},
		Pods: []string{name + "-0"}, Services: []string{name},
	})
	if w.Certificates == nil {
		w.Certificates = map[string]time.Time{}
	}
	w.Certificates[name+".example"] = now.AddDate(0, 3, 0)
}

func (w *world) engine(name string) *Engine {
	return &w.Engines[slices.IndexFunc(w.Engines, func(e Engine) bool { return e.Engine == name })]
}

// pod is the first pod of an engine.
func (w *world) pod(name string) *corev1.Pod {
	return &w.Inventory.Pods[slices.IndexFunc(w.Inventory.Pods, func(p corev1.Pod) bool { return p.Name == name+"-0" })]
}

func (w *world) main(name string) *corev1.Container { return &w.pod(name).Spec.Containers[0] }

func (w *world) node(name string) *corev1.Node {
	return &w.Inventory.Nodes[slices.IndexFunc(w.Inventory.Nodes, func(n corev1.Node) bool { return n.Name == name })]
}

// replica gives an engine one more pod.
func (w *world) replica(name, node string) *corev1.Pod {
	p := w.pod(name).DeepCopy()
	p.Name, p.Spec.NodeName = fmt.Sprintf("%s-%d", name, len(w.engine(name).Pods)), node
	w.Inventory.Pods = append(w.Inventory.Pods, *p)
	w.engine(name).Pods = append(w.engine(name).Pods, p.Name)
	return &w.Inventory.Pods[len(w.Inventory.Pods)-1]
}

// stranger is a pod beside the engines.
func (w *world) stranger(node, cpu string) {
	w.EveryPod = append(w.EveryPod, corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "team-b", Name: "stranger", Labels: map[string]string{"app": "stranger"}},
		Spec: corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse(cpu)}},
		}}},
	})
}

// hide makes a kind of object unseen.
func (w *world) hide(kind string) {
	w.Skipped = append(w.Skipped, record.Skipped{Source: kind, Reason: "forbidden; asked for list " + kind, Forbidden: true})
}

// set replaces an argument of vllm or a variable of another engine.
func (w *world) set(name, setting, value string) {
	c := w.main(name)
	for i := range c.Args {
		if head, _, _ := strings.Cut(c.Args[i], "="); head == setting {
			c.Args[i] = setting + "=" + value
			return
		}
	}
	for i := range c.Env {
		if c.Env[i].Name == setting {
			c.Env[i].Value = value
			return
		}
	}
	if strings.HasPrefix(setting, "-") {
		c.Args = append(c.Args, setting+"="+value)
	} else {
		c.Env = append(c.Env, corev1.EnvVar{Name: setting, Value: value})
	}
}

// unset takes a variable or an argument away.
func (w *world) unset(name, setting string) {
	c := w.main(name)
	c.Args = slices.DeleteFunc(c.Args, func(a string) bool { head, _, _ := strings.Cut(a, "="); return head == setting })
	c.Env = slices.DeleteFunc(c.Env, func(v corev1.EnvVar) bool { return v.Name == setting })
}

// row is one rule on one ground.
type row struct {
	rule, name string
	change     func(*world)
	// want are the checks, as "status subject: message"; a message that ends in
	// … may go on. Where it has no pass, those that pass are not compared.
	want []string
	// remedy is a part of the first check's remedy.
	remedy string
}

// tables are the rows of all files.
var tables [][]row

func (r row) checks() []record.Check {
	w := even()
	if r.change != nil {
		r.change(w)
	}
	if w.Survey != nil && len(w.EveryPod) > 0 {
		w.EveryPod = append(w.EveryPod, w.Inventory.Pods...)
	}
	w.Ground.Survey = w.Survey
	var found []record.Check
	for _, c := range Validate(w.Ground, Options{}) {
		if c.ID == r.rule {
			found = append(found, c)
		}
	}
	return found
}

func run(t *testing.T, rows []row) {
	for _, r := range rows {
		t.Run(r.rule+"/"+r.name, func(t *testing.T) {
			found := r.checks()
			if !slices.ContainsFunc(r.want, func(w string) bool { return strings.HasPrefix(w, "pass ") }) {
				found = slices.DeleteFunc(found, func(c record.Check) bool { return c.Status == record.CheckPass })
			}
			var got []string
			for i, c := range found {
				text := fmt.Sprintf("%s %s: %s", c.Status, c.Subject, c.Message)
				if i < len(r.want) {
					if begin, more := strings.CutSuffix(r.want[i], "…"); more && strings.HasPrefix(text, begin) {
						text = r.want[i]
					}
				}
				got = append(got, text)
				checkRemedy(t, c)
			}
			if diff := cmp.Diff(r.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(found) > 0 && !strings.Contains(found[0].Remedy, r.remedy) {
				t.Errorf("remedy %q\nlacks %q", found[0].Remedy, r.remedy)
			}
		})
	}
}

// checkRemedy holds remedies to what can be pasted: each warning and failure has
// one, with no verb of a format left over, and what a patch merges is JSON.
func checkRemedy(t *testing.T, c record.Check) {
	t.Helper()
	broken := c.Status == record.CheckWarn || c.Status == record.CheckFail
	if broken == (c.Remedy == "") {
		t.Errorf("%s: remedy %q", c.Status, c.Remedy)
	}
	for _, text := range []string{c.Message, c.Remedy} {
		if strings.Contains(text, "%!") || strings.Contains(text, "<nil>") {
			t.Errorf("left over: %q", text)
		}
	}
	for line := range strings.Lines(c.Remedy) {
		if _, patch, ok := strings.Cut(strings.TrimSpace(line), " -p '"); ok {
			if text, whole := strings.CutSuffix(patch, "'"); !whole || !json.Valid([]byte(text)) {
				t.Errorf("no JSON: %s", line)
			}
		}
	}
}
