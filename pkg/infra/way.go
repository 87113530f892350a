package infra

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func wayFound(_ *site, e *standing) []record.Check {
	remedy := fmt.Sprintf("kubectl llmbench discover-services -n %s -o wide", e.Namespace)
	switch {
	case e.URL == "":
		return fail(e.name(), remedy, "no way leads to it: %s", cmp.Or(e.Reason, "no reason is given"))
	case !e.Healthy:
		return fail(e.name(), remedy, "it is not healthy at %s (%s): %s", e.URL, e.Via, cmp.Or(e.Reason, "no reason is given"))
	case e.Via == "port-forward":
		return warn(e.name(), fmt.Sprintf("# give it a Route, an Ingress or a NodePort, or run inside the cluster\nkubectl patch service %s -n %s -p '{\"spec\":{\"type\":\"NodePort\"}}'", e.Name, e.Namespace),
			"it is reached by port-forward: the API server stands on the way, and bounds the load it can carry")
	}
	return pass(e.name(), "healthy at %s (%s)", e.URL, e.Via)
}

// proxied are the rungs on which an object of the cluster configures a proxy.
var proxied = []string{"route", "ingress", "httproute"}

// onTheWay turns what discovery found on the chosen way into checks.
func onTheWay(e *standing, ids []string, well string) []record.Check {
	if e.URL == "" {
		return skip(e.name(), "no way leads to it")
	}
	var found []record.Check
	for _, f := range e.Findings {
		if !slices.Contains(ids, f.ID) {
			continue
		}
		if f.Severity == record.SeverityError {
			found = append(found, fail(e.name(), f.Remedy, "%s", f.Message)...)
		} else {
			found = append(found, warn(e.name(), f.Remedy, "%s", f.Message)...)
		}
	}
	return orPass(found, e.name(), "%s", well)
}

// wayTimeout judges the chosen way; what stands on others is told by
// discover-services.
func wayTimeout(_ *site, e *standing) []record.Check {
	well := "neither Route, Ingress nor HTTPRoute stands on the way (" + e.Via + ")"
	if slices.Contains(proxied, e.Via) {
		well = "the " + e.Via + " gives a request time enough"
	}
	return onTheWay(e, []string{"route-timeout", "ingress-read-timeout", "httproute-timeout"}, well)
}

func wayBuffering(_ *site, e *standing) []record.Check {
	well := "neither Route, Ingress nor HTTPRoute stands on the way (" + e.Via + ")"
	if slices.Contains(proxied, e.Via) {
		well = "nothing on the " + e.Via + " tells it to hold tokens back"
	}
	return onTheWay(e, []string{"ingress-buffering", "route-delays", "http2-only"}, well)
}

// services are the engine's Services, and the names of those that are not there.
func (s *site) services(e *standing) (all []*corev1.Service, missing []string) {
next:
	for _, name := range e.Services {
		for i := range s.survey.Inventory.Services {
			if v := &s.survey.Inventory.Services[i]; v.Namespace == e.Namespace && v.Name == name {
				all = append(all, v)
				continue next
			}
		}
		missing = append(missing, name)
	}
	return all, missing
}

func serviceEndpoints(s *site, e *standing) []record.Check {
	all, missing := s.services(e)
	if len(all)+len(missing) == 0 {
		return warn(e.name(), fmt.Sprintf("kubectl expose %s --name=%s --port=8000", e.owner.ref(), e.Name), "no Service leads to it: a tunnel to a single pod is the only way")
	}
	var found []record.Check
	for _, name := range missing {
		found = append(found, skip(e.name(), "the Service %s is not among those listed", name)...)
	}
	for _, v := range all {
		if s.endpoints(v) == 0 {
			found = append(found, fail(e.name(), fmt.Sprintf("kubectl get endpointslices -n %[1]s -l kubernetes.io/service-name=%[2]s\nkubectl get pods -n %[1]s -l %[3]s", v.Namespace, v.Name, cmp.Or(selectorText(v.Spec.Selector), "''")),
				"the Service %s has no ready endpoint", v.Name)...)
		}
	}
	return orPass(found, e.name(), "%s ready endpoints", plural(len(all), "Service has", "Services have"))
}

// endpoints counts the ready endpoints of a Service.
func (s *site) endpoints(v *corev1.Service) int {
	ready := 0
	for i := range s.survey.Inventory.EndpointSlices {
		l := &s.survey.Inventory.EndpointSlices[i]
		if l.Namespace != v.Namespace || l.Labels[discoveryv1.LabelServiceName] != v.Name {
			continue
		}
		for _, point := range l.Endpoints {
			if point.Conditions.Ready == nil || *point.Conditions.Ready {
				ready++
			}
		}
	}
	return ready
}

// sessionAffinity warns where all that one client sends goes to one of several
// replicas.
func sessionAffinity(s *site, e *standing) []record.Check {
	all, _ := s.services(e)
	if len(all) == 0 {
		return skip(e.name(), "no Service of it is seen")
	}
	var found []record.Check
	sticky := false
	for _, v := range all {
		if v.Spec.SessionAffinity != corev1.ServiceAffinityClientIP {
			continue
		}
		sticky = true
		if len(e.pods) > 1 {
			found = append(found, warn(e.name(), fmt.Sprintf(`kubectl patch service %s -n %s -p '{"spec":{"sessionAffinity":"None"}}'`, v.Name, v.Namespace),
				"the Service %s has session affinity: all requests from here go to one of %d replicas", v.Name, len(e.pods))...)
		}
	}
	if len(found) == 0 {
		for _, f := range e.Findings {
			if f.ID == "one-replica-only" {
				found = append(found, warn(e.name(), f.Remedy, "%s", f.Message)...)
			}
		}
	}
	if sticky {
		return orPass(found, e.name(), "a Service has session affinity, but leads to one pod")
	}
	return orPass(found, e.name(), "no Service of it has session affinity")
}

// soon is how long a certificate must last from now, at least: longer than a
// comparison that is repeated for some days.
const soon = 7 * 24 * time.Hour

func tlsExpiry(s *site, e *standing) []record.Check {
	u, err := url.Parse(e.URL)
	if err != nil || e.URL == "" {
		return skip(e.name(), "no way leads to it")
	}
	if u.Scheme != "https" {
		return skip(e.name(), "the way to it is without TLS")
	}
	end, ok := s.Certificates[u.Host]
	if !ok {
		if end, ok = s.Certificates[u.Hostname()]; !ok {
			return skip(e.name(), "the certificate of %s was not looked at", u.Host)
		}
	}
	left := end.Sub(s.Now)
	remedy := fmt.Sprintf("# renew the certificate; with cert-manager:\nkubectl get certificates -n %s\ncmctl renew --all -n %s", e.Namespace, e.Namespace)
	switch {
	case left <= 0:
		return fail(e.name(), remedy, "the certificate of %s ended on %s", u.Host, end.UTC().Format(time.DateOnly))
	case left < soon:
		return warn(e.name(), remedy, "the certificate of %s ends in %s", u.Host, strings.TrimSuffix(left.Round(time.Hour).String(), "0m0s"))
	}
	return pass(e.name(), "the certificate of %s lasts until %s", u.Host, end.UTC().Format(time.DateOnly))
}
