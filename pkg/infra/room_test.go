package infra

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

func quota(change func(*corev1.ResourceQuota), pairs ...string) func(*world) {
	return func(w *world) {
		q := corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: "team"}, Status: corev1.ResourceQuotaStatus{Hard: corev1.ResourceList{}, Used: corev1.ResourceList{}}}
		for i := 0; i < len(pairs); i += 3 {
			name := corev1.ResourceName(pairs[i])
			q.Status.Used[name], q.Status.Hard[name] = resource.MustParse(pairs[i+1]), resource.MustParse(pairs[i+2])
		}
		if change != nil {
			change(&q)
		}
		w.Quotas = append(w.Quotas, q)
	}
}

func limitRange(kind corev1.LimitType, name corev1.ResourceName, most string) func(*world) {
	return func(w *world) {
		w.LimitRanges = append(w.LimitRanges, corev1.LimitRange{ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: "team"}, Spec: corev1.LimitRangeSpec{
			Limits: []corev1.LimitRangeItem{{Type: kind, Max: corev1.ResourceList{name: resource.MustParse(most)}}},
		}})
	}
}

// full changes something about three engines, and looks at vllm alone.
func full(change func(*world)) func(*world) {
	return func(w *world) { change(w); oneEngine(w) }
}

func taint(key string, effect corev1.TaintEffect) func(*world) {
	return func(w *world) { w.node("gpu-4").Spec.Taints = []corev1.Taint{{Key: key, Effect: effect}} }
}

