package infra

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// requestsOf is what the scheduler reserves for a pod: the sum of its
// containers and of the init containers that stay beside them, or what the
// start takes where that is more, and its overhead. A request for the whole
// pod stands in place of its containers' (KEP-2837, KEP-753).
func requestsOf(p *corev1.PodSpec) corev1.ResourceList {
	total, start, beside := corev1.ResourceList{}, corev1.ResourceList{}, corev1.ResourceList{}
	for i := range p.InitContainers {
		c := &p.InitContainers[i]
		own := requestOf(c)
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			add(beside, own)
			atLeast(start, beside)
			continue
		}
		add(own, beside)
		atLeast(start, own)
	}
	for i := range p.Containers {
		add(total, requestOf(&p.Containers[i]))
	}
	add(total, beside)
	atLeast(total, start)
	if p.Resources != nil {
		for name, q := range p.Resources.Requests {
			total[name] = q.DeepCopy()
		}
	}
	add(total, p.Overhead)
	return total
}

// requestOf copies a container's requests, with its limits for those it lacks,
// as the API server does.
func requestOf(c *corev1.Container) corev1.ResourceList {
	own := corev1.ResourceList{}
	add(own, c.Resources.Limits)
	for name, q := range c.Resources.Requests {
		own[name] = q.DeepCopy()
	}
	return own
}

func add(to, more corev1.ResourceList) {
	for name, q := range more {
		sum := to[name].DeepCopy()
		sum.Add(q)
		to[name] = sum
	}
}

func atLeast(to, other corev1.ResourceList) {
	for name, q := range other {
		if have, ok := to[name]; !ok || have.Cmp(q) < 0 {
			to[name] = q.DeepCopy()
		}
	}
}

// used is what the known pods of a node have reserved.
func (s *site) used(node string) corev1.ResourceList {
	total := corev1.ResourceList{corev1.ResourcePods: *resource.NewQuantity(int64(len(s.places[node])), resource.DecimalSI)}
	for _, p := range s.places[node] {
		add(total, requestsOf(&p.Spec))
	}
	return total
}
