package infra

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

func unplaced(w *world) { w.pod("tgi").Spec.NodeName = "" }

var nodeRows = []row{
	{"node-ready", "ready", oneEngine, []string{"pass vllm: gpu-1: ready"}, ""},
	{"node-ready", "hidden", hideNodes, nodesHidden, ""},
	{"node-ready", "not placed", unplaced, []string{"skip tgi: no pod of it has been placed on a node yet"}, ""},
	{"node-ready", "gone", func(w *world) { w.Inventory.Nodes = w.Inventory.Nodes[1:] }, []string{"skip vllm: node gpu-1 is not among those listed"}, ""},
	{"node-ready", "not ready", func(w *world) {
		w.node("gpu-1").Status.Conditions[0] = corev1.NodeCondition{Type: corev1.NodeReady, Status: corev1.ConditionUnknown, Message: "Kubelet stopped posting node status."}
	}, []string{"fail vllm: node gpu-1 is not ready: Kubelet stopped posting node status."}, "kubectl describe node gpu-1"},

	{"node-pressure", "hidden", hideNodes, nodesHidden, ""},
	{"node-pressure", "memory", func(w *world) {
		n := w.node("gpu-1")
		n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionTrue, Reason: "KubeletHasInsufficientMemory"},
			corev1.NodeCondition{Type: corev1.NodeDiskPressure, Status: corev1.ConditionFalse})
	}, []string{"fail vllm: node gpu-1 has MemoryPressure: KubeletHasInsufficientMemory"}, "kubectl describe node gpu-1"},

	{"node-cordoned", "hidden", hideNodes, nodesHidden, ""},
	{"node-cordoned", "cordoned", func(w *world) { w.node("gpu-2").Spec.Unschedulable = true }, []string{"warn tgi: node gpu-2 is cordoned…"}, "kubectl uncordon gpu-2"},
	{"node-cordoned", "about to go", func(w *world) {
		w.node("gpu-2").Spec.Taints = []corev1.Taint{{Key: "karpenter.sh/disrupted", Effect: corev1.TaintEffectNoSchedule}}
	}, []string{"warn tgi: node gpu-2 is about to be removed (taint karpenter.sh/disrupted)"}, ""},

	{"node-neighbours", "nobody may look", func(w *world) { w.hide(kube.EveryPod) }, []string{"skip pods of all namespaces: pods of all namespaces could not be looked at…"}, ""},
	{"node-neighbours", "heavy", func(w *world) { w.stranger("gpu-3", "4") }, []string{"warn ollama: pod team-b/stranger beside it on node gpu-3 requests 4 of the 16 of cpu"}, "kubectl describe pod stranger -n team-b"},
	{"node-neighbours", "light", func(w *world) { w.stranger("gpu-3", "3") }, nil, ""},
	{"node-neighbours", "elsewhere", func(w *world) { w.stranger("gpu-4", "8") }, nil, ""},
	{"node-neighbours", "on every node", func(w *world) {
		w.stranger("gpu-3", "8")
		yes := true
		w.EveryPod[0].OwnerReferences = []metav1.OwnerReference{{Kind: "DaemonSet", Controller: &yes}}
	}, nil, ""},
	{"node-neighbours", "over", func(w *world) { w.stranger("gpu-3", "8"); w.EveryPod[0].Status.Phase = corev1.PodSucceeded }, nil, ""},
	{"node-neighbours", "with a GPU", func(w *world) {
		w.stranger("gpu-3", "1")
		w.EveryPod[0].Spec.Containers[0].Resources.Requests["nvidia.com/gpu"] = onePod
	}, []string{"warn ollama: pod team-b/stranger beside it on node gpu-3 requests 1 nvidia.com/gpu"}, ""},
}

func init() { tables = append(tables, nodeRows) }

func TestNodes(t *testing.T) { run(t, nodeRows) }
