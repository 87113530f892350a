package infra

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// ofNodes applies a look to each node that an engine stands on.
func ofNodes(s *site, e *standing, well string, look func(*corev1.Node) []record.Check) []record.Check {
	stood := e.stood()
	if len(stood) == 0 {
		return skip(e.name(), "no pod of it has been placed on a node yet")
	}
	var found []record.Check
	var seen []string
	for _, name := range stood {
		if n := s.nodes[name]; n != nil {
			seen = append(seen, name)
			found = append(found, look(n)...)
		} else {
			found = append(found, skip(e.name(), "node %s is not among those listed", name)...)
		}
	}
	return orPass(found, e.name(), "%s: %s", strings.Join(seen, ", "), well)
}

func nodeReady(s *site, e *standing) []record.Check {
	return ofNodes(s, e, "ready", func(n *corev1.Node) []record.Check {
		c := nodeCondition(n, corev1.NodeReady)
		if c != nil && c.Status == corev1.ConditionTrue {
			return nil
		}
		why := "it does not say that it is ready"
		if c != nil {
			why = cmp.Or(c.Message, c.Reason, why)
		}
		return fail(e.name(), "kubectl describe node "+n.Name, "node %s is not ready: %s", n.Name, why)
	})
}

func nodePressure(s *site, e *standing) []record.Check {
	bad := []corev1.NodeConditionType{corev1.NodeMemoryPressure, corev1.NodeDiskPressure, corev1.NodePIDPressure, corev1.NodeNetworkUnavailable}
	return ofNodes(s, e, "no pressure", func(n *corev1.Node) []record.Check {
		var found []record.Check
		for _, kind := range bad {
			if c := nodeCondition(n, kind); c != nil && c.Status == corev1.ConditionTrue {
				found = append(found, fail(e.name(), "kubectl describe node "+n.Name, "node %s has %s: %s", n.Name, kind, cmp.Or(c.Message, c.Reason, "no reason is given"))...)
			}
		}
		return found
	})
}

// leaving are taints by which autoscalers say that a node is about to go.
var leaving = []string{"ToBeDeletedByClusterAutoscaler", "DeletionCandidateOfClusterAutoscaler", "karpenter.sh/disrupted", "karpenter.sh/disruption", "node.cloudprovider.kubernetes.io/shutdown"}

func nodeCordoned(s *site, e *standing) []record.Check {
	return ofNodes(s, e, "not cordoned", func(n *corev1.Node) []record.Check {
		for _, t := range n.Spec.Taints {
			if slices.Contains(leaving, t.Key) {
				return warn(e.name(), "kubectl describe node "+n.Name, "node %s is about to be removed (taint %s)", n.Name, t.Key)
			}
		}
		if n.Spec.Unschedulable {
			return warn(e.name(), "kubectl uncordon "+n.Name, "node %s is cordoned: it may be about to be drained, and a pod that restarts is placed elsewhere", n.Name)
		}
		return nil
	})
}

// heavy is the part of a node's CPU or memory that makes a pod a neighbour to
// reckon with.
const heavy = 0.25

// neighbours looks at what other pods request, which is not what they use.
func neighbours(s *site, e *standing) []record.Check {
	return ofNodes(s, e, "no other pod requests a GPU there, or a quarter of the CPU or memory; what pods use beyond their requests is not known", func(n *corev1.Node) []record.Check {
		var found []record.Check
		for _, p := range s.places[n.Name] {
			if s.engineOf(p) != nil || daemon(p) {
				continue
			}
			if what := weight(p, n); what != "" {
				found = append(found, warn(e.name(), fmt.Sprintf("# wait until it has ended, or keep it off by a podAntiAffinity of its own\nkubectl describe pod %s -n %s", p.Name, p.Namespace),
					"pod %s/%s beside it on node %s requests %s", p.Namespace, p.Name, n.Name, what)...)
			}
		}
		return found
	})
}

// engineOf is the engine that a pod belongs to: two on a node are told by
// another rule.
func (s *site) engineOf(p *corev1.Pod) *standing {
	for _, e := range s.engines {
		if slices.Contains(e.pods, p) {
			return e
		}
	}
	return nil
}

// daemon says that a pod runs on every node, beside every engine alike.
func daemon(p *corev1.Pod) bool {
	ref := metav1.GetControllerOf(p)
	return ref != nil && (ref.Kind == "DaemonSet" || ref.Kind == "Node")
}

// weight says what a pod requests of a node that an engine would miss.
func weight(p *corev1.Pod, n *corev1.Node) string {
	requests := requestsOf(&p.Spec)
	for _, name := range gpus(requests) {
		if q := requests[name]; q.Value() > 0 {
			return q.String() + " " + string(name)
		}
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		want, have := requests[name], n.Status.Allocatable[name]
		if have.Sign() > 0 && want.AsApproximateFloat64() >= heavy*have.AsApproximateFloat64() {
			return fmt.Sprintf("%s of the %s of %s", want.String(), have.String(), name)
		}
	}
	return ""
}
