package discover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// httpRouteBackends lists the Services an HTTPRoute leads to.
func httpRouteBackends(r *kube.HTTPRoute) []key {
	var all []key
	for _, rule := range r.Spec.Rules {
		for _, b := range rule.BackendRefs {
			if cmp.Or(value(b.Kind), "Service") == "Service" && value(b.Group) == "" {
				all = append(all, key{cmp.Or(value(b.Namespace), r.Namespace), b.Name})
			}
		}
	}
	return all
}

// httpRoutes lists the HTTPRoutes to a candidate (gateway.networking.k8s.io/v1):
// one way for each listener and hostname.
func httpRoutes(ix *index, c *candidate, o Options) []*rung {
	var all []*rung
	done := map[*kube.HTTPRoute]bool{}
	for _, f := range c.fronts {
		for _, r := range ix.httpRoutes[key{f.Namespace, f.Name}] {
			if done[r] {
				continue
			}
			done[r] = true
			for i := range r.Spec.Rules {
				if ruleFits(r, &r.Spec.Rules[i], c) {
					all = append(all, ruleRungs(ix, r, i, c, o)...)
				}
			}
		}
	}
	return all
}

func ruleFits(r *kube.HTTPRoute, rule *kube.HTTPRouteRule, c *candidate) bool {
	for _, b := range rule.BackendRefs {
		if cmp.Or(value(b.Namespace), r.Namespace) == c.namespace && c.frontOf(b.Name, portRef(b.Port)) != nil {
			return true
		}
	}
	return false
}

func portRef(p *int32) intstr.IntOrString {
	if p == nil {
		return anyPort
	}
	return intstr.FromInt32(*p)
}

// ruleRungs lists the ways that one rule of an HTTPRoute opens.
func ruleRungs(ix *index, r *kube.HTTPRoute, i int, c *candidate, o Options) []*rung {
	rule := &r.Spec.Rules[i]
	prefix, refusal := rulePath(rule)
	var all []*rung
	for _, parent := range r.Spec.ParentRefs {
		if cmp.Or(parent.Kind, "Gateway") != "Gateway" {
			continue // a mesh's, which begins at a Service
		}
		for _, e := range entrances(ix, r, parent) {
			way := &rung{via: viaHTTPRoute, object: "httproute/" + r.Name, fallback: e.fallback, notes: e.notes}
			if e.host != "" {
				way.url = baseURL(e.scheme, e.host, e.port, prefix)
			}
			if why := cmp.Or(accepted(r, parent), e.refusal, refusal); why != "" {
				all = append(all, way.refuse(why))
				continue
			}
			way.shareOut(c, ruleParts(r, rule, c))
			way.findings = append(way.findings, httpRouteKillers(r, i, c, o.StreamTime)...)
			all = append(all, way)
		}
	}
	return all
}

// rulePath is the path to put before the engine's own, or why none will do.
func rulePath(rule *kube.HTTPRouteRule) (prefix, refusal string) {
	rewritten := false
	for _, f := range rule.Filters {
		rewritten = rewritten || f.Type == "URLRewrite"
		if f.Type == "RequestRedirect" {
			return "", "it redirects instead of leading here"
		}
	}
	if len(rule.Matches) == 0 {
		return "", ""
	}
	for _, m := range rule.Matches {
		switch {
		case len(m.Headers) > 0:
			refusal = "it takes only requests with the header " + m.Headers[0].Name
		case m.Path == nil:
			return "", ""
		case cmp.Or(m.Path.Type, "PathPrefix") == "PathPrefix":
			return apiPrefix(m.Path.Value, rewritten), ""
		case m.Path.Type == "Exact":
			refusal = "it takes only the path " + m.Path.Value
		default:
			refusal = "it takes paths by the regular expression " + m.Path.Value
		}
	}
	return "", refusal
}

// ruleParts lists who gets a rule's requests. A backend in another namespace,
// or at another port, is another backend.
func ruleParts(r *kube.HTTPRoute, rule *kube.HTTPRouteRule, c *candidate) []part {
	var parts []part
	for _, b := range rule.BackendRefs {
		p := part{service: b.Name, weight: 1}
		if b.Weight != nil {
			p.weight = *b.Weight
		}
		if ns := cmp.Or(value(b.Namespace), r.Namespace); ns != c.namespace {
			p.service = ns + "/" + b.Name
		} else if c.frontOf(b.Name, anyPort) != nil && c.frontOf(b.Name, portRef(b.Port)) == nil {
			p.service = fmt.Sprintf("%s port %d", b.Name, value(b.Port))
		}
		parts = append(parts, p)
	}
	return parts
}

// accepted says why a Gateway does not serve a route, "" where it does.
func accepted(r *kube.HTTPRoute, parent kube.ParentReference) string {
	refusal := "no controller has accepted it yet"
	for _, p := range r.Status.Parents {
		if p.ParentRef.Name != parent.Name || cmp.Or(value(p.ParentRef.Namespace), r.Namespace) != cmp.Or(value(parent.Namespace), r.Namespace) {
			continue
		}
		if s := value(parent.SectionName); s != "" && value(p.ParentRef.SectionName) != "" && value(p.ParentRef.SectionName) != s {
			continue
		}
		ok := false
		for _, cond := range p.Conditions {
			switch {
			case cond.Status == metav1.ConditionFalse && (cond.Type == "Accepted" || cond.Type == "ResolvedRefs"):
				return fmt.Sprintf("the Gateway %s has not accepted it: %s", parent.Name, strings.TrimSpace(cmp.Or(cond.Message, cond.Reason, "it gives no reason")))
			case cond.Type == "Accepted" && string(cond.Status) == string(corev1.ConditionTrue):
				ok = true
			}
		}
		if ok {
			return ""
		}
	}
	return refusal
}

// listenersOf are those of a Gateway's listeners that a parent reference means
// and that carry HTTP.
func listenersOf(g *kube.Gateway, parent kube.ParentReference) []kube.Listener {
	return slices.DeleteFunc(slices.Clone(g.Spec.Listeners), func(l kube.Listener) bool {
		return l.Protocol != "HTTP" && l.Protocol != "HTTPS" ||
			value(parent.SectionName) != "" && value(parent.SectionName) != l.Name ||
			parent.Port != nil && *parent.Port != l.Port
	})
}