var roomRows = []row{
	{"room", "a free node", oneEngine, []string{"pass vllm: a further pod fits on gpu-4"}, ""},
	{"room", "hidden", hideNodes, nodesHidden, ""},
	{"room", "pods of others hidden", func(w *world) { w.hide(kube.EveryPod) }, []string{"skip pods of all namespaces: pods of all namespaces could not be looked at…"}, ""},
	{"room", "a stranger", full(func(w *world) { w.stranger("gpu-4", "10") }),
		[]string{"warn vllm: no further pod fits now: gpu-1, gpu-2, gpu-3: a pod that its anti-affinity excludes; gpu-4: too little cpu (6 of 16 free, 8 needed)"}, "kubectl describe nodes"},
	{"room", "no GPU left, without anti-affinity", full(func(w *world) { free(w); w.Inventory.Nodes = w.Inventory.Nodes[:1] }),
		[]string{"warn vllm: no further pod fits now: gpu-1: too little nvidia.com/gpu (0 of 1 free, 1 needed)"}, ""},
	{"room", "no pod more", full(func(w *world) { w.node("gpu-4").Status.Allocatable["pods"] = resource.MustParse("0") }),
		[]string{"warn vllm: no further pod fits now: gpu-1, gpu-2, gpu-3: a pod that its anti-affinity excludes; gpu-4: too little pods (0 of 0 free, 1 needed)"}, ""},
	{"room", "cordoned", full(func(w *world) { w.node("gpu-4").Spec.Unschedulable = true }), []string{"warn vllm: no further pod fits now: gpu-1, gpu-2, gpu-3: a pod that its anti-affinity excludes; gpu-4: cordoned"}, ""},
	{"room", "not ready", full(func(w *world) { w.node("gpu-4").Status.Conditions = nil }), []string{"warn vllm: no further pod fits now: gpu-1, gpu-2, gpu-3: a pod that its anti-affinity excludes; gpu-4: not ready"}, ""},
	{"room", "tainted", full(taint("team", corev1.TaintEffectNoExecute)), []string{"warn vllm: no further pod fits now: gpu-1, gpu-2, gpu-3: a pod that its anti-affinity excludes; gpu-4: the taint team:NoExecute"}, ""},
	{"room", "tainted by its condition", full(taint(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule)), []string{"warn vllm: no further pod fits now: gpu-1, gpu-2, gpu-3: a pod that its anti-affinity excludes; gpu-4: the taint node.kubernetes.io/disk-pressure:NoSchedule"}, ""},
	{"room", "tainted a little", full(taint("team", corev1.TaintEffectPreferNoSchedule)), []string{"pass vllm: a further pod fits on gpu-4"}, ""},
	{"room", "tolerated", full(func(w *world) {
		taint("team", corev1.TaintEffectNoSchedule)(w)
		w.pod("vllm").Spec.Tolerations = []corev1.Toleration{{Key: "team", Operator: corev1.TolerationOpExists}}
	}), []string{"pass vllm: a further pod fits on gpu-4"}, ""},
	{"room", "another node is meant", full(func(w *world) { w.pod("vllm").Spec.NodeSelector = map[string]string{"disk": "ssd"} }), []string{"warn vllm: no further pod fits now: 4 nodes: without a label of the node selector disk=ssd"}, ""},
	{"room", "kept off by others", full(func(w *world) { w.pod("vllm").Spec.Affinity = nil; w.replica("tgi", "gpu-4") }),
		[]string{"warn vllm: no further pod fits now: gpu-2, gpu-3, gpu-4: a pod whose anti-affinity excludes it; gpu-1: too little nvidia.com/gpu (0 of 1 free, 1 needed)"}, ""},

	{"room", "many reasons", full(func(w *world) {
		w.Inventory.Nodes = w.Inventory.Nodes[:1]
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			n := newNode(name)
			n.Spec.Taints = []corev1.Taint{{Key: name, Effect: corev1.TaintEffectNoSchedule}}
			w.Inventory.Nodes = append(w.Inventory.Nodes, n)
		}
	}), []string{"warn vllm: no further pod fits now: gpu-1: a pod that its anti-affinity excludes; a: the taint a:NoSchedule; b: the taint b:NoSchedule; c: the taint c:NoSchedule; d: the taint d:NoSchedule; e: the taint e:NoSchedule; and 1 more"}, ""},

	{"room-quota", "none", oneEngine, []string{"pass vllm: namespace team-a has no quota"}, ""},
	{"room-quota", "hidden", func(w *world) { w.hide("resourcequotas") }, []string{"skip resourcequotas: resourcequotas could not…"}, ""},
	{"room-quota", "room", full(quota(nil, "requests.nvidia.com/gpu", "3", "4", "limits.memory", "96Gi", "128Gi", "services", "9", "9")), []string{"pass vllm: a further pod fits 1 quota"}, ""},
	{"room-quota", "none left", full(quota(nil, "requests.nvidia.com/gpu", "3", "3", "cpu", "20", "24", "pods", "3", "9")),
		[]string{"warn vllm: quota team does not let a further pod in: cpu has 20 of 24 used, 8 needed, requests.nvidia.com/gpu has 3 of 3 used, 1 needed"}, "kubectl describe quota team -n team-a"},
	{"room-quota", "of a scope", full(quota(func(q *corev1.ResourceQuota) {
		q.Spec.Scopes = []corev1.ResourceQuotaScope{corev1.ResourceQuotaScopeBestEffort}
	}, "pods", "1", "1")),
		[]string{"skip vllm: quota team counts only pods of a scope, which is not looked at"}, ""},

	{"room-limits", "none", oneEngine, []string{"pass vllm: namespace team-a has no limit range"}, ""},
	{"room-limits", "hidden", func(w *world) { w.hide("limitranges") }, []string{"skip limitranges: limitranges could not…"}, ""},
	{"room-limits", "within", full(limitRange(corev1.LimitTypeContainer, "cpu", "8")), []string{"pass vllm: a further pod keeps 1 limit range"}, ""},
	{"room-limits", "a container above", full(limitRange(corev1.LimitTypeContainer, "cpu", "4")), []string{"warn vllm: limit range team does not let a further pod in: server has 8 of cpu, at most 4"}, "kubectl edit limitrange team -n team-a"},
	{"room-limits", "the pod above", full(limitRange(corev1.LimitTypePod, "memory", "16Gi")), []string{"warn vllm: limit range team does not let a further pod in: its pod has 32Gi of memory, at most 16Gi"}, ""},
}

