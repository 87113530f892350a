package infra

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/klog/v2"
)

// barred says why the scheduler would not place a pod on a node now, whatever
// room there is; "" where it would.
func barred(p *corev1.PodSpec, n *corev1.Node) string {
	if why := unfit(p, n); why != "" {
		return why
	}
	cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
	if n.Spec.Unschedulable && !tolerates(p, &cordon) {
		return "cordoned"
	}
	if c := nodeCondition(n, corev1.NodeReady); c == nil || c.Status != corev1.ConditionTrue {
		return "not ready"
	}
	for i := range n.Spec.Taints {
		if t := &n.Spec.Taints[i]; repels(p, t) {
			return "the taint " + t.ToString()
		}
	}
	return ""
}

// unfit says why a pod can never be placed on a node: its labels, or a taint
// that somebody put there. What a node's condition causes comes and goes.
func unfit(p *corev1.PodSpec, n *corev1.Node) string {
	if !labels.SelectorFromSet(p.NodeSelector).Matches(labels.Set(n.Labels)) {
		return "without a label of the node selector " + selectorText(p.NodeSelector)
	}
	if a := p.Affinity; a != nil && a.NodeAffinity != nil {
		if wanted := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; wanted != nil && !matchesAny(wanted.NodeSelectorTerms, n) {
			return "outside the required node affinity"
		}
	}
	for i := range n.Spec.Taints {
		if t := &n.Spec.Taints[i]; !strings.HasPrefix(t.Key, "node.kubernetes.io/") && repels(p, t) {
			return "the taint " + t.ToString()
		}
	}
	return ""
}

func repels(p *corev1.PodSpec, t *corev1.Taint) bool {
	return t.Effect != corev1.TaintEffectPreferNoSchedule && !tolerates(p, t)
}

func tolerates(p *corev1.PodSpec, t *corev1.Taint) bool {
	for i := range p.Tolerations {
		if p.Tolerations[i].ToleratesTaint(klog.Logger{}, t, true) {
			return true
		}
	}
	return false
}

// matchesAny says whether one of a node affinity's terms matches; an empty term
// matches no node.
func matchesAny(terms []corev1.NodeSelectorTerm, n *corev1.Node) bool {
	for _, t := range terms {
		if len(t.MatchExpressions)+len(t.MatchFields) > 0 && matchesAll(t.MatchExpressions, labels.Set(n.Labels)) &&
			matchesAll(t.MatchFields, labels.Set(fields.Set{"metadata.name": n.Name})) {
			return true
		}
	}
	return false
}

// operators are those of node affinities by their names in selectors.
var operators = map[corev1.NodeSelectorOperator]selection.Operator{
	corev1.NodeSelectorOpIn: selection.In, corev1.NodeSelectorOpNotIn: selection.NotIn,
	corev1.NodeSelectorOpExists: selection.Exists, corev1.NodeSelectorOpDoesNotExist: selection.DoesNotExist,
	corev1.NodeSelectorOpGt: selection.GreaterThan, corev1.NodeSelectorOpLt: selection.LessThan,
}

func matchesAll(all []corev1.NodeSelectorRequirement, set labels.Set) bool {
	for _, r := range all {
		wanted, err := labels.NewRequirement(r.Key, operators[r.Operator], r.Values)
		if err != nil || !wanted.Matches(set) {
			return false
		}
	}
	return true
}

func nodeCondition(n *corev1.Node, kind corev1.NodeConditionType) *corev1.NodeCondition {
	for i := range n.Status.Conditions {
		if n.Status.Conditions[i].Type == kind {
			return &n.Status.Conditions[i]
		}
	}
	return nil
}
