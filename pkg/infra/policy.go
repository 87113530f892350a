package infra

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// policies are those of a namespace that bind a pod in one direction.
func (s *site) policies(namespace string, labels map[string]string, direction networkingv1.PolicyType) []*networkingv1.NetworkPolicy {
	var all []*networkingv1.NetworkPolicy
	for i := range s.survey.NetworkPolicies {
		p := &s.survey.NetworkPolicies[i]
		if p.Namespace == namespace && selects(&p.Spec.PodSelector, labels) && directed(p, direction) {
			all = append(all, p)
		}
	}
	return all
}

// directed says whether a policy is about a direction. One that names none is
// about ingress, and about egress where it has rules for it.
func directed(p *networkingv1.NetworkPolicy, direction networkingv1.PolicyType) bool {
	if len(p.Spec.PolicyTypes) > 0 {
		return slices.Contains(p.Spec.PolicyTypes, direction)
	}
	return direction == networkingv1.PolicyTypeIngress || len(p.Spec.Egress) > 0
}

// policyIn says whether the tool gets through. An engine that answered over the
// chosen way has shown it; where none did, policies may be the reason.
func policyIn(s *site, e *standing) []record.Check {
	bound := s.policies(e.Namespace, e.pods[0].Labels, networkingv1.PolicyTypeIngress)
	switch {
	case len(bound) == 0:
		return pass(e.name(), "no network policy is about what reaches it")
	case e.Via == "port-forward":
		return pass(e.name(), "a port-forward ends in its pod, where %s does not apply", policyNames(bound))
	case e.URL != "" && e.Healthy:
		return pass(e.name(), "it answers over its %s in spite of %s", e.Via, policyNames(bound))
	}
	ports := e.ports()
	for _, p := range bound {
		for _, rule := range p.Spec.Ingress {
			if len(rule.From) == 0 && portOpen(rule.Ports, ports) {
				return pass(e.name(), "network policy %s lets everybody in", p.Name)
			}
		}
	}
	return fail(e.name(), e.letIn(`    - namespaceSelector: {}`), "it does not answer, and %s lets only some pods in: the router or the nodes may be kept out", policyNames(bound))
}

// policyWorker says whether a pod in the namespace that is looked at, with the
// labels of a worker, could send load to the engine.
func policyWorker(s *site, e *standing) []record.Check {
	from := s.survey.Inventory.Namespace
	if from == "" {
		from = e.Namespace
	}
	if out := s.policies(from, s.Worker, networkingv1.PolicyTypeEgress); len(out) > 0 && !slices.ContainsFunc(out, func(p *networkingv1.NetworkPolicy) bool {
		return slices.ContainsFunc(p.Spec.Egress, func(r networkingv1.NetworkPolicyEgressRule) bool {
			return portOpen(r.Ports, e.ports()) && admits(r.To, p.Namespace, e.Namespace, e.pods[0].Labels)
		})
	}) {
		return warn(e.name(), s.letOut(e, from), "%s keeps a worker in namespace %s from sending to it", policyNames(out), from)
	}
	bound := s.policies(e.Namespace, e.pods[0].Labels, networkingv1.PolicyTypeIngress)
	if len(bound) == 0 {
		return pass(e.name(), "no network policy is about what reaches it")
	}
	for _, p := range bound {
		for _, rule := range p.Spec.Ingress {
			if portOpen(rule.Ports, e.ports()) && admits(rule.From, p.Namespace, from, s.Worker) {
				return pass(e.name(), "network policy %s lets a worker in namespace %s in", p.Name, from)
			}
		}
	}
	peer := "    - podSelector: " + flow(s.Worker)
	if from != e.Namespace {
		peer += "\n      namespaceSelector: " + flow(map[string]string{corev1.LabelMetadataName: from})
	}
	return warn(e.name(), e.letIn(peer), "%s keeps a worker in namespace %s out: a run from inside the cluster would not reach it", policyNames(bound), from)
}

// admits says whether peers are about a pod. Namespaces are told by the label
// that every namespace has of its name (kubernetes.io/metadata.name); others
// are not known here. No peers at all are everybody.
func admits(peers []networkingv1.NetworkPolicyPeer, of, namespace string, labels map[string]string) bool {
	if len(peers) == 0 {
		return true
	}
	for _, p := range peers {
		if p.IPBlock != nil {
			continue
		}
		if p.NamespaceSelector == nil && of != namespace ||
			p.NamespaceSelector != nil && !selects(p.NamespaceSelector, map[string]string{corev1.LabelMetadataName: namespace}) {
			continue
		}
		if p.PodSelector == nil || selects(p.PodSelector, labels) {
			return true
		}
	}
	return false
}

// ports are those that the engine's container declares, by number and name.
func (e *standing) ports() []corev1.ContainerPort { return e.main().Ports }

// portOpen says whether a rule's ports have one of the engine's. Where the
// engine declares none, any may be its own.
func portOpen(rule []networkingv1.NetworkPolicyPort, ports []corev1.ContainerPort) bool {
	if len(rule) == 0 || len(ports) == 0 {
		return true
	}
	for _, r := range rule {
		if r.Protocol != nil && *r.Protocol != corev1.ProtocolTCP {
			continue
		}
		for _, p := range ports {
			switch {
			case r.Port == nil, r.Port.Type == intstr.String && r.Port.StrVal == p.Name, r.Port.Type == intstr.Int && r.Port.IntVal == p.ContainerPort:
				return true
			case r.EndPort != nil && r.Port.IntVal <= p.ContainerPort && p.ContainerPort <= *r.EndPort:
				return true
			}
		}
	}
	return false
}

func policyNames(all []*networkingv1.NetworkPolicy) string {
	list := make([]string, 0, len(all))
	for _, p := range all {
		list = append(list, p.Name)
	}
	if len(list) == 1 {
		return "network policy " + list[0]
	}
	return "network policies " + strings.Join(list, ", ")
}

// flow is a selector as YAML in one line.
func flow(set map[string]string) string {
	if len(set) == 0 {
		return "{}"
	}
	pairs := strings.Split(metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: set}), ",")
	for i := range pairs {
		name, value, _ := strings.Cut(pairs[i], "=")
		pairs[i] = fmt.Sprintf("%s: %q", name, value)
	}
	return "{matchLabels: {" + strings.Join(pairs, ", ") + "}}"
}

// letIn is a policy that lets a peer reach the engine.
func (e *standing) letIn(peer string) string {
	return fmt.Sprintf(`kubectl apply -f - <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: %s-llmbench, namespace: %s}
spec:
  podSelector: %s
  policyTypes: [Ingress]
  ingress:
  - from:
%s
EOF`, e.Name, e.Namespace, flow(e.distinct()), peer)
}

// letOut is a policy that lets a worker reach the engine.
func (s *site) letOut(e *standing, from string) string {
	return fmt.Sprintf(`kubectl apply -f - <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: llmbench-to-%s, namespace: %s}
spec:
  podSelector: %s
  policyTypes: [Egress]
  egress:
  - to:
    - podSelector: %s
      namespaceSelector: %s
EOF`, e.Name, from, flow(s.Worker), flow(e.distinct()), flow(map[string]string{corev1.LabelMetadataName: e.Namespace}))
}
