package infra

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	resourcev1 "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func noGPUs(w *world) {
	for i := range w.Inventory.Nodes {
		n := &w.Inventory.Nodes[i]
		delete(n.Status.Capacity, "nvidia.com/gpu")
		delete(n.Status.Allocatable, "nvidia.com/gpu")
	}
}

func hideNodes(w *world) { w.hide("nodes"); w.Inventory.Nodes = nil }

var nodesHidden = []string{"skip nodes: nodes could not be looked at: forbidden; asked for list nodes"}

// takes gives an engine another accelerator than nvidia.com/gpu.
func takes(w *world, name string, what corev1.ResourceName, count string) {
	w.main(name).Resources.Limits = corev1.ResourceList{"memory": resource.MustParse("32Gi"), what: resource.MustParse(count)}
}

// claimed lets an engine claim a device, which is allocated unless it is "".
func claimed(w *world, name, device string) {
	claim := name + "-gpu"
	w.pod(name).Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "gpu", ResourceClaimName: &claim}}
	c := resourcev1.ResourceClaim{ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: claim}}
	if device != "" {
		c.Status.Allocation = &resourcev1.AllocationResult{Devices: resourcev1.DeviceAllocationResult{
			Results: []resourcev1.DeviceRequestAllocationResult{{Driver: "gpu.nvidia.com", Pool: "gpu-1", Device: device}},
		}}
	}
	w.ResourceClaims = append(w.ResourceClaims, c)
}

