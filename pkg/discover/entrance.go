package discover

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// entrance is where a Gateway takes in a route's requests.
type entrance struct {
	scheme, host string
	port         int32
	fallback     string
	notes        []string
	refusal      string
}

// entrances lists where a route's requests come in through one Gateway.
func entrances(ix *index, r *kube.HTTPRoute, parent kube.ParentReference) []entrance {
	g := ix.gateways[key{cmp.Or(value(parent.Namespace), r.Namespace), parent.Name}]
	if g == nil {
		return unseenGateway(r, parent)
	}
	address := ""
	if len(g.Status.Addresses) > 0 {
		address = g.Status.Addresses[0].Value
	}
	var all []entrance
	for _, l := range listenersOf(g, parent) {
		scheme := strings.ToLower(l.Protocol)
		hosts := meet(r.Spec.Hostnames, value(l.Hostname))
		for _, host := range hosts {
			all = append(all, enter(scheme, host, l.Port, address, g.Name))
		}
		if len(hosts) == 0 {
			all = append(all, entrance{refusal: fmt.Sprintf("its hostnames (%s) do not fit %s of the listener %s", strings.Join(r.Spec.Hostnames, ", "), value(l.Hostname), l.Name)})
		}
	}
	if len(all) == 0 {
		all = append(all, entrance{refusal: fmt.Sprintf("the Gateway %s has no HTTP listener for it", g.Name)})
	}
	return all
}

// enter makes the entrance of a hostname, which may be a wildcard, or "" for
// any.
func enter(scheme, host string, port int32, address, gateway string) entrance {
	e := entrance{scheme: scheme, host: host, port: port, fallback: hostPort(address, scheme, port)}
	switch {
	case host != "" && !isWildcard(host):
	case address == "":
		e.host, e.refusal = "", fmt.Sprintf("it has no concrete hostname, and the Gateway %s no address yet", gateway)
	case host == "":
		e.host, e.fallback = address, ""
	default:
		e.host = anyName(host)
		e.notes = []string{fmt.Sprintf("%s stands for any name under %s", e.host, host)}
	}
	return e
}

// meet are the hostnames that a route and a listener have in common; "" is any
// (Gateway API, HTTPRouteSpec.hostnames).
func meet(route []string, listener string) []string {
	if len(route) == 0 {
		return []string{listener}
	}
	var both []string
	for _, host := range route {
		switch {
		case listener == "" || covers(listener, host, true):
			both = append(both, host)
		case covers(host, listener, true):
			both = append(both, listener)
		}
	}
	return both
}

// unseenGateway guesses what a Gateway that could not be listed offers: its
// usual ports, under the route's own names.
func unseenGateway(r *kube.HTTPRoute, parent kube.ParentReference) []entrance {
	var all []entrance
	for _, host := range r.Spec.Hostnames {
		if isWildcard(host) {
			continue
		}
		note := fmt.Sprintf("the Gateway %s cannot be seen, so its ports are a guess", parent.Name)
		for _, scheme := range []string{"https", "http"} {
			all = append(all, entrance{scheme: scheme, host: host, port: value(parent.Port), notes: []string{note}})
		}
	}
	if len(all) == 0 {
		return []entrance{{refusal: fmt.Sprintf("the Gateway %s cannot be seen, and the route names no host", parent.Name)}}
	}
	return all
}
