package discover

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// info is what a candidate's pods and nodes tell of the engine.
func info(ix *index, c *candidate) record.EngineInfo {
	i := record.EngineInfo{Kind: string(c.kind), Replicas: c.ready()}
	if p := c.firstPod(); p != nil {
		if ct := engineContainer(p, c.container); ct != nil {
			i.Image, i.ImageDigest = ct.Image, imageDigest(p, ct)
			i.Args = redact(slices.Concat(ct.Command, ct.Args))
			i.GPU = gpu(ct, ix.nodes[p.Spec.NodeName])
		}
	}
	nodes := map[string]bool{}
	for _, m := range c.members {
		if m.pod != nil && m.pod.Spec.NodeName != "" && (m.ready || i.Replicas == 0) {
			nodes[m.pod.Spec.NodeName] = true
		}
	}
	i.Node = strings.Join(slices.Sorted(maps.Keys(nodes)), ",")
	return i
}

// engineContainer is the container of a pod that was recognised, or its main
// one where only the Service was.
func engineContainer(p *corev1.Pod, sighted *corev1.Container) *corev1.Container {
	if sighted != nil {
		for i := range p.Spec.Containers {
			if p.Spec.Containers[i].Name == sighted.Name {
				return &p.Spec.Containers[i]
			}
		}
	}
	return mainContainer(p)
}

// imageDigest is the digest of the image that runs, as sha256:…, "" until the
// node has said.
func imageDigest(p *corev1.Pod, c *corev1.Container) string {
	for _, s := range p.Status.ContainerStatuses {
		if s.Name == c.Name {
			if i := strings.LastIndex(s.ImageID, "sha256:"); i >= 0 {
				return s.ImageID[i:]
			}
		}
	}
	return ""
}

// productLabels name a node's accelerator: the vendors' feature discovery
// first, then the clouds' own.
var productLabels = []string{
	"nvidia.com/gpu.product", "amd.com/gpu.product-name", "beta.amd.com/gpu.product-name", "gpu.intel.com/product", "habana.ai/hpu.product",
	"cloud.google.com/gke-accelerator", "karpenter.k8s.aws/instance-gpu-name", "k8s.amazonaws.com/accelerator",
}

// gpu is the accelerator of one replica, nil where it asks for none. A slice of
// a GPU is named with its profile.
func gpu(c *corev1.Container, node *corev1.Node) *record.GPU {
	resource, count := accelerator(c)
	if count == 0 {
		return nil
	}
	g := &record.GPU{Product: productOf(node), Count: count}
	if g.Product == "" {
		g.Product = resource
	} else if profile, ok := strings.CutPrefix(resource, "nvidia.com/mig-"); ok && !strings.Contains(g.Product, "MIG") {
		g.Product += " MIG " + profile
	}
	return g
}

func productOf(node *corev1.Node) string {
	if node == nil {
		return ""
	}
	for _, name := range productLabels {
		if v := node.Labels[name]; v != "" {
			return v
		}
	}
	return ""
}

// nodeLabels are the labels that a comparison of engines may need.
var nodeLabels = slices.Concat(productLabels, []string{
	"node.kubernetes.io/instance-type", "topology.kubernetes.io/region", "topology.kubernetes.io/zone", "kubernetes.io/arch",
	"nvidia.com/gpu.memory", "nvidia.com/gpu.count", "nvidia.com/mig.strategy", "nvidia.com/cuda.driver-version.full",
})

// Nodes describes the nodes that engines stand on, by name, as far as the
// inventory has them.
func Nodes(inv *kube.Inventory, engines []Found) []record.Node {
	stand := map[string]bool{}
	for _, f := range engines {
		for name := range strings.SplitSeq(f.Info.Node, ",") {
			stand[name] = true
		}
	}
	var nodes []record.Node
	for i := range inv.Nodes {
		if stand[inv.Nodes[i].Name] {
			nodes = append(nodes, describeNode(&inv.Nodes[i]))
		}
	}
	slices.SortFunc(nodes, func(a, b record.Node) int { return strings.Compare(a.Name, b.Name) })
	return nodes
}

func describeNode(n *corev1.Node) record.Node {
	d := record.Node{Name: n.Name}
	for _, name := range nodeLabels {
		if v, ok := n.Labels[name]; ok {
			if d.Labels == nil {
				d.Labels = map[string]string{}
			}
			d.Labels[name] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.Status.Allocatable)) {
		q := n.Status.Allocatable[name]
		for _, a := range accelerators {
			if d.GPU == nil && strings.HasPrefix(string(name), a) && q.Value() > 0 {
				d.GPU = &record.GPU{Product: productOf(n), Count: int(q.Value())}
				if d.GPU.Product == "" {
					d.GPU.Product = string(name)
				}
			}
		}
	}
	return d
}
