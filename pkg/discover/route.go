package discover

import (
	"cmp"
	"strings"

	routev1 "github.com/openshift/api/route/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// anyPort stands for whichever port.
var anyPort intstr.IntOrString

// routeBackends lists the Services a Route leads to.
func routeBackends(r *routev1.Route) []key {
	all := []key{{r.Namespace, r.Spec.To.Name}}
	for _, b := range r.Spec.AlternateBackends {
		all = append(all, key{r.Namespace, b.Name})
	}
	return all
}

// routes lists the OpenShift Routes to a candidate (route.openshift.io/v1).
func routes(ix *index, c *candidate, o Options) []*rung {
	var all []*rung
	done := map[*routev1.Route]bool{}
	for _, f := range c.fronts {
		for _, r := range ix.routes[key{f.Namespace, f.Name}] {
			if !done[r] && routeFits(r, &f) {
				done[r] = true
				all = append(all, routeRung(r, c, o))
			}
		}
	}
	return all
}

// routeFits says whether a Route's target port is the candidate's. A Route
// names the port of the endpoints, by number or by its Service port's name;
// one that names none takes any.
func routeFits(r *routev1.Route, f *front) bool {
	if r.Spec.Port == nil {
		return true
	}
	want := r.Spec.Port.TargetPort
	if want.StrVal == "" {
		return want.IntVal == f.target || f.target == 0
	}
	for _, p := range f.twins {
		if p.Name == want.StrVal || p.TargetPort.StrVal == want.StrVal {
			return true
		}
	}
	return false
}

func routeRung(r *routev1.Route, c *candidate, o Options) *rung {
	scheme, path := "http", r.Spec.Path
	if t := r.Spec.TLS; t != nil {
		scheme = "https"
		if t.Termination == routev1.TLSTerminationPassthrough {
			path = "" // a router that does not look inside cannot tell paths apart
		}
	}
	in, refusal := admission(r)
	host := cmp.Or(in.Host, r.Spec.Host)
	way := &rung{via: viaRoute, object: "route/" + r.Name}
	if host == "" {
		return way.refuse(cmp.Or(refusal, "it has no host yet"))
	}
	way.url = baseURL(scheme, host, 0, apiPrefix(path, routeRewrites(r)))
	if refusal != "" {
		return way.refuse(refusal)
	}
	way.fallback = hostPort(in.RouterCanonicalHostname, scheme, 0)
	if r.Spec.Port == nil && len(c.fronts) > 0 && len(c.fronts[0].Spec.Ports) > 1 {
		way.note("the Route names none of the Service's several ports")
	}
	parts := []part{{r.Spec.To.Name, routeWeight(r.Spec.To, 100)}}
	for _, b := range r.Spec.AlternateBackends {
		parts = append(parts, part{b.Name, routeWeight(b, 0)})
	}
	way.shareOut(c, parts)
	way.findings = append(way.findings, routeKillers(r, c, o.StreamTime)...)
	return way
}

// routeRewrites says that the router takes the path off before the engine
// sees it.
func routeRewrites(r *routev1.Route) bool {
	return r.Annotations["haproxy.router.openshift.io/rewrite-target"] != ""
}

// routeWeight is a backend's weight; one left out is the API's default.
func routeWeight(b routev1.RouteTargetReference, usual int32) int32 {
	if b.Weight == nil {
		return usual
	}
	return *b.Weight
}

// admission finds the router that serves a Route, or says why none does.
func admission(r *routev1.Route) (in routev1.RouteIngress, refusal string) {
	refusal = "no router has admitted it yet"
	for _, in := range r.Status.Ingress {
		for _, cond := range in.Conditions {
			if cond.Type != routev1.RouteAdmitted {
				continue
			}
			if cond.Status == corev1.ConditionTrue {
				return in, ""
			}
			refusal = "the router " + in.RouterName + " has not admitted it: " + strings.TrimSpace(cmp.Or(cond.Message, cond.Reason, "it gives no reason"))
		}
	}
	return routev1.RouteIngress{}, refusal
}
