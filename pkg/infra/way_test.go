package infra

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// lost has an engine that nothing leads to.
func lost(w *world) {
	e := w.engine("tgi")
	e.URL, e.Via, e.Healthy, e.Reason = "", "", false, "every way was refused"
}

func finding(name, id string, severity record.Severity) func(*world) {
	return func(w *world) {
		w.engine(name).Findings = []record.Finding{{ID: id, Severity: severity, Message: "told by " + id, Remedy: "oc annotate"}}
	}
}

func policy(direction networkingv1.PolicyType, change func(*networkingv1.NetworkPolicySpec)) func(*world) {
	return func(w *world) {
		spec := networkingv1.NetworkPolicySpec{PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{"app": "tgi"}}, PolicyTypes: []networkingv1.PolicyType{direction}}
		change(&spec)
		w.NetworkPolicies = append(w.NetworkPolicies, networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: team, Name: "strict"}, Spec: spec})
	}
}

// in lets some peers reach tgi, on some ports.
func in(peers []networkingv1.NetworkPolicyPeer, ports ...networkingv1.NetworkPolicyPort) func(*world) {
	return policy(networkingv1.PolicyTypeIngress, func(s *networkingv1.NetworkPolicySpec) {
		s.Ingress = []networkingv1.NetworkPolicyIngressRule{{From: peers, Ports: ports}}
	})
}

func labelled(pairs ...string) *metav1.LabelSelector {
	s := &metav1.LabelSelector{MatchLabels: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		s.MatchLabels[pairs[i]] = pairs[i+1]
	}
	return s
}

func portNumber(n int32, end int32) networkingv1.NetworkPolicyPort {
	port := intstr.FromInt32(n)
	p := networkingv1.NetworkPolicyPort{Port: &port}
	if end > 0 {
		p.EndPort = &end
	}
	return p
}

func closed(s *networkingv1.NetworkPolicySpec) { s.Ingress = nil }

func both(changes ...func(*world)) func(*world) {
	return func(w *world) {
		for _, change := range changes {
			change(w)
		}
	}
}

var keptOut = []string{"warn tgi: network policy strict keeps a worker in namespace team-a out…"}

