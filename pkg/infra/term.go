package infra

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// term is one thing that keeps pods apart: of an anti-affinity, or a topology
// spread constraint.
type term struct {
	selector *metav1.LabelSelector
	key      string
	// namespaces are where it looks for pods; everywhere says that a selector of
	// namespaces, whose labels are not known here, decides instead.
	namespaces []string
	everywhere bool
	// required says that the scheduler keeps to it whatever it costs; spread
	// that it is a constraint of a topology spread.
	required, spread bool
}

// termsOf lists what keeps a pod from others.
func termsOf(p *corev1.Pod) []term {
	var all []term
	if a := p.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		for _, t := range a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
			all = append(all, termOf(t, p.Namespace, true))
		}
		for _, t := range a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			all = append(all, termOf(t.PodAffinityTerm, p.Namespace, false))
		}
	}
	for _, c := range p.Spec.TopologySpreadConstraints {
		all = append(all, term{
			selector: c.LabelSelector, key: c.TopologyKey, namespaces: []string{p.Namespace}, spread: true,
			required: c.WhenUnsatisfiable == corev1.DoNotSchedule && c.MaxSkew <= 1,
		})
	}
	return all
}

func termOf(t corev1.PodAffinityTerm, namespace string, required bool) term {
	own := term{selector: t.LabelSelector, key: t.TopologyKey, namespaces: t.Namespaces, required: required, everywhere: t.NamespaceSelector != nil}
	if len(own.namespaces) == 0 && !own.everywhere {
		own.namespaces = []string{namespace}
	}
	return own
}

// matches says whether a term is about pods with such labels.
func (t term) matches(namespace string, labels map[string]string) bool {
	return (t.everywhere || slices.Contains(t.namespaces, namespace)) && selects(t.selector, labels)
}

// about says whether a term of any engine is about the pods of e.
func (t term) about(e *standing) bool {
	return slices.ContainsFunc(e.pods, func(p *corev1.Pod) bool { return t.matches(p.Namespace, p.Labels) })
}

// String describes a term for a message.
func (t term) String() string {
	kind := "preferred anti-affinity"
	switch {
	case t.spread:
		kind = "topology spread"
	case t.required:
		kind = "required anti-affinity"
	}
	return fmt.Sprintf("%s to %q by %s", kind, metav1.FormatLabelSelector(t.selector), t.key)
}

// remote says whether a term looks at namespaces whose pods are not known.
func (t term) remote(s *site) bool {
	if _, hidden := s.unseen(everyPod); !hidden {
		return false
	}
	own := s.survey.Inventory.Namespace
	return t.everywhere || slices.ContainsFunc(t.namespaces, func(n string) bool { return n != own })
}
