package discover

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// brief writes a finding as "id severity: message | remedy".
func brief(all []record.Finding) []string {
	var out []string
	for _, f := range all {
		if f.Subject != "team-a/vllm" {
			out = append(out, "subject "+f.Subject)
		}
		out = append(out, fmt.Sprintf("%s %s: %s | %s", f.ID, f.Severity, f.Message, f.Remedy))
	}
	return out
}

// replicas is a candidate of so many ready pods.
func replicas(n int) *candidate {
	c := &candidate{namespace: team, name: "vllm"}
	for i := range n {
		c.members = append(c.members, member{name: fmt.Sprint(i), ready: true})
	}
	return c
}

func TestRouteKillers(t *testing.T) {
	annotated := func(text string) string { return "metadata: {annotations: {" + text + "}}\n" }
	const edge = "spec: {tls: {termination: edge}}\n"
	tenMinutes := "; a request of this run may take 10m0s | oc annotate route vllm -n team-a --overwrite "
	for _, tt := range []struct {
		name, text string
		replicas   int
		want       []string
	}{
		{"none given", edge, 1, []string{"route-timeout warn: the Route has no timeout of its own, and the router ends a request that sends nothing for 30s, as a long queue or prompt does" + tenMinutes + "haproxy.router.openshift.io/timeout=600s"}},
		{"too short", annotated("haproxy.router.openshift.io/timeout: 5m") + edge, 1, []string{"route-timeout warn: the router ends a request that sends nothing for 5m0s, as a long queue or prompt does" + tenMinutes + "haproxy.router.openshift.io/timeout=600s"}},
		{"in bare milliseconds", annotated("haproxy.router.openshift.io/timeout: '599999'") + edge, 1, []string{"route-timeout warn: the router ends a request that sends nothing for 9m59.999s, as a long queue or prompt does" + tenMinutes + "haproxy.router.openshift.io/timeout=600s"}},
		{"long enough", annotated("haproxy.router.openshift.io/timeout: 600s") + edge, 3, nil},
		{"no TLS", annotated("haproxy.router.openshift.io/timeout: 600s"), 1,
			[]string{"route-delays warn: the Route has no TLS, and over plain HTTP the router (HAProxy without http-no-delay) may hold small pieces of an answer back for up to 0.2 s, so tokens come late and in bursts | oc patch route vllm -n team-a --type=merge -p '{\"spec\":{\"tls\":{\"termination\":\"edge\"}}}'"}},
		{"passthrough's default is an hour", "spec: {tls: {termination: passthrough}}", 1, nil},
		{"passthrough, too short", annotated("haproxy.router.openshift.io/timeout-tunnel: 60s") + "spec: {tls: {termination: passthrough}}", 1,
			[]string{"route-timeout warn: the router ends a request that sends nothing for 1m0s, as a long queue or prompt does" + tenMinutes + "haproxy.router.openshift.io/timeout-tunnel=600s"}},
		{"passthrough sticks to one pod", "spec: {tls: {termination: passthrough}}", 2,
			[]string{"one-replica-only warn: the router sends all requests from one address to one of the 2 replicas | oc annotate route vllm -n team-a --overwrite haproxy.router.openshift.io/balance=leastconn"}},
		{"unless told", annotated("haproxy.router.openshift.io/balance: roundrobin") + "spec: {tls: {termination: passthrough}}", 2, nil},
		{"told to stick", annotated("haproxy.router.openshift.io/balance: source, haproxy.router.openshift.io/timeout: 1h") + edge, 2,
			[]string{"one-replica-only warn: the router sends all requests from one address to one of the 2 replicas | oc annotate route vllm -n team-a --overwrite haproxy.router.openshift.io/balance=leastconn"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := route(t, tt.text)
			if diff := cmp.Diff(tt.want, brief(routeKillers(&r, replicas(tt.replicas), 10*time.Minute))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIngressKillers(t *testing.T) {
	silent := func(limit, whose, remedy string) string {
		return "ingress-read-timeout warn: the Ingress vllm ends a request that sends nothing for " + limit + " (" + whose + "), as a long queue or prompt does; a request of this run may take 10m0s | kubectl annotate ingress vllm -n team-a --overwrite " + remedy
	}
	buffers := "ingress-buffering error: the Ingress vllm buffers answers: tokens come in bursts, and TTFT may be the time of the whole answer | kubectl annotate ingress vllm -n team-a --overwrite "
	for _, tt := range []struct {
		name, class, annotations string
		want                     []string
	}{
		{"nothing is known of the controller", "", "", nil},
		{"nginx by its class", "nginx-internal", "", []string{silent("1m0s", "ingress-nginx's default", "nginx.ingress.kubernetes.io/proxy-read-timeout=600")}},
		{"nginx, long enough", "nginx", "nginx.ingress.kubernetes.io/proxy-read-timeout: '600'", nil},
		{"nginx, too short", "", "nginx.ingress.kubernetes.io/proxy-read-timeout: '120'", []string{silent("2m0s", "its annotation", "nginx.ingress.kubernetes.io/proxy-read-timeout=600")}},
		{"nginx, buffering", "nginx", "nginx.ingress.kubernetes.io/proxy-buffering: 'on', nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'", []string{buffers + "nginx.ingress.kubernetes.io/proxy-buffering=off"}},
		{"nginx, not buffering", "nginx", "nginx.ingress.kubernetes.io/proxy-buffering: 'off', nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'", nil},
		{"nginx, gRPC", "nginx", "nginx.ingress.kubernetes.io/backend-protocol: GRPC, nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'",
			[]string{"http2-only error: the Ingress vllm speaks GRPC to the engine, which answers in HTTP/1.1 | kubectl annotate ingress vllm -n team-a nginx.ingress.kubernetes.io/backend-protocol-"}},
		{"the other nginx buffers by default", "nginx", "nginx.org/proxy-read-timeout: 1h", []string{buffers + "nginx.org/proxy-buffering=False"}},
		{"the other nginx, not buffering, too short", "nginx", "nginx.org/proxy-buffering: 'False'", []string{silent("1m0s", "NGINX Ingress Controller's default", "nginx.org/proxy-read-timeout=600s")}},
		{"HAProxy Ingress", "", "haproxy-ingress.github.io/timeout-server: 2m", []string{silent("2m0s", "its annotation", "haproxy-ingress.github.io/timeout-server=600s")}},
		{"HAProxy's own", "haproxy", "", []string{silent("50s", "HAProxy Kubernetes Ingress's default", "haproxy.org/timeout-server=600s")}},
		{"Traefik", "traefik", "", nil},
		{"Traefik with a buffer", "traefik", "traefik.ingress.kubernetes.io/router.middlewares: team-a-buffering@kubernetescrd",
			[]string{"ingress-buffering error: the Ingress vllm has a middleware that seems to buffer answers: all tokens would come at once, and TTFT would be the time of the whole answer | take the buffering middleware out of traefik.ingress.kubernetes.io/router.middlewares"}},
		{"an application load balancer", "alb", "alb.ingress.kubernetes.io/load-balancer-attributes: 'a.b=c,idle_timeout.timeout_seconds=120'",
			[]string{"ingress-read-timeout warn: the load balancer of Ingress vllm ends a request that sends nothing for 2m0s; a request of this run may take 10m0s | kubectl annotate ingress vllm -n team-a --overwrite alb.ingress.kubernetes.io/load-balancer-attributes=a.b=c,idle_timeout.timeout_seconds=600"}},
		{"one with time enough", "alb", "alb.ingress.kubernetes.io/load-balancer-attributes: 'idle_timeout.timeout_seconds=900'", nil},
		{"Google's", "gce", "", []string{"ingress-read-timeout info: Google's load balancer behind Ingress vllm ends every request after 30 s unless a BackendConfig says otherwise; a request of this run may take 10m0s | set spec.timeoutSec: 600 in the BackendConfig of the Service"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := ingress(t, "metadata: {annotations: {"+tt.annotations+"}}\nspec: {ingressClassName: '"+tt.class+"'}")
			if diff := cmp.Diff(tt.want, brief(ingressKillers(&in, replicas(1), 10*time.Minute))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHTTPRouteKillers(t *testing.T) {
	for _, tt := range []struct {
		timeouts string
		want     []string
	}{
		{"", nil},
		{", timeouts: {request: 0s, backendRequest: 1h}", nil},
		{", timeouts: {request: 10m}", nil},
		{", timeouts: {request: 30s, backendRequest: 20s}", []string{
			`httproute-timeout warn: the HTTPRoute vllm ends every request after 30s (timeouts.request); one of this run may take 10m0s | kubectl patch httproute vllm -n team-a --type=json -p '[{"op":"replace","path":"/spec/rules/1/timeouts/request","value":"600s"}]'`,
			`httproute-timeout warn: the HTTPRoute vllm ends every request after 20s (timeouts.backendRequest); one of this run may take 10m0s | kubectl patch httproute vllm -n team-a --type=json -p '[{"op":"replace","path":"/spec/rules/1/timeouts/backendRequest","value":"600s"}]'`,
		}},
	} {
		r := httpRoute(t, "spec: {rules: [{}, {"+toVLLM+tt.timeouts+"}]}")
		if diff := cmp.Diff(tt.want, brief(httpRouteKillers(&r, 1, replicas(1), 10*time.Minute))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.timeouts, diff)
		}
	}
}

func TestServiceKillers(t *testing.T) {
	sticky := service("vllm", func(s *corev1.Service) { s.Spec.SessionAffinity = corev1.ServiceAffinityClientIP })
	loose := service("vllm")
	stuck := `one-replica-only warn: the Service vllm has session affinity: all requests from here go to one of the 2 replicas | kubectl patch service vllm -n team-a -p '{"spec":{"sessionAffinity":"None"}}'`
	for _, tt := range []struct {
		name     string
		s        corev1.Service
		replicas int
		want     []string
	}{
		{"sticky with two", sticky, 2, []string{stuck}},
		{"sticky with one", sticky, 1, nil},
		{"loose", loose, 2, nil},
	} {
		if diff := cmp.Diff(tt.want, brief(serviceKillers(&front{Service: &tt.s}, replicas(tt.replicas)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestProtocolKillers(t *testing.T) {
	for protocol, want := range map[string][]string{
		"":              nil,
		"http":          nil,
		"kubernetes.io": nil,
		"kubernetes.io/h2c": {
			`http2-only warn: port 80 of the Service vllm says appProtocol kubernetes.io/h2c: what stands before it speaks HTTP/2 to the engine, which answers in HTTP/1.1 | kubectl patch service vllm -n team-a --type=json -p '[{"op":"remove","path":"/spec/ports/1/appProtocol"}]'`,
		},
	} {
		s := service("vllm", ports(servicePort("metrics", 9090, 9090), servicePort("http", 80, 8000)))
		s.Spec.Ports[1].AppProtocol = &protocol
		if diff := cmp.Diff(want, brief(protocolKillers(&front{Service: &s, port: s.Spec.Ports[1]}, replicas(1)))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", protocol, diff)
		}
	}
}

func TestSharedTraffic(t *testing.T) {
	inv := inventory(service("vllm"), vllmPod("v"),
		route(t, "metadata: {annotations: {haproxy.router.openshift.io/timeout: 1h}}\nspec: {tls: {termination: edge}, to: {kind: Service, name: vllm, weight: 3}, alternateBackends: [{kind: Service, name: web, weight: 1}]}"+admitted))
	ix, c := one(t, inv)
	want := []string{"shared-traffic warn: route/vllm sends 75 % of its requests here and the others to web: what is measured is the mixture | take another way with --via, or give the other backends the weight 0 for the time of the run"}
	if diff := cmp.Diff(want, brief(ladder(ix, c, Options{StreamTime: time.Minute})[0].findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
