package infra

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// free takes every anti-affinity away.
func free(w *world) {
	for i := range w.Inventory.Pods {
		w.Inventory.Pods[i].Spec.Affinity = nil
		w.Deployments[i].Spec.Template.Spec.Affinity = nil
	}
}

// only gives vllm alone an anti-affinity.
func only(change func(*corev1.PodAntiAffinity)) func(*world) {
	return func(w *world) {
		free(w)
		a := &corev1.PodAntiAffinity{}
		change(a)
		w.pod("vllm").Spec.Affinity = &corev1.Affinity{PodAntiAffinity: a}
	}
}

func against(key string, labels map[string]string) corev1.PodAffinityTerm {
	return corev1.PodAffinityTerm{TopologyKey: key, LabelSelector: &metav1.LabelSelector{MatchLabels: labels}}
}

func require(terms ...corev1.PodAffinityTerm) func(*world) {
	return only(func(a *corev1.PodAntiAffinity) { a.RequiredDuringSchedulingIgnoredDuringExecution = terms })
}

var engines = map[string]string{"role": "engine"}

func spread(key string, how corev1.UnsatisfiableConstraintAction) func(*world) {
	return func(w *world) {
		free(w)
		w.pod("vllm").Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: key, WhenUnsatisfiable: how, LabelSelector: &metav1.LabelSelector{MatchLabels: engines},
		}}
	}
}

func squeeze(w *world) { w.pod("tgi").Spec.NodeName = "gpu-1" }

func oneEngine(w *world) { w.Engines = w.Engines[:1] }

var alone = []string{"skip engines: there is one engine, and nothing to compare it with"}

