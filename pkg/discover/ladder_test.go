package discover

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	routev1 "github.com/openshift/api/route/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

func route(t testing.TB, text string) routev1.Route { return object[routev1.Route](t, "vllm", text) }

const admitted = `
status:
  ingress:
  - host: vllm.apps.corp
    routerName: default
    routerCanonicalHostname: router-default.apps.corp
    conditions: [{type: Admitted, status: "True"}]
`

func TestRoutes(t *testing.T) {
	refused := "status:\n  ingress:\n  - {host: vllm.apps.corp, routerName: default, conditions: [{type: Admitted, status: \"False\", reason: HostAlreadyClaimed, message: route old already exposes vllm.apps.corp and is older}]}\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"plain", "spec: {to: {kind: Service, name: vllm}}" + admitted,
			[]string{"route/vllm http://vllm.apps.corp ~router-default.apps.corp:80"}},
		{"edge", "spec: {host: ignored.corp, tls: {termination: edge}, to: {kind: Service, name: vllm}, port: {targetPort: http}}" + admitted,
			[]string{"route/vllm https://vllm.apps.corp ~router-default.apps.corp:443"}},
		{"re-encrypt, with a path", "spec: {path: /llm/, tls: {termination: reencrypt}, to: {kind: Service, name: vllm}, port: {targetPort: 8000}}" + admitted,
			[]string{"route/vllm https://vllm.apps.corp/llm ~router-default.apps.corp:443"}},
		{"passthrough sees no path", "spec: {path: /llm, tls: {termination: passthrough}, to: {kind: Service, name: vllm}}" + admitted,
			[]string{"route/vllm https://vllm.apps.corp ~router-default.apps.corp:443"}},
		{"a path of the API's own", "spec: {path: /v1, to: {kind: Service, name: vllm}}" + admitted,
			[]string{"route/vllm http://vllm.apps.corp ~router-default.apps.corp:80"}},
		{"a wildcard", "spec: {host: vllm.apps.corp, wildcardPolicy: Subdomain, to: {kind: Service, name: vllm}}" + admitted,
			[]string{"route/vllm http://vllm.apps.corp ~router-default.apps.corp:80"}},
		{"not admitted", "spec: {host: vllm.apps.corp, to: {kind: Service, name: vllm}}\n" + refused,
			[]string{"route/vllm http://vllm.apps.corp refused: the router default has not admitted it: route old already exposes vllm.apps.corp and is older"}},
		{"refused by one router and admitted by another", "spec: {host: vllm.apps.corp, to: {kind: Service, name: vllm}}\n" + refused +
			"  - {host: vllm.shard.corp, routerName: shard, conditions: [{type: Admitted, status: \"True\"}]}\n",
			[]string{"route/vllm http://vllm.shard.corp"}},
		{"no router", "spec: {host: vllm.apps.corp, to: {kind: Service, name: vllm}}",
			[]string{"route/vllm http://vllm.apps.corp refused: no router has admitted it yet"}},
		{"no router and no host", "spec: {to: {kind: Service, name: vllm}}",
			[]string{"route/vllm  refused: no router has admitted it yet"}},
		{"another port", "spec: {to: {kind: Service, name: vllm}, port: {targetPort: metrics}}" + admitted, nil},
		{"another port by number", "spec: {to: {kind: Service, name: vllm}, port: {targetPort: 9090}}" + admitted, nil},
		{"another Service", "spec: {to: {kind: Service, name: web}}" + admitted, nil},
		{"the smaller part", "spec: {to: {kind: Service, name: web, weight: 90}, alternateBackends: [{kind: Service, name: vllm, weight: 10}]}" + admitted,
			[]string{"route/vllm http://vllm.apps.corp ~router-default.apps.corp:80 refused: it sends only 10 % of its requests here, the others to web"}},
		{"no part", "spec: {to: {kind: Service, name: web, weight: 1}, alternateBackends: [{kind: Service, name: vllm, weight: 0}]}" + admitted,
			[]string{"route/vllm http://vllm.apps.corp ~router-default.apps.corp:80 refused: it sends no requests here: the weight of this Service is 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventory(service("vllm"), vllmPod("v"), route(t, tt.text))
			if diff := cmp.Diff(tt.want, ways(t, inv, viaRoute, Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestARouteToOneOfSeveralPortsIsNoted(t *testing.T) {
	inv := inventory(service("vllm", ports(servicePort("http", 80, 8000), servicePort("metrics", 9090, 9090))), vllmPod("v"),
		route(t, "spec: {to: {kind: Service, name: vllm}}"+admitted))
	want := []string{"route/vllm http://vllm.apps.corp ~router-default.apps.corp:80 (the Route names none of the Service's several ports)"}
	if diff := cmp.Diff(want, ways(t, inv, viaRoute, Options{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func gateway(t testing.TB, name, text string) kube.Gateway {
	t.Helper()
	return decode[kube.Gateway](t, name, text)
}

func httpRoute(t testing.TB, text string) kube.HTTPRoute {
	t.Helper()
	return decode[kube.HTTPRoute](t, "vllm", text)
}

// decode reads an object of those kinds that lack a type of their module's own.
func decode[T any](t testing.TB, name, text string) T {
	t.Helper()
	var o T
	if err := yaml.UnmarshalStrict([]byte("metadata: {name: "+name+", namespace: "+team+"}\n"+text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

const (
	accepts = `
status: {parents: [{parentRef: {name: gw}, conditions: [{type: Accepted, status: "True", lastTransitionTime: null, reason: "", message: ""}]}]}
`
	toVLLM = "backendRefs: [{name: vllm, port: 80}]"
	secure = `
spec: {listeners: [{name: https, port: 443, protocol: HTTPS, hostname: "*.corp"}]}
status: {addresses: [{type: IPAddress, value: 192.0.2.7}]}
`
)

func TestHTTPRoutes(t *testing.T) {
	plain := "spec: {listeners: [{name: web, port: 8080, protocol: HTTP}, {name: tcp, port: 9, protocol: TCP}]}\nstatus: {addresses: [{type: IPAddress, value: 192.0.2.7}]}"
	refs := "parentRefs: [{name: gw}]"
	for _, tt := range []struct {
		name, gateway, text string
		want                []string
	}{
		{"a hostname under the listener's wildcard", secure, "spec: {" + refs + ", hostnames: [a.b.corp], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://a.b.corp ~192.0.2.7:443"}},
		{"any hostname", plain, "spec: {" + refs + ", rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm http://192.0.2.7:8080"}},
		{"the listener's own hostname", "spec: {listeners: [{name: l, port: 443, protocol: HTTPS, hostname: llm.corp}]}", "spec: {" + refs + ", rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://llm.corp"}},
		{"the listener's hostname within the route's wildcard", "spec: {listeners: [{name: l, port: 443, protocol: HTTPS, hostname: llm.corp}]}", "spec: {" + refs + ", hostnames: ['*.corp'], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://llm.corp"}},
		{"wildcards alone", secure, "spec: {" + refs + ", hostnames: ['*.llm.corp'], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://llmbench.llm.corp ~192.0.2.7:443 (llmbench.llm.corp stands for any name under *.llm.corp)"}},
		{"no name and no address", "spec: {listeners: [{name: l, port: 80, protocol: HTTP}]}", "spec: {" + refs + ", rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm  refused: it has no concrete hostname, and the Gateway gw no address yet"}},
		{"hostnames that do not meet", secure, "spec: {" + refs + ", hostnames: [llm.other], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm  refused: its hostnames (llm.other) do not fit *.corp of the listener https"}},
		{"one listener of two", "spec: {listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 443, protocol: HTTPS}]}", "spec: {parentRefs: [{name: gw, sectionName: b}], hostnames: [x.corp], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp"}},
		{"both, the secure one first", "spec: {listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 443, protocol: HTTPS}]}", "spec: {" + refs + ", hostnames: [x.corp], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp", "httproute/vllm http://x.corp"}},
		{"one by its port", "spec: {listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 443, protocol: HTTPS}]}", "spec: {parentRefs: [{name: gw, port: 80}], hostnames: [x.corp], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm http://x.corp"}},
		{"no HTTP listener", "spec: {listeners: [{name: a, port: 1, protocol: TCP}]}", "spec: {" + refs + ", rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm  refused: the Gateway gw has no HTTP listener for it"}},
		{"not accepted", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{" + toVLLM + `}]}
status: {parents: [{parentRef: {name: gw}, conditions: [{type: Accepted, status: "False", lastTransitionTime: null, reason: NotAllowedByListeners, message: ""}]}]}`,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: the Gateway gw has not accepted it: NotAllowedByListeners"}},
		{"its backend not resolved", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{" + toVLLM + `}]}
status: {parents: [{parentRef: {name: gw}, conditions: [{type: Accepted, status: "True", lastTransitionTime: null, reason: "", message: ""}, {type: ResolvedRefs, status: "False", lastTransitionTime: null, reason: "", message: no such Service}]}]}`,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: the Gateway gw has not accepted it: no such Service"}},
		{"no controller", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{" + toVLLM + "}]}",
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: no controller has accepted it yet"}},
		{"a prefix that is rewritten", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{matches: [{path: {type: PathPrefix, value: /llm}}], filters: [{type: URLRewrite}], " + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp/llm ~192.0.2.7:443"}},
		{"a prefix of the API's own", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{matches: [{path: {type: PathPrefix, value: /v1/}}], " + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443"}},
		{"one path alone", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{matches: [{path: {type: Exact, value: /v1/chat/completions}}], " + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: it takes only the path /v1/chat/completions"}},
		{"a regular expression", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{matches: [{path: {type: RegularExpression, value: /v.*}}], " + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: it takes paths by the regular expression /v.*"}},
		{"a header", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{matches: [{headers: [{name: x-model, value: m}]}], " + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: it takes only requests with the header x-model"}},
		{"a header or nothing", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{matches: [{headers: [{name: x-model, value: m}]}, {path: {type: PathPrefix, value: /}}], " + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443"}},
		{"a redirect", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{filters: [{type: RequestRedirect}], " + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: it redirects instead of leading here"}},
		{"a Gateway that cannot be seen", "", "spec: {" + refs + ", hostnames: [x.corp], rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm https://x.corp (the Gateway gw cannot be seen, so its ports are a guess)", "httproute/vllm http://x.corp (the Gateway gw cannot be seen, so its ports are a guess)"}},
		{"nor named", "", "spec: {" + refs + ", rules: [{" + toVLLM + "}]}" + accepts,
			[]string{"httproute/vllm  refused: the Gateway gw cannot be seen, and the route names no host"}},
		{"another port", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{backendRefs: [{name: vllm, port: 9090}]}]}" + accepts, nil},
		{"a mesh's", secure, "spec: {parentRefs: [{kind: Service, name: gw}], rules: [{" + toVLLM + "}]}" + accepts, nil},
		{"a smaller part", secure, "spec: {" + refs + ", hostnames: [x.corp], rules: [{backendRefs: [{name: vllm, port: 80, weight: 1}, {name: web, weight: 2}, {name: web2, weight: 1}]}]}" + accepts,
			[]string{"httproute/vllm https://x.corp ~192.0.2.7:443 refused: it sends only 25 % of its requests here, the others to web, web2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventory(service("vllm"), vllmPod("v"), httpRoute(t, tt.text))
			if tt.gateway != "" {
				inv.Gateways = []kube.Gateway{gateway(t, "gw", tt.gateway)}
			}
			if diff := cmp.Diff(tt.want, ways(t, inv, viaHTTPRoute, Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func ingress(t testing.TB, text string) networkingv1.Ingress {
	return object[networkingv1.Ingress](t, "vllm", text)
}

func TestIngresses(t *testing.T) {
	rule := func(host, path, kind string) string {
		return "rules: [{host: \"" + host + "\", http: {paths: [{path: \"" + path + "\", pathType: " + kind + ", backend: {service: {name: vllm, port: {name: http}}}}]}}]"
	}
	const served = "\nstatus: {loadBalancer: {ingress: [{hostname: lb.corp}]}}"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"a host", "spec: {" + rule("llm.corp", "/", "Prefix") + "}" + served, []string{"ingress/vllm http://llm.corp ~lb.corp:80"}},
		{"with TLS", "spec: {tls: [{hosts: [llm.corp]}], " + rule("llm.corp", "/", "Prefix") + "}" + served, []string{"ingress/vllm https://llm.corp ~lb.corp:443"}},
		{"with a wildcard's TLS", "spec: {tls: [{hosts: ['*.corp']}], " + rule("llm.corp", "/", "Prefix") + "}" + served, []string{"ingress/vllm https://llm.corp ~lb.corp:443"}},
		{"with the controller's TLS", "spec: {tls: [{}], " + rule("llm.corp", "/", "Prefix") + "}" + served, []string{"ingress/vllm https://llm.corp ~lb.corp:443"}},
		{"with another host's TLS", "spec: {tls: [{hosts: [web.corp]}], " + rule("llm.corp", "/", "Prefix") + "}" + served, []string{"ingress/vllm http://llm.corp ~lb.corp:80"}},
		{"with TLS at a cloud's load balancer", "metadata: {annotations: {alb.ingress.kubernetes.io/certificate-arn: 'arn:x'}}\nspec: {" + rule("llm.corp", "/", "Prefix") + "}" + served, []string{"ingress/vllm https://llm.corp ~lb.corp:443"}},
		{"no address yet", "spec: {ingressClassName: nginx, " + rule("llm.corp", "/", "Prefix") + "}", []string{"ingress/vllm http://llm.corp (its status names no address yet; is there a controller for the class nginx?)"}},
		{"no host", "spec: {" + rule("", "/", "Prefix") + "}" + served, []string{"ingress/vllm http://lb.corp"}},
		{"neither", "metadata: {annotations: {kubernetes.io/ingress.class: traefik}}\nspec: {" + rule("", "/", "Prefix") + "}",
			[]string{"ingress/vllm  refused: it names no host, and its status no address yet; is there a controller for the class traefik?"}},
		{"an IPv6 address", "spec: {" + rule("", "/x", "Prefix") + "}\nstatus: {loadBalancer: {ingress: [{ip: '2001:db8::1'}]}}", []string{"ingress/vllm http://[2001:db8::1]/x"}},
		{"a wildcard host", "spec: {" + rule("*.corp", "/", "Prefix") + "}" + served, []string{"ingress/vllm http://llmbench.corp ~lb.corp:80 (llmbench.corp stands for any name under *.corp)"}},
		{"a path", "spec: {" + rule("llm.corp", "/llm/", "Prefix") + "}" + served, []string{"ingress/vllm http://llm.corp/llm ~lb.corp:80"}},
		{"a path that nginx rewrites", "metadata: {annotations: {nginx.ingress.kubernetes.io/rewrite-target: /$2}}\nspec: {" + rule("llm.corp", "/api(/|$)(.*)", "ImplementationSpecific") + "}" + served, []string{"ingress/vllm http://llm.corp/api ~lb.corp:80"}},
		{"a path of the API's own", "spec: {" + rule("llm.corp", "/api", "Prefix") + "}" + served, []string{"ingress/vllm http://llm.corp ~lb.corp:80"}},
		{"one path alone", "spec: {" + rule("llm.corp", "/v1/models", "Exact") + "}" + served, []string{"ingress/vllm http://llm.corp ~lb.corp:80 refused: it takes only the path /v1/models"}},
		{"the default backend, by number", "spec: {defaultBackend: {service: {name: vllm, port: {number: 80}}}}" + served, []string{"ingress/vllm http://lb.corp"}},
		{"another port", "spec: {defaultBackend: {service: {name: vllm, port: {number: 9090}}}}" + served, nil},
		{"another Service", "spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}" + served, nil},
		{"a bucket", "spec: {defaultBackend: {resource: {apiGroup: x, kind: Bucket, name: vllm}}}" + served, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventory(service("vllm"), vllmPod("v"), ingress(t, tt.text))
			if diff := cmp.Diff(tt.want, ways(t, inv, viaIngress, Options{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInferenceServices(t *testing.T) {
	isvc := func(text string) kube.InferenceService { return decode[kube.InferenceService](t, "llama", text) }
	of := vllmPod("v", labelled(isvcLabel, "llama"))
	for _, tt := range []struct {
		name, via string
		o         Options
		text      string
		want      []string
	}{
		{"an address outside", viaIngress, Options{}, "status: {url: 'https://llama-team-a.corp/'}", []string{"inferenceservice/llama https://llama-team-a.corp"}},
		{"not ready", viaIngress, Options{}, `status: {url: "http://llama.corp", conditions: [{type: Ready, status: "False", lastTransitionTime: null, reason: Failed, message: no node}]}`,
			[]string{"inferenceservice/llama http://llama.corp (the InferenceService is not ready: Failed no node)"}},
		{"none yet", viaIngress, Options{}, "status: {}", nil},
		{"an address inside", viaClusterDNS, Options{InCluster: true}, "status: {url: 'http://llama-predictor.team-a.svc.cluster.local:8080'}",
			[]string{"inferenceservice/llama http://llama-predictor.team-a.svc.cluster.local:8080"}},
		{"an address inside, from outside", viaClusterDNS, Options{}, "status: {address: {url: 'http://llama-predictor.team-a.svc.cluster.local'}}",
			[]string{"inferenceservice/llama http://llama-predictor.team-a.svc.cluster.local untried: " + onlyInside}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, ways(t, inventory(of, isvc(tt.text)), tt.via, tt.o)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestServices(t *testing.T) {
	balanced := func(addresses ...corev1.LoadBalancerIngress) func(*corev1.Service) {
		return func(s *corev1.Service) {
			s.Spec.Type, s.Status.LoadBalancer.Ingress = corev1.ServiceTypeLoadBalancer, addresses
		}
	}
	nodePort := func(s *corev1.Service) { s.Spec.Type, s.Spec.Ports[0].NodePort = corev1.ServiceTypeNodePort, 30080 }
	local := func(s *corev1.Service) { s.Spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicyLocal }
	down := node("node-0", "10.1.0.0", "192.0.2.100")
	down.Status.Conditions[0].Status = corev1.ConditionUnknown
	https := "https"
	secured := func(s *corev1.Service) { s.Spec.Ports[0].AppProtocol = &https }
	for _, tt := range []struct {
		name, via string
		objects   []any
		want      []string
	}{
		{"a load balancer's address", viaLoadBalancer, []any{service("vllm", balanced(corev1.LoadBalancerIngress{IP: "192.0.2.1"}))}, []string{"service/vllm http://192.0.2.1"}},
		{"its name, at another port", viaLoadBalancer, []any{service("vllm", ports(servicePort("", 8000, 8000)), balanced(corev1.LoadBalancerIngress{Hostname: "lb.corp"}))}, []string{"service/vllm http://lb.corp:8000"}},
		{"with TLS by its port", viaLoadBalancer, []any{service("vllm", ports(servicePort("", 443, 8000)), balanced(corev1.LoadBalancerIngress{IP: "192.0.2.1"}))}, []string{"service/vllm https://192.0.2.1"}},
		{"with TLS by its port's name", viaLoadBalancer, []any{service("vllm", ports(servicePort("https-api", 8443, 8000)), balanced(corev1.LoadBalancerIngress{IP: "192.0.2.1"}))}, []string{"service/vllm https://192.0.2.1:8443"}},
		{"with TLS by its protocol", viaLoadBalancer, []any{service("vllm", secured, balanced(corev1.LoadBalancerIngress{IP: "192.0.2.1"}))}, []string{"service/vllm https://192.0.2.1:80"}},
		{"pending", viaLoadBalancer, []any{service("vllm", balanced())}, []string{"service/vllm  refused: its load balancer has no address yet: EXTERNAL-IP is pending"}},
		{"none", viaLoadBalancer, []any{service("vllm")}, nil},
		{"a node's addresses, of one that is ready", viaNodePort, []any{service("vllm", nodePort), down, node("node-2", "10.1.0.2", "192.0.2.2")},
			[]string{"service/vllm http://192.0.2.2:30080 (ExternalIP of node node-2)", "service/vllm http://10.1.0.2:30080 (InternalIP of node node-2)"}},
		{"of the node that runs a pod", viaNodePort, []any{service("vllm", nodePort), node("node-0", "10.1.0.9", ""), node("node-1", "10.1.0.1", "")},
			[]string{"service/vllm http://10.1.0.1:30080 (InternalIP of node node-1)"}},
		{"local traffic from elsewhere", viaNodePort, []any{service("vllm", nodePort, local), node("node-2", "10.1.0.2", "")},
			[]string{"service/vllm  refused: its traffic policy is Local, and no ready node runs a ready pod of it"}},
		{"local traffic", viaNodePort, []any{service("vllm", nodePort, local), node("node-2", "10.1.0.2", ""), node("node-1", "10.1.0.1", "")},
			[]string{"service/vllm http://10.1.0.1:30080 (InternalIP of node node-1)"}},
		{"nodes that cannot be seen", viaNodePort, []any{service("vllm", nodePort)}, []string{"service/vllm  refused: nodes cannot be seen, so no address is known"}},
		{"no node port", viaNodePort, []any{service("vllm"), node("node-1", "10.1.0.1", "")}, nil},
		{"a Service's name", viaClusterDNS, []any{service("vllm")}, []string{"service/vllm http://vllm.team-a.svc"}},
		{"a headless one's", viaClusterDNS, []any{service("vllm", func(s *corev1.Service) { s.Spec.ClusterIP = "None" })}, []string{"service/vllm http://vllm.team-a.svc:8000"}},
		{"a tunnel", viaPortForward, []any{service("vllm")}, []string{"service/vllm http://vllm.team-a.svc:8000"}},
		{"a tunnel to a secure port", viaPortForward, []any{service("vllm", secured)}, []string{"service/vllm https://vllm.team-a.svc:8000"}},
		{"a tunnel to a pod alone", viaPortForward, nil, []string{"pod/v http://v.team-a.svc:8000"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventory(append(tt.objects, vllmPod("v"))...)
			got := ways(t, inv, tt.via, Options{InCluster: true, OpenTunnel: noTunnel})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheTunnelLeadsToTheReadyPodsOwnPort(t *testing.T) {
	inv := inventory(service("vllm", ports(servicePort("https", 443, 8443))), vllmPod("b", args("--port=8001")), vllmPod("a", args("--port=8001")), vllmPod("c", unready))
	ix, c := one(t, inv)
	all := ladder(ix, c, Options{OpenTunnel: noTunnel})
	want := &kube.TunnelSpec{Namespace: team, Pods: []string{"a", "b"}, Port: 8001, Selector: "app=vllm"}
	if diff := cmp.Diff(want, all[len(all)-1].tunnel); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheLadder(t *testing.T) {
	everything := func() *kube.Inventory {
		return inventory(
			vllmPod("v", labelled(isvcLabel, "llama")), node("node-1", "10.1.0.1", "192.0.2.9"),
			service("vllm", func(s *corev1.Service) {
				s.Spec.Type, s.Spec.Ports[0].NodePort = corev1.ServiceTypeLoadBalancer, 30080
				s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "192.0.2.1"}}
			}),
			ingress(t, "spec: {tls: [{}], rules: [{host: llm.corp, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: vllm, port: {number: 80}}}}]}}]}"),
			route(t, "spec: {to: {kind: Service, name: vllm}}"+admitted),
			gateway(t, "gw", secure), httpRoute(t, "spec: {parentRefs: [{name: gw}], hostnames: [x.corp], rules: [{"+toVLLM+"}]}"+accepts),
			decode[kube.InferenceService](t, "llama", "status: {url: 'https://llm.corp'}"),
		)
	}
	vias := func(o Options, open func(*rung) bool) []string {
		ix, c := one(t, everything())
		var vias []string
		for _, r := range ladder(ix, c, o) {
			if open(r) {
				vias = append(vias, r.via)
			}
		}
		return vias
	}
	all := vias(Options{OpenTunnel: noTunnel, InCluster: true}, func(r *rung) bool { return r.status == "" })
	// The InferenceService's URL is the Ingress's own.
	if diff := cmp.Diff([]string{"route", "httproute", "ingress", "loadbalancer", "nodeport", "nodeport", "cluster-dns", "port-forward"}, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	pinned := vias(Options{OpenTunnel: noTunnel, Via: viaIngress}, func(r *rung) bool { return r.status == "" })
	if !slices.Equal(pinned, []string{viaIngress}) {
		t.Errorf("pinned: %v", pinned)
	}
	out := vias(Options{OpenTunnel: noTunnel, Via: viaIngress}, func(r *rung) bool { return r.reason == "ruled out by --via ingress" })
	if len(out) != 7 {
		t.Errorf("ruled out: %v", out)
	}
}