var wayRows = []row{
	{"way-found", "no engine", noEngines, []string{"skip engines: no engine was found"}, ""},
	{"way-found", "healthy", oneEngine, []string{"pass vllm: healthy at https://vllm.example (route)"}, ""},
	{"way-found", "none", lost, []string{"fail tgi: no way leads to it: every way was refused"}, "kubectl llmbench discover-services -n team-a"},
	{"way-found", "ill", func(w *world) { w.engine("tgi").Healthy = false; w.engine("tgi").Reason = "answers HTTP 503" }, []string{"fail tgi: it is not healthy at https://tgi.example (route): answers HTTP 503"}, ""},
	{"way-found", "a tunnel", func(w *world) { w.engine("tgi").Via = "port-forward" }, []string{"warn tgi: it is reached by port-forward…"}, "kubectl patch service tgi -n team-a"},

	{"way-timeout", "none", lost, []string{"skip tgi: no way leads to it"}, ""},
	{"way-timeout", "long enough, or no proxy", func(w *world) { w.Engines = w.Engines[:2]; w.engine("tgi").Via = "nodeport" }, []string{
		"pass vllm: the route gives a request time enough", "pass tgi: neither Route, Ingress nor HTTPRoute stands on the way (nodeport)",
	}, ""},
	{"way-timeout", "short", finding("tgi", "route-timeout", record.SeverityWarn), []string{"warn tgi: told by route-timeout"}, "oc annotate"},
	{"way-timeout", "an Ingress's", finding("tgi", "ingress-read-timeout", record.SeverityInfo), []string{"warn tgi: told by ingress-read-timeout"}, ""},

	{"way-buffering", "none", lost, []string{"skip tgi: no way leads to it"}, ""},
	{"way-buffering", "holds back", finding("tgi", "ingress-buffering", record.SeverityError), []string{"fail tgi: told by ingress-buffering"}, "oc annotate"},
	{"way-buffering", "a Route without TLS", finding("tgi", "route-delays", record.SeverityWarn), []string{"warn tgi: told by route-delays"}, ""},

	{"service-endpoints", "hidden", func(w *world) { w.hide("endpointslices") }, []string{"skip endpointslices: endpointslices could not…"}, ""},
	{"service-endpoints", "each", nil, []string{"pass vllm: 1 Service has ready endpoints", "pass tgi: 1 Service has ready endpoints", "pass ollama: 1 Service has ready endpoints"}, ""},
	{"service-endpoints", "no Service", func(w *world) { w.engine("tgi").Services = nil }, []string{"warn tgi: no Service leads to it…"}, "kubectl expose deployment/tgi -n team-a --name=tgi"},
	{"service-endpoints", "not ready", func(w *world) {
		no := false
		w.Inventory.EndpointSlices[1].Endpoints[0].Conditions.Ready = &no
	}, []string{"fail tgi: the Service tgi has no ready endpoint"}, "kubectl get pods -n team-a -l app=tgi"},
	{"service-endpoints", "gone", func(w *world) { w.engine("tgi").Services = []string{"other"} }, []string{"skip tgi: the Service other is not among those listed"}, ""},

	{"session-affinity", "hidden", func(w *world) { w.hide("services") }, []string{"skip services: services could not…"}, ""},
	{"session-affinity", "for two", func(w *world) {
		w.Inventory.Services[1].Spec.SessionAffinity = corev1.ServiceAffinityClientIP
		w.replica("tgi", "gpu-4")
	}, []string{"warn tgi: the Service tgi has session affinity: all requests from here go to one of 2 replicas"}, `kubectl patch service tgi -n team-a -p '{"spec":{"sessionAffinity":"None"}}'`},
	{"session-affinity", "for one", func(w *world) { w.Inventory.Services[1].Spec.SessionAffinity = corev1.ServiceAffinityClientIP }, []string{
		"pass vllm: no Service of it has session affinity", "pass tgi: a Service has session affinity, but leads to one pod", "pass ollama: no…",
	}, ""},
	{"session-affinity", "of the Route", finding("tgi", "one-replica-only", record.SeverityWarn), []string{"warn tgi: told by one-replica-only"}, ""},

	{"network-policy-in", "hidden", func(w *world) { w.hide("networkpolicies") }, []string{"skip networkpolicies: networkpolicies could not…"}, ""},
	{"network-policy-in", "it answers", policy(networkingv1.PolicyTypeIngress, closed), []string{
		"pass vllm: no network policy is about what reaches it", "pass tgi: it answers over its route in spite of network policy strict", "pass ollama: no…",
	}, ""},
	{"network-policy-in", "it does not", both(lost, policy(networkingv1.PolicyTypeIngress, closed)), []string{"fail tgi: it does not answer, and network policy strict lets only some pods in…"}, "podSelector: {matchLabels: {app: \"tgi\"}}"},
	{"network-policy-in", "everybody may", both(lost, in(nil, portNumber(80, 0))), nil, ""},
	{"network-policy-in", "everybody, to another port", both(lost, in(nil, portNumber(443, 0))), []string{"fail tgi: it does not answer…"}, ""},
	{"network-policy-in", "by a tunnel", both(func(w *world) { w.engine("tgi").Via = "port-forward" }, policy(networkingv1.PolicyTypeIngress, closed)), nil, ""},

	{"network-policy-worker", "hidden", func(w *world) { w.hide("networkpolicies") }, []string{"skip networkpolicies: networkpolicies could not…"}, ""},
	{"network-policy-worker", "nobody may", policy(networkingv1.PolicyTypeIngress, closed), keptOut, "  - from:\n    - podSelector: {matchLabels: {app: \"worker\"}}\nEOF"},
	{"network-policy-worker", "its namespace may", in([]networkingv1.NetworkPolicyPeer{{PodSelector: labelled()}}), nil, ""},
	{"network-policy-worker", "other pods may", in([]networkingv1.NetworkPolicyPeer{{PodSelector: labelled("app", "router")}, {IPBlock: &networkingv1.IPBlock{CIDR: "10.0.0.0/8"}}}), keptOut, ""},
	{"network-policy-worker", "workers may", in([]networkingv1.NetworkPolicyPeer{{PodSelector: labelled("app", "worker")}}, portNumber(1, 1024)), nil, ""},
	{"network-policy-worker", "workers, by the name of a port", in([]networkingv1.NetworkPolicyPeer{{PodSelector: labelled("app", "worker")}}, networkingv1.NetworkPolicyPort{Port: &intstr.IntOrString{Type: intstr.String, StrVal: "http"}}), nil, ""},
	{"network-policy-worker", "workers, to another port", in([]networkingv1.NetworkPolicyPeer{{PodSelector: labelled("app", "worker")}}, portNumber(443, 444)), keptOut, ""},
	{"network-policy-worker", "another namespace may", in([]networkingv1.NetworkPolicyPeer{{NamespaceSelector: labelled("kubernetes.io/metadata.name", "team-b")}}), keptOut, ""},
	{"network-policy-worker", "this namespace may", in([]networkingv1.NetworkPolicyPeer{{NamespaceSelector: labelled("kubernetes.io/metadata.name", team)}}), nil, ""},
	{"network-policy-worker", "from another namespace", both(func(w *world) { w.Inventory.Namespace = "team-b" }, policy(networkingv1.PolicyTypeIngress, closed)),
		[]string{"warn tgi: network policy strict keeps a worker in namespace team-b out…"}, "      namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: \"team-b\"}}"},
	{"network-policy-worker", "pods of the engine's namespace may, and it comes from another", both(func(w *world) { w.Inventory.Namespace = "team-b" }, in([]networkingv1.NetworkPolicyPeer{{PodSelector: labelled("app", "worker")}})),
		[]string{"warn tgi: network policy strict keeps a worker in namespace team-b out…"}, ""},
	{"network-policy-worker", "nothing may leave", policy(networkingv1.PolicyTypeEgress, func(s *networkingv1.NetworkPolicySpec) { s.PodSelector = metav1.LabelSelector{} }), []string{
		"warn vllm: network policy strict keeps a worker in namespace team-a from sending to it", "warn tgi: network policy strict…", "warn ollama: network policy strict…",
	}, "policyTypes: [Egress]"},
	{"network-policy-worker", "all may leave", policy("", func(s *networkingv1.NetworkPolicySpec) {
		s.PodSelector, s.PolicyTypes, s.Egress = *labelled("app", "worker"), nil, []networkingv1.NetworkPolicyEgressRule{{}}
	}), nil, ""},

	{"tls-expiry", "long", oneEngine, []string{"pass vllm: the certificate of vllm.example lasts until 2026-10-01"}, ""},
	{"tls-expiry", "over", func(w *world) { w.Certificates["vllm.example"] = now.Add(-time.Hour) }, []string{"fail vllm: the certificate of vllm.example ended on 2026-07-01"}, "cmctl renew"},
	{"tls-expiry", "soon", func(w *world) { w.Certificates["vllm.example"] = now.Add(30 * time.Hour) }, []string{"warn vllm: the certificate of vllm.example ends in 30h"}, ""},
	{"tls-expiry", "a week", func(w *world) { w.Certificates["vllm.example"] = now.Add(soon); oneEngine(w) }, []string{"pass vllm: the certificate of vllm.example lasts until 2026-07-08"}, ""},
	{"tls-expiry", "not looked at", func(w *world) { w.Certificates = nil }, []string{
		"skip vllm: the certificate of vllm.example was not looked at", "skip tgi: the certificate…", "skip ollama: the certificate…",
	}, ""},
	{"tls-expiry", "without TLS, and without a way", both(lost, func(w *world) { w.engine("vllm").URL = "http://10.0.0.1:8000" }), []string{"skip vllm: the way to it is without TLS", "skip tgi: no way leads to it"}, ""},
	{"tls-expiry", "on a port of its own", func(w *world) { oneEngine(w); w.engine("vllm").URL = "https://vllm.example:8443" }, []string{"pass vllm: the certificate of vllm.example:8443 lasts until 2026-10-01"}, ""},
}

func init() { tables = append(tables, wayRows) }

func TestWayIn(t *testing.T) { run(t, wayRows) }