var gpuRows = []row{
	{"gpu-present", "four", nil, []string{"pass nodes: 4 nodes offer GPUs: gpu-1, gpu-2, gpu-3, gpu-4"}, ""},
	{"gpu-present", "hidden", hideNodes, nodesHidden, ""},
	{"gpu-present", "none", noGPUs, []string{"warn nodes: none of 4 nodes offers a GPU…"}, "helm upgrade --install gpu-operator"},
	{"gpu-present", "no device plugin", func(w *world) { noGPUs(w); w.node("gpu-2").Labels["nvidia.com/gpu.present"] = "true" },
		[]string{"fail node gpu-2: its labels tell of a GPU, and it offers none: its device plugin does not run"}, "spec.nodeName=gpu-2"},

	{"gpu-capacity", "each node's", func(w *world) { w.Inventory.Nodes = w.Inventory.Nodes[:2] }, []string{
		"pass node gpu-1: nvidia.com/gpu (NVIDIA-L4): capacity 1, allocatable 1, requested 1", "pass node gpu-2: nvidia.com/gpu (NVIDIA-L4): capacity 1, allocatable 1, requested 1",
	}, ""},
	{"gpu-capacity", "of all kinds", func(w *world) {
		noGPUs(w)
		for i, name := range []corev1.ResourceName{"nvidia.com/mig-1g.10gb", "amd.com/gpu", "gpu.intel.com/i915", "habana.ai/gaudi"} {
			n := &w.Inventory.Nodes[i]
			n.Labels = nil
			n.Status.Capacity[name], n.Status.Allocatable[name] = resource.MustParse("2"), resource.MustParse("2")
			n.Status.Capacity["gpu.intel.com/i915_monitoring"] = resource.MustParse("1")
		}
		w.hide(kube.EveryPod)
	}, []string{
		"pass node gpu-1: nvidia.com/mig-1g.10gb (product unknown): capacity 2, allocatable 2, requested 0 by the pods that may be seen", "pass node gpu-2: amd.com/gpu (product unknown)…",
		"pass node gpu-3: gpu.intel.com/i915 (product unknown)…", "pass node gpu-4: habana.ai/gaudi (product unknown)…",
	}, ""},
	{"gpu-capacity", "one out of order", func(w *world) { w.node("gpu-1").Status.Capacity["nvidia.com/gpu"] = resource.MustParse("2") },
		[]string{"warn node gpu-1: nvidia.com/gpu (NVIDIA-L4): capacity 2, allocatable 1, requested 1: some are out of order"}, "kubectl describe node gpu-1"},
	{"gpu-capacity", "none", noGPUs, []string{"skip nodes: none of 4 nodes offers a GPU"}, ""},

	{"gpu-sharing", "none", noGPUs, []string{"skip nodes: none of 4 nodes offers a GPU"}, ""},
	{"gpu-sharing", "MPS below an engine", func(w *world) { w.node("gpu-1").Labels["nvidia.com/gpu.sharing-strategy"] = "mps" },
		[]string{"fail node gpu-1: its GPUs are shared between pods (mps), and vllm stands on it…"}, "kubectl label node gpu-1 nvidia.com/device-plugin.config-"},
	{"gpu-sharing", "time-slicing beside", func(w *world) { w.node("gpu-4").Labels["nvidia.com/gpu.replicas"] = "10" },
		[]string{"warn node gpu-4: its GPUs are shared between pods (10 replicas of each)…"}, ""},
	{"gpu-sharing", "by the product", func(w *world) { w.node("gpu-4").Labels["nvidia.com/gpu.product"] = "NVIDIA-L4-SHARED" }, []string{"warn node gpu-4: its GPUs are shared between pods (its product NVIDIA-L4-SHARED)…"}, ""},
	{"gpu-sharing", "by the resource", func(w *world) {
		w.node("gpu-4").Status.Allocatable["nvidia.com/gpu.shared"] = resource.MustParse("4")
	}, []string{"warn node gpu-4: its GPUs are shared between pods (the resource nvidia.com/gpu.shared)…"}, ""},
	{"gpu-sharing", "not shared", func(w *world) {
		w.node("gpu-4").Labels["nvidia.com/gpu.sharing-strategy"], w.node("gpu-4").Labels["nvidia.com/gpu.replicas"] = "none", "1"
	}, nil, ""},

	{"gpu-requested", "nobody may look", noPods, unseenPods, ""},
	{"gpu-requested", "not by one", func(w *world) { delete(w.main("ollama").Resources.Limits, "nvidia.com/gpu") },
		[]string{"fail ollama: it has no GPU, and vllm has 1 nvidia.com/gpu: they cannot be compared"}, `"resources":{"limits":{"nvidia.com/gpu":"1"}}`},
	{"gpu-requested", "by none", func(w *world) {
		for _, name := range []string{"vllm", "tgi", "ollama"} {
			delete(w.main(name).Resources.Limits, "nvidia.com/gpu")
		}
	}, []string{"warn vllm: it asks for no GPU: it runs on CPUs", "warn tgi: it asks…", "warn ollama: it asks…"}, ""},

	{"gpu-product", "hidden", hideNodes, nodesHidden, ""},
	{"gpu-product", "same", nil, []string{"pass vllm, tgi, ollama: the GPU of each is NVIDIA-L4"}, ""},
	{"gpu-product", "another", func(w *world) { w.node("gpu-2").Labels["nvidia.com/gpu.product"] = "NVIDIA-H200" },
		[]string{"fail vllm, tgi, ollama: GPU differs (vllm NVIDIA-L4, tgi NVIDIA-H200, ollama NVIDIA-L4): the difference of the hardware is larger than that of the engines"},
		`kubectl patch deployment/vllm -n team-a -p '{"spec":{"template":{"spec":{"nodeSelector":{"nvidia.com/gpu.product":"NVIDIA-L4"}}}}}'`},
	{"gpu-product", "a slice", func(w *world) { takes(w, "tgi", "nvidia.com/mig-3g.20gb", "1") }, []string{"fail vllm, tgi, ollama: GPU differs (vllm NVIDIA-L4, tgi NVIDIA-L4 MIG 3g.20gb, ollama NVIDIA-L4)…"}, ""},
	{"gpu-product", "replicas on two", func(w *world) {
		w.node("gpu-4").Labels["nvidia.com/gpu.product"] = "NVIDIA-H200"
		w.replica("tgi", "gpu-4")
	}, []string{"fail vllm, tgi, ollama: GPU differs (vllm NVIDIA-L4, tgi NVIDIA-L4 and NVIDIA-H200, ollama NVIDIA-L4)…"}, ""},
	{"gpu-product", "no label", func(w *world) { w.node("gpu-1").Labels = nil }, []string{"skip vllm: no label of its nodes tells (nvidia.com/gpu.product and the like)"}, ""},

	{"gpu-memory", "no GPU", func(w *world) { delete(w.main("vllm").Resources.Limits, "nvidia.com/gpu") }, []string{"skip vllm: it asks for no GPU"}, ""},
	{"gpu-memory", "less", func(w *world) { w.node("gpu-2").Labels["nvidia.com/gpu.memory"] = "40960" }, []string{"warn vllm, tgi, ollama: GPU memory differs (vllm 23034, tgi 40960, ollama 23034): more memory…"}, "nodeSelector"},

	{"gpu-claims", "no such API", func(w *world) {
		w.Skipped = append(w.Skipped, record.Skipped{Source: "resourceclaims", Reason: "this cluster has no resource.k8s.io/v1 API"})
	}, []string{"skip resourceclaims: resourceclaims could not be looked at: this cluster has no resource.k8s.io/v1 API"}, ""},
	{"gpu-claims", "their own", func(w *world) { claimed(w, "vllm", "gpu-a"); claimed(w, "tgi", "gpu-b") }, []string{
		"pass vllm: it has 1 device of its own: gpu.nvidia.com/gpu-1/gpu-a", "pass tgi: it has 1 device of its own: gpu.nvidia.com/gpu-1/gpu-b", "pass ollama: it claims no devices",
	}, ""},
	{"gpu-claims", "made from a template", func(w *world) {
		claimed(w, "vllm", "gpu-a")
		p := w.pod("vllm")
		made, other := "vllm-gpu", "other"
		p.Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "gpu", ResourceClaimTemplateName: &other}}
		p.Status.ResourceClaimStatuses = []corev1.PodResourceClaimStatus{{Name: "nic", ResourceClaimName: &other}, {Name: "gpu", ResourceClaimName: &made}, {Name: "none"}}
		oneEngine(w)
	}, []string{"pass vllm: it has 1 device of its own: gpu.nvidia.com/gpu-1/gpu-a"}, ""},
	{"gpu-claims", "one device", func(w *world) { claimed(w, "vllm", "gpu-a"); claimed(w, "tgi", "gpu-a") },
		[]string{"fail vllm: it and tgi have the same device, gpu.nvidia.com/gpu-1/gpu-a: they take turns on it", "fail tgi: it and vllm have…"}, "kubectl edit deployment/vllm"},
	{"gpu-claims", "not allocated", func(w *world) { claimed(w, "vllm", "") }, []string{"fail vllm: the claim vllm-gpu of pod vllm-0 has no device allocated"}, "kubectl describe resourceclaim vllm-gpu -n team-a"},
	{"gpu-claims", "missing", func(w *world) { claimed(w, "vllm", ""); w.ResourceClaims = nil }, []string{`fail vllm: the claim "vllm-gpu" of pod vllm-0 is not there`}, ""},
}

func init() { tables = append(tables, gpuRows) }

func TestGPU(t *testing.T) { run(t, gpuRows) }
