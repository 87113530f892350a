package infra

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// inOrder are the nodes by name.
func (s *site) inOrder() []*corev1.Node {
	var all []*corev1.Node
	for _, name := range slices.Sorted(maps.Keys(s.nodes)) {
		all = append(all, s.nodes[name])
	}
	return all
}

// present are labels by which a node says that it holds a GPU, whether or not
// a device plugin offers it.
var present = []string{"nvidia.com/gpu.present", "feature.node.kubernetes.io/pci-10de.present", "feature.node.kubernetes.io/pci-0302_10de.present", "feature.node.kubernetes.io/pci-0300_1002.present", "amd.com/gpu.present"}

func gpuPresent(s *site) []record.Check {
	var with []string
	var found []record.Check
	for _, n := range s.inOrder() {
		switch {
		case len(gpus(n.Status.Capacity)) > 0:
			with = append(with, n.Name)
		case label(n, present) == "true":
			found = append(found, fail("node "+n.Name, "kubectl get pods -A -o wide --field-selector spec.nodeName="+n.Name+"\nhelm upgrade --install gpu-operator gpu-operator --repo https://helm.ngc.nvidia.com/nvidia -n gpu-operator --create-namespace",
				"its labels tell of a GPU, and it offers none: its device plugin does not run")...)
		}
	}
	if len(with) > 0 {
		return append(pass("nodes", "%s offer GPUs: %s", plural(len(with), "node", "nodes"), strings.Join(with, ", ")), found...)
	}
	if len(found) > 0 {
		return found
	}
	return warn("nodes", "helm upgrade --install gpu-operator gpu-operator --repo https://helm.ngc.nvidia.com/nvidia -n gpu-operator --create-namespace",
		"none of %s offers a GPU: engines run on CPUs, and what is measured tells little of GPUs", plural(len(s.nodes), "node", "nodes"))
}

// gpuCapacity counts each node's accelerators. What is allocatable is less than
// the capacity where a device plugin found some to be broken.
func gpuCapacity(s *site) []record.Check {
	var all []record.Check
	for _, n := range s.inOrder() {
		for _, name := range gpus(n.Status.Capacity) {
			whole, left := n.Status.Capacity[name], n.Status.Allocatable[name]
			if whole.Value() == 0 {
				continue
			}
			about := fmt.Sprintf("%s (%s): capacity %s, allocatable %s, %s", name, cmp.Or(label(n, productLabels), "product unknown"), whole.String(), left.String(), s.requested(n.Name, name))
			if left.Cmp(whole) < 0 {
				all = append(all, warn("node "+n.Name, fmt.Sprintf("kubectl describe node %s\nkubectl get events -A --field-selector involvedObject.name=%s", n.Name, n.Name), "%s: some are out of order", about)...)
				continue
			}
			all = append(all, pass("node "+n.Name, "%s", about)...)
		}
	}
	if len(all) == 0 {
		return skip("nodes", "none of %s offers a GPU", plural(len(s.nodes), "node", "nodes"))
	}
	return all
}

// requested says how many are taken, as far as pods are known.
func (s *site) requested(node string, name corev1.ResourceName) string {
	q := s.used(node)[name]
	text := fmt.Sprintf("requested %d", q.Value())
	if _, hidden := s.unseen(everyPod); hidden {
		return text + " by the pods that may be seen"
	}
	return text
}

// gpuSharing fails where an engine stands on a shared GPU, and warns of others.
func gpuSharing(s *site) []record.Check {
	var found []record.Check
	withGPU := 0
	for _, n := range s.inOrder() {
		if len(gpus(n.Status.Capacity)) == 0 {
			continue
		}
		withGPU++
		how := sharing(n)
		if how == "" {
			continue
		}
		const remedy = "# switch sharing off for the node, in the device plugin's configuration\nkubectl label node %s nvidia.com/device-plugin.config-"
		var here []*standing
		for _, e := range s.podded() {
			if slices.Contains(e.stood(), n.Name) && e.accelerator().count > 0 {
				here = append(here, e)
			}
		}
		if len(here) > 0 {
			found = append(found, fail("node "+n.Name, fmt.Sprintf(remedy, n.Name), "its GPUs are shared between pods (%s), and %s stands on it: what is measured depends on who else computes", how, names(here...))...)
		} else {
			found = append(found, warn("node "+n.Name, fmt.Sprintf(remedy, n.Name), "its GPUs are shared between pods (%s): an engine placed there could not be compared", how)...)
		}
	}
	if withGPU == 0 {
		return skip("nodes", "none of %s offers a GPU", plural(len(s.nodes), "node", "nodes"))
	}
	return orPass(found, "nodes", "no label of %s with GPUs tells of time-slicing or MPS", plural(withGPU, "node", "nodes"))
}
