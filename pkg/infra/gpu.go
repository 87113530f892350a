package infra

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// accelerators begin the names that GPUs and their like are asked for by.
var accelerators = []string{"nvidia.com/gpu", "nvidia.com/mig-", "amd.com/gpu", "gpu.intel.com/", "habana.ai/gaudi"}

// aside are resources with such names that are no devices to compute on:
// Intel's plugin lends a node's counters, and counts parts of a GPU.
var aside = []string{"monitoring", "/millicores", "/memory.max", "/tiles"}

// isGPU says whether a resource is a GPU, or a slice or a share of one.
func isGPU(name corev1.ResourceName) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(string(name), prefix) }
	ends := func(suffix string) bool { return strings.HasSuffix(string(name), suffix) }
	return slices.ContainsFunc(accelerators, begins) && !slices.ContainsFunc(aside, ends)
}

// gpus lists the accelerators of a list by name, those of which there are none too.
func gpus(list corev1.ResourceList) []corev1.ResourceName {
	var found []corev1.ResourceName
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if isGPU(name) {
			found = append(found, name)
		}
	}
	return found
}

// asked is what a pod asks for of one kind of accelerator.
type asked struct {
	resource corev1.ResourceName
	count    int
}

func (a asked) slice() bool { return strings.HasPrefix(string(a.resource), "nvidia.com/mig-") }

// accelerator is what one of the engine's pods asks for; a count of 0 is nothing.
func (e *standing) accelerator() asked {
	total := requestsOf(&e.pods[0].Spec)
	for _, name := range gpus(total) {
		if q := total[name]; q.Value() > 0 {
			return asked{name, int(q.Value())}
		}
	}
	return asked{}
}

// claims says that the engine claims devices by Dynamic Resource Allocation.
func (e *standing) claims() bool { return len(e.pods[0].Spec.ResourceClaims) > 0 }

// productLabels name a node's accelerator: the vendors' feature discovery
// first, then the clouds' own.
var productLabels = []string{
	"nvidia.com/gpu.product", "amd.com/gpu.product-name", "beta.amd.com/gpu.product-name", "gpu.intel.com/product", "habana.ai/hpu.product",
	"cloud.google.com/gke-accelerator", "karpenter.k8s.aws/instance-gpu-name", "k8s.amazonaws.com/accelerator",
}

// memoryLabels give a node's accelerator's memory, in MiB or with a unit.
var memoryLabels = []string{"nvidia.com/gpu.memory", "amd.com/gpu.vram", "beta.amd.com/gpu.vram", "gpu.intel.com/memory", "karpenter.k8s.aws/instance-gpu-memory"}

// label is the first of some labels that a node has.
func label(n *corev1.Node, names []string) string {
	for _, name := range names {
		if v := n.Labels[name]; v != "" {
			return v
		}
	}
	return ""
}

// sharing says how the GPUs of a node are shared between pods, "" where they
// are not, by what NVIDIA's feature discovery writes (gpu.sharing-strategy,
// gpu.replicas and the suffix -SHARED of the product) and by the resource's name.
func sharing(n *corev1.Node) string {
	strategy := n.Labels["nvidia.com/gpu.sharing-strategy"]
	replicas, _ := strconv.Atoi(n.Labels["nvidia.com/gpu.replicas"])
	switch {
	case strategy != "" && strategy != "none":
		return strategy
	case replicas > 1:
		return fmt.Sprintf("%d replicas of each", replicas)
	case strings.HasSuffix(n.Labels["nvidia.com/gpu.product"], "-SHARED"):
		return "its product " + n.Labels["nvidia.com/gpu.product"]
	}
	if q, ok := n.Status.Allocatable["nvidia.com/gpu.shared"]; ok && q.Value() > 0 {
		return "the resource nvidia.com/gpu.shared"
	}
	return ""
}
