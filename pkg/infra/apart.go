package infra

import (
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// everyPod is the list of pods that rules on whole nodes need.
const everyPod = kube.EveryPod

// declared looks for what the scheduler is told of each two engines. What one
// of them requires of the other holds both ways, whichever comes first.
func declared(s *site) []record.Check {
	return s.pairs(func(a, b *standing) []record.Check {
		var by *term
		for _, side := range [][2]*standing{{a, b}, {b, a}} {
			for _, t := range termsOf(side[0].pods[0]) {
				if t.about(side[1]) && (by == nil || t.required && !by.required) {
					by = &t
				}
			}
		}
		switch {
		case by == nil:
			return warn(names(a, b), a.keepFrom(b), "nothing tells the scheduler to keep them apart: it may put both on one node at any restart")
		case !by.required:
			return pass(names(a, b), "kept apart where there is room (%s)", by)
		}
		return pass(names(a, b), "kept apart (%s)", by)
	})
}

// keepFrom is a command that adds a required anti-affinity against another
// engine to those there are: a merge would put it in their place.
func (e *standing) keepFrom(other *standing) string {
	spec := &e.pods[0].Spec
	if e.owner.template != nil {
		spec = e.owner.template
	}
	var terms []corev1.PodAffinityTerm
	if a := spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		terms = append(terms, a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution...)
	}
	set := other.distinct()
	if selects(&metav1.LabelSelector{MatchLabels: set}, e.pods[0].Labels) {
		set = other.owner.labels
	}
	own := corev1.PodAffinityTerm{LabelSelector: &metav1.LabelSelector{MatchLabels: set}, TopologyKey: corev1.LabelHostname}
	if other.Namespace != e.Namespace {
		own.Namespaces = []string{other.Namespace}
	}
	text, err := json.Marshal(append(terms, own))
	if err != nil {
		return "# add a required podAntiAffinity against the pods of " + other.name()
	}
	return e.patch(fmt.Sprintf(`{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":%s}}}`, text))
}

// effective looks where the pods stand.
func effective(s *site) []record.Check {
	return s.pairs(func(a, b *standing) []record.Check {
		if shared := sharedNodes(a, b); len(shared) > 0 {
			return fail(names(a, b), a.keepFrom(b), "both stand on node %s: they share its memory, buses and network, and each is measured beside the other", strings.Join(shared, ", "))
		}
		for _, e := range []*standing{a, b} {
			if len(e.stood()) == 0 {
				return skip(names(a, b), "no pod of %s has been placed on a node yet", e.name())
			}
		}
		return pass(names(a, b), "%s on %s, %s on %s", a.name(), strings.Join(a.stood(), ", "), b.name(), strings.Join(b.stood(), ", "))
	})
}

func sharedNodes(a, b *standing) []string {
	var shared []string
	for _, node := range a.stood() {
		for _, other := range b.stood() {
			if node == other {
				shared = append(shared, node)
			}
		}
	}
	return shared
}

// gpuApart tells by the names of resources and the nodes' labels: which board a
// pod was given stands in no object, unless it was claimed.
func gpuApart(s *site) []record.Check {
	return s.pairs(func(a, b *standing) []record.Check {
		of, with := a.accelerator(), b.accelerator()
		shared := sharedNodes(a, b)
		switch {
		case of.count == 0:
			return skip(names(a, b), "%s asks for no GPU by a resource", a.name())
		case with.count == 0:
			return skip(names(a, b), "%s asks for no GPU by a resource", b.name())
		case len(a.stood()) == 0 || len(b.stood()) == 0:
			return skip(names(a, b), "not all have been placed on a node yet")
		case len(shared) == 0:
			return pass(names(a, b), "their GPUs are on different nodes")
		}
		for _, name := range shared {
			if n := s.nodes[name]; n != nil {
				if how := sharing(n); how != "" {
					return fail(names(a, b), a.keepFrom(b), "both are on node %s, whose GPUs are shared by %s: they may take turns on one GPU", name, how)
				}
			}
		}
		if of.slice() && with.slice() {
			return warn(names(a, b), a.keepFrom(b), "both have MIG slices on node %s, perhaps of one board, which no object tells: they would share its power and memory clocks", strings.Join(shared, ", "))
		}
		if s.nodes[shared[0]] == nil {
			return skip(names(a, b), "both are on node %s, whose labels could not be looked at: its GPUs may be shared", shared[0])
		}
		return pass(names(a, b), "each has GPUs of its own on node %s, by its device plugin's count", strings.Join(shared, ", "))
	})
}