var apartRows = []row{
	{"anti-affinity-declared", "required", nil, []string{
		`pass vllm, tgi: kept apart (required anti-affinity to "role=engine" by kubernetes.io/hostname)`,
		`pass vllm, ollama: kept apart (required anti-affinity to "role=engine" by kubernetes.io/hostname)`,
		`pass tgi, ollama: kept apart (required anti-affinity to "role=engine" by kubernetes.io/hostname)`,
	}, ""},
	{"anti-affinity-declared", "one engine", oneEngine, alone, ""},
	{"anti-affinity-declared", "preferred by one", only(func(a *corev1.PodAntiAffinity) {
		a.PreferredDuringSchedulingIgnoredDuringExecution = []corev1.WeightedPodAffinityTerm{{PodAffinityTerm: against(corev1.LabelHostname, map[string]string{"app": "tgi"})}}
	}), []string{
		`pass vllm, tgi: kept apart where there is room (preferred anti-affinity to "app=tgi" by kubernetes.io/hostname)`,
		"warn vllm, ollama: nothing tells the scheduler to keep them apart…", "warn tgi, ollama: nothing tells the scheduler to keep them apart…",
	}, ""},
	{"anti-affinity-declared", "spread", spread(corev1.LabelHostname, corev1.DoNotSchedule), []string{
		`pass vllm, tgi: kept apart (topology spread to "role=engine" by kubernetes.io/hostname)`,
		`pass vllm, ollama: kept apart (topology spread to "role=engine" by kubernetes.io/hostname)`, "warn tgi, ollama: nothing tells…",
	}, ""},
	{"anti-affinity-declared", "not at all", free, []string{"warn vllm, tgi: nothing tells…", "warn vllm, ollama: nothing tells…", "warn tgi, ollama: nothing tells…"},
		`kubectl patch deployment/vllm -n team-a -p '{"spec":{"template":{"spec":{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"app":"tgi"}},"topologyKey":"kubernetes.io/hostname"}]}}}}}}'`},
	{"anti-affinity-declared", "replicas only", require(against(corev1.LabelHostname, map[string]string{"app": "vllm"})),
		[]string{"warn vllm, tgi: nothing tells…", "warn vllm, ollama: nothing tells…", "warn tgi, ollama: nothing tells…"}, ""},
	{"anti-affinity-declared", "in another namespace", require(corev1.PodAffinityTerm{TopologyKey: corev1.LabelHostname, Namespaces: []string{"team-b"}, LabelSelector: &metav1.LabelSelector{}}),
		[]string{"warn vllm, tgi: nothing tells…", "warn vllm, ollama: nothing tells…", "warn tgi, ollama: nothing tells…"}, ""},
	{"anti-affinity-declared", "nobody may look", noPods, unseenPods, ""},

	{"anti-affinity-effective", "apart", nil, []string{"pass vllm, tgi: vllm on gpu-1, tgi on gpu-2", "pass vllm, ollama: vllm on gpu-1, ollama on gpu-3", "pass tgi, ollama: tgi on gpu-2, ollama on gpu-3"}, ""},
	{"anti-affinity-effective", "one engine", oneEngine, alone, ""},
	{"anti-affinity-effective", "on one node", squeeze, []string{"fail vllm, tgi: both stand on node gpu-1…"},
		`"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"role":"engine"}},"topologyKey":"kubernetes.io/hostname"},{"labelSelector":{"matchLabels":{"app":"tgi"}}`},
	{"anti-affinity-effective", "a replica", func(w *world) { w.replica("ollama", "gpu-1") }, []string{"fail vllm, ollama: both stand on node gpu-1…"}, ""},
	{"anti-affinity-effective", "not placed", func(w *world) { w.pod("tgi").Spec.NodeName = "" },
		[]string{"skip vllm, tgi: no pod of tgi has been placed on a node yet", "skip tgi, ollama: no pod of tgi has been placed on a node yet"}, ""},

	{"gpu-apart", "on one node", squeeze, []string{
		"pass vllm, tgi: each has GPUs of its own on node gpu-1, by its device plugin's count", "pass vllm, ollama: their GPUs are on different nodes", "pass tgi, ollama: their GPUs are on different nodes",
	}, ""},
	{"gpu-apart", "time-slicing", func(w *world) {
		squeeze(w)
		w.node("gpu-1").Labels["nvidia.com/gpu.sharing-strategy"] = "time-slicing"
	}, []string{"fail vllm, tgi: both are on node gpu-1, whose GPUs are shared by time-slicing…"}, "podAntiAffinity"},
	{"gpu-apart", "slices", func(w *world) {
		squeeze(w)
		for _, name := range []string{"vllm", "tgi"} {
			w.main(name).Resources.Limits = corev1.ResourceList{"nvidia.com/mig-1g.10gb": resource.MustParse("1")}
		}
	}, []string{"warn vllm, tgi: both have MIG slices on node gpu-1, perhaps of one board, which no object tells…"}, ""},
	{"gpu-apart", "no GPU", func(w *world) { delete(w.main("vllm").Resources.Limits, "nvidia.com/gpu") },
		[]string{"skip vllm, tgi: vllm asks for no GPU by a resource", "skip vllm, ollama: vllm asks for no GPU by a resource"}, ""},
	{"gpu-apart", "on a node that nobody may see", func(w *world) { squeeze(w); w.hide("nodes"); w.Inventory.Nodes = nil },
		[]string{"skip vllm, tgi: both are on node gpu-1, whose labels could not be looked at: its GPUs may be shared"}, ""},

	{"anti-affinity-terms", "none", free, []string{
		"skip vllm: it has no anti-affinity and no topology spread", "skip tgi: it has no anti-affinity and no topology spread", "skip ollama: it has no anti-affinity and no topology spread",
	}, ""},
	{"anti-affinity-terms", "a slip of the pen", func(w *world) {
		w.pod("vllm").Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0].LabelSelector.MatchLabels = map[string]string{"role": "engin"}
	}, []string{`warn vllm: required anti-affinity to "role=engin" by kubernetes.io/hostname matches no pod…`}, "kubectl get pods -n team-a --show-labels\nkubectl edit deployment/vllm -n team-a"},
	{"anti-affinity-terms", "no selector", func(w *world) {
		w.pod("vllm").Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0].LabelSelector = nil
	}, []string{`warn vllm: required anti-affinity to "<none>" by kubernetes.io/hostname matches no pod…`}, ""},
	{"anti-affinity-terms", "elsewhere", func(w *world) {
		require(corev1.PodAffinityTerm{TopologyKey: "x", NamespaceSelector: &metav1.LabelSelector{}, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "stranger"}}})(w)
		w.stranger("gpu-4", "1")
	}, []string{"pass vllm: each of 1 term matches pods", "skip tgi: it has no…", "skip ollama: it has no…"}, ""},
	{"anti-affinity-terms", "where nobody may look", func(w *world) {
		require(corev1.PodAffinityTerm{TopologyKey: "x", Namespaces: []string{"team-b"}, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "stranger"}}})(w)
		w.hide(kube.EveryPod)
	}, []string{`skip vllm: required anti-affinity to "app=stranger" by x matches no pod that can be seen, and looks at others: forbidden…`, "skip tgi: it has no…", "skip ollama: it has no…"}, ""},

	{"anti-affinity-possible", "nothing required", only(func(*corev1.PodAntiAffinity) {}), []string{
		"skip vllm: it requires nothing…", "skip tgi: it requires nothing…", "skip ollama: it requires nothing…",
	}, ""},
	{"anti-affinity-possible", "nodes hidden", func(w *world) { w.hide("nodes") }, []string{"skip nodes: nodes could not be looked at…"}, ""},
	{"anti-affinity-possible", "two nodes for three", func(w *world) { w.Inventory.Nodes = w.Inventory.Nodes[:2] }, []string{
		"fail vllm: vllm, tgi, ollama and whoever else excludes it need 3 places told apart by kubernetes.io/hostname, and the nodes that suit have 2",
		"fail tgi: tgi, vllm, ollama and whoever…", "fail ollama: ollama, vllm, tgi and whoever…",
	}, "kubectl edit deployment/vllm"},
	{"anti-affinity-possible", "more replicas than nodes", func(w *world) { *w.Deployments[0].Spec.Replicas = 3 }, []string{
		"fail vllm: vllm, tgi, ollama and whoever else excludes it need 5 places told apart by kubernetes.io/hostname, and the nodes that suit have 4", "fail tgi: tgi, vllm…", "fail ollama: ollama, vllm…",
	}, ""},
	{"anti-affinity-possible", "one excludes the others", func(w *world) {
		require(against(corev1.LabelHostname, engines))(w)
		w.Inventory.Nodes = w.Inventory.Nodes[:1]
	}, []string{"fail vllm: vllm, tgi and whoever else excludes it need 2 places told apart by kubernetes.io/hostname, and the nodes that suit have 1", "skip tgi: it requires…", "skip ollama: it requires…"}, ""},
	{"anti-affinity-possible", "each key for itself", func(w *world) {
		require(against(corev1.LabelHostname, map[string]string{"app": "tgi"}), against("zone", map[string]string{"app": "vllm"}))(w)
		*w.Deployments[0].Spec.Replicas = 2
		w.Inventory.Nodes = w.Inventory.Nodes[:2]
		for i := range w.Inventory.Nodes {
			w.Inventory.Nodes[i].Labels["zone"] = w.Inventory.Nodes[i].Name
		}
	}, []string{"pass vllm: each of 2 required terms can be met on the nodes there are", "skip tgi: it requires…", "skip ollama: it requires…"}, ""},
	{"anti-affinity-possible", "taints leave two", func(w *world) {
		for _, name := range []string{"gpu-3", "gpu-4"} {
			w.node(name).Spec.Taints = []corev1.Taint{{Key: "team", Value: "b", Effect: corev1.TaintEffectNoSchedule}}
		}
	}, []string{"fail vllm: vllm, tgi, ollama and whoever else excludes it need 3 places…", "fail tgi: tgi…", "fail ollama: ollama…"}, ""},
	{"anti-affinity-possible", "a node that is away for now", func(w *world) {
		w.node("gpu-4").Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeUnreachable, Effect: corev1.TaintEffectNoExecute}}
		w.node("gpu-3").Spec.Unschedulable = true
	}, nil, ""},
	{"anti-affinity-possible", "a key that no node has", require(against("rack", engines)), []string{
		`fail vllm: required anti-affinity to "role=engine" by rack: no node that suits it has the label rack, so that it keeps nothing apart`, "skip tgi: it requires…", "skip ollama: it requires…",
	}, "kubectl label node gpu-1 rack=gpu-1\n"},
	{"anti-affinity-possible", "a spread over such a key", spread("rack", corev1.DoNotSchedule), []string{
		`fail vllm: topology spread to "role=engine" by rack: no node that suits it has the label rack, so that its pods are not placed`, "skip tgi: it requires…", "skip ollama: it requires…",
	}, ""},
	{"anti-affinity-possible", "no node at all", func(w *world) { w.pod("vllm").Spec.NodeSelector = map[string]string{"gpu": "h200"} },
		[]string{"fail vllm: no node ever takes its pods: their node selector, node affinity and tolerations suit none of 4 nodes"}, ""},
}

func init() { tables = append(tables, apartRows) }

func TestApart(t *testing.T) { run(t, apartRows) }