func init() { tables = append(tables, roomRows) }

func TestRoom(t *testing.T) { run(t, roomRows) }

func TestRequestsOf(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	container := func(cpu string, beside bool) corev1.Container {
		c := corev1.Container{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse(cpu)}}}
		if beside {
			c.RestartPolicy = &always
		}
		return c
	}
	for name, tt := range map[string]struct {
		spec corev1.PodSpec
		want string
	}{
		"containers add up":                  {corev1.PodSpec{Containers: []corev1.Container{container("1", false), container("2", false)}}, "3"},
		"the start takes more":               {corev1.PodSpec{InitContainers: []corev1.Container{container("5", false), container("4", false)}, Containers: []corev1.Container{container("1", false)}}, "5"},
		"a sidecar stays":                    {corev1.PodSpec{InitContainers: []corev1.Container{container("1", true), container("2", false)}, Containers: []corev1.Container{container("4", false)}}, "5"},
		"a sidecar counts in the start":      {corev1.PodSpec{InitContainers: []corev1.Container{container("1", true), container("7", false)}, Containers: []corev1.Container{container("4", false)}}, "8"},
		"one that starts later does not yet": {corev1.PodSpec{InitContainers: []corev1.Container{container("7", false), container("1", true)}, Containers: []corev1.Container{container("4", false)}}, "7"},
		"overhead":                           {corev1.PodSpec{Containers: []corev1.Container{container("1", false)}, Overhead: corev1.ResourceList{"cpu": resource.MustParse("250m")}}, "1250m"},
		"for the whole pod": {corev1.PodSpec{
			Containers: []corev1.Container{container("1", false)}, Resources: &corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("6")}},
		}, "6"},
		"limits alone": {corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("3")}}}}}, "3"},
	} {
		before := tt.spec.DeepCopy()
		got := requestsOf(&tt.spec)["cpu"]
		if got.String() != tt.want {
			t.Errorf("%s: %s, want %s", name, got.String(), tt.want)
		}
		if !cmp.Equal(*before, tt.spec) {
			t.Errorf("%s: the pod was changed", name)
		}
	}
}

func TestNodeAffinity(t *testing.T) {
	n := newNode("gpu-1")
	n.Labels["gpus"] = "4"
	is := func(key string, op corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: op, Values: values}
	}
	expressions := func(all ...corev1.NodeSelectorRequirement) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchExpressions: all}
	}
	for name, tt := range map[string]struct {
		terms []corev1.NodeSelectorTerm
		want  bool
	}{
		"in":              {[]corev1.NodeSelectorTerm{expressions(is("gpus", "In", "2", "4"))}, true},
		"not in":          {[]corev1.NodeSelectorTerm{expressions(is("gpus", "NotIn", "4"))}, false},
		"exists":          {[]corev1.NodeSelectorTerm{expressions(is("gpus", "Exists"), is("none", "DoesNotExist"))}, true},
		"greater":         {[]corev1.NodeSelectorTerm{expressions(is("gpus", "Gt", "3"))}, true},
		"less":            {[]corev1.NodeSelectorTerm{expressions(is("gpus", "Lt", "3"))}, false},
		"not a number":    {[]corev1.NodeSelectorTerm{expressions(is("gpus", "Gt", "x"))}, false},
		"no such":         {[]corev1.NodeSelectorTerm{expressions(is("gpus", "Like", "4"))}, false},
		"all of a term":   {[]corev1.NodeSelectorTerm{expressions(is("gpus", "Exists"), is("none", "Exists"))}, false},
		"one of terms":    {[]corev1.NodeSelectorTerm{expressions(is("none", "Exists")), expressions(is("gpus", "Exists"))}, true},
		"an empty term":   {[]corev1.NodeSelectorTerm{{}}, false},
		"the node's name": {[]corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{is("metadata.name", "In", "gpu-1")}}}, true},
	} {
		p := corev1.PodSpec{Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: tt.terms}}}}
		if got := unfit(&p, &n) == ""; got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
