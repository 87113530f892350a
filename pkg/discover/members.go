package discover

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

// member is one pod behind a Service.
type member struct {
	name string
	// pod is nil where pods may not be listed.
	pod   *corev1.Pod
	ready bool
}

// backend is what stands behind a Service.
type backend struct {
	members []member // by name
	// others counts ready endpoints that are no pods.
	others int
	// ports maps the names of the Service's ports to those of the endpoints.
	ports map[string]int32
	// blind says that nothing could be seen behind the Service.
	blind bool
}

// behind finds the pods of a Service by its endpoint slices and, where there
// are none, by its selector.
func (ix *index) behind(s *corev1.Service) backend {
	if list := ix.slices[key{s.Namespace, s.Name}]; len(list) > 0 {
		return ix.fromSlices(s, list)
	}
	b := backend{ports: map[string]int32{}}
	for _, p := range ix.selected(s.Namespace, s.Spec.Selector) {
		if !over(p) {
			b.members = append(b.members, member{name: p.Name, pod: p, ready: isReady(p)})
		}
	}
	b.blind = len(b.members) == 0 && ix.unseen("endpointslices") && (ix.unseen("pods") || len(s.Spec.Selector) == 0)
	sortMembers(b.members)
	return b
}

func (ix *index) fromSlices(s *corev1.Service, list []*discoveryv1.EndpointSlice) backend {
	b := backend{ports: map[string]int32{}}
	seen := map[string]int{}
	for _, slice := range list {
		for _, p := range slice.Ports {
			if p.Port != nil {
				b.ports[value(p.Name)] = *p.Port
			}
		}
		for _, e := range slice.Endpoints {
			ready := e.Conditions.Ready == nil || *e.Conditions.Ready
			if e.TargetRef == nil || e.TargetRef.Kind != "Pod" {
				if ready {
					b.others++
				}
				continue
			}
			name := e.TargetRef.Name
			if i, twice := seen[name]; twice { // one slice an address family
				b.members[i].ready = b.members[i].ready || ready
				continue
			}
			seen[name] = len(b.members)
			b.members = append(b.members, member{name: name, pod: ix.pods[key{s.Namespace, name}], ready: ready})
		}
	}
	sortMembers(b.members)
	return b
}

func sortMembers(m []member) {
	slices.SortFunc(m, func(a, b member) int { return cmp.Compare(a.name, b.name) })
}

// readyNames lists the ready pods.
func readyNames(members []member) []string {
	var names []string
	for _, m := range members {
		if m.ready {
			names = append(names, m.name)
		}
	}
	return names
}

// target is the port of the pods that a Service's port leads to, 0 where it
// cannot be told.
func (b backend) target(p corev1.ServicePort) int32 {
	if port, ok := b.ports[p.Name]; ok {
		return port
	}
	if name := p.TargetPort.StrVal; name != "" {
		for _, m := range b.members {
			if port := namedPort(m.pod, name); port != 0 {
				return port
			}
		}
		return 0
	}
	return cmp.Or(p.TargetPort.IntVal, p.Port)
}

func namedPort(p *corev1.Pod, name string) int32 {
	if p == nil {
		return 0
	}
	for _, c := range p.Spec.Containers {
		for _, port := range c.Ports {
			if port.Name == name {
				return port.ContainerPort
			}
		}
	}
	return 0
}

// over says that a pod has ended and will not serve again.
func over(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed || p.DeletionTimestamp != nil
}

func isReady(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// value is what a pointer points to, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
