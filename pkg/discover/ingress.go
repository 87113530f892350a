package discover

import (
	"cmp"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// ingressBackends lists the Services an Ingress leads to.
func ingressBackends(in *networkingv1.Ingress) []key {
	var all []key
	for _, p := range ingressPaths(in) {
		if s := p.backend.Service; s != nil {
			all = append(all, key{in.Namespace, s.Name})
		}
	}
	return all
}

// ingressPath is one path of an Ingress under one host, "" for any.
type ingressPath struct {
	host, path string
	pathType   networkingv1.PathType
	backend    networkingv1.IngressBackend
}

// ingressPaths lists all paths, the default backend's last.
func ingressPaths(in *networkingv1.Ingress) []ingressPath {
	var all []ingressPath
	for _, rule := range in.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, p := range rule.HTTP.Paths {
			all = append(all, ingressPath{rule.Host, p.Path, value(p.PathType), p.Backend})
		}
	}
	if in.Spec.DefaultBackend != nil {
		all = append(all, ingressPath{backend: *in.Spec.DefaultBackend})
	}
	return all
}

// ingresses lists the Ingresses to a candidate (networking.k8s.io/v1).
func ingresses(ix *index, c *candidate, o Options) []*rung {
	var all []*rung
	done := map[*networkingv1.Ingress]bool{}
	for _, f := range c.fronts {
		for _, in := range ix.ingresses[key{f.Namespace, f.Name}] {
			if done[in] {
				continue
			}
			done[in] = true
			for _, p := range ingressPaths(in) {
				if s := p.backend.Service; s != nil && c.frontOf(s.Name, ingressPort(s.Port)) != nil {
					all = append(all, ingressRung(in, p, c, o))
				}
			}
		}
	}
	return all
}

func ingressPort(p networkingv1.ServiceBackendPort) intstr.IntOrString {
	if p.Name != "" {
		return intstr.FromString(p.Name)
	}
	return intstr.FromInt32(p.Number)
}

func ingressRung(in *networkingv1.Ingress, p ingressPath, c *candidate, o Options) *rung {
	way := &rung{via: viaIngress, object: "ingress/" + in.Name}
	host, scheme := p.host, ingressScheme(in, p.host)
	address := ingressAddress(in)
	way.fallback = hostPort(address, scheme, 0)
	if isWildcard(host) {
		host = anyName(host)
		way.note(host + " stands for any name under " + p.host)
	}
	if host == "" {
		if address == "" {
			return way.refuse("it names no host, and its status no address yet" + ingressClassNote(in))
		}
		host, way.fallback = address, ""
	}
	prefix, refusal := ingressPrefix(in, p)
	way.url = baseURL(scheme, host, 0, prefix)
	if refusal != "" {
		return way.refuse(refusal)
	}
	if address == "" {
		way.note("its status names no address yet" + ingressClassNote(in))
	}
	way.findings = ingressKillers(in, c, o.StreamTime)
	return way
}

// ingressPrefix is the path to put before the engine's own.
func ingressPrefix(in *networkingv1.Ingress, p ingressPath) (prefix, refusal string) {
	if p.pathType == networkingv1.PathTypeExact {
		return "", "it takes only the path " + p.path
	}
	_, rewritten := in.Annotations["nginx.ingress.kubernetes.io/rewrite-target"]
	return apiPrefix(plainPath(p.path), rewritten), ""
}

// ingressScheme is https where a TLS section covers the host. A section
// without hosts covers all (the controller's own certificate).
func ingressScheme(in *networkingv1.Ingress, host string) string {
	for _, t := range in.Spec.TLS {
		if len(t.Hosts) == 0 || slices.ContainsFunc(t.Hosts, func(h string) bool { return covers(h, host, false) }) {
			return "https"
		}
	}
	if in.Annotations["alb.ingress.kubernetes.io/certificate-arn"] != "" {
		return "https"
	}
	return "http"
}

func ingressAddress(in *networkingv1.Ingress) string {
	for _, a := range in.Status.LoadBalancer.Ingress {
		if host := cmp.Or(a.IP, a.Hostname); host != "" {
			return host
		}
	}
	return ""
}

// ingressClass is the class that serves an Ingress, "" for the cluster's default.
func ingressClass(in *networkingv1.Ingress) string {
	return strings.ToLower(cmp.Or(value(in.Spec.IngressClassName), in.Annotations["kubernetes.io/ingress.class"]))
}

func ingressClassNote(in *networkingv1.Ingress) string {
	if class := ingressClass(in); class != "" {
		return "; is there a controller for the class " + class + "?"
	}
	return ""
}
