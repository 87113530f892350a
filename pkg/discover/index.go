package discover

import (
	"slices"
	"strings"

	routev1 "github.com/openshift/api/route/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// key names an object of one kind.
type key struct{ namespace, name string }

// index finds an inventory's objects by what refers to them, so that nothing
// needs to be looked for among all of a kind.
type index struct {
	*kube.Inventory

	pods     map[key]*corev1.Pod
	nodes    map[string]*corev1.Node
	services map[key]*corev1.Service
	slices   map[key][]*discoveryv1.EndpointSlice // by Service
	gateways map[key]*kube.Gateway

	// The ways in, by each Service they lead to.
	routes     map[key][]*routev1.Route
	httpRoutes map[key][]*kube.HTTPRoute
	ingresses  map[key][]*networkingv1.Ingress
	inference  map[key]*kube.InferenceService

	// labelled holds pods by namespace and one label; made on first use.
	labelled map[label][]*corev1.Pod
	// sightings holds what was recognised in each pod.
	sightings map[*corev1.Pod][]sighting
}

type label struct{ namespace, name, value string }

func newIndex(inv *kube.Inventory) *index {
	ix := &index{
		Inventory: inv,
		pods:      byName(inv.Pods, func(p *corev1.Pod) key { return key{p.Namespace, p.Name} }),
		services:  byName(inv.Services, func(s *corev1.Service) key { return key{s.Namespace, s.Name} }),
		gateways:  byName(inv.Gateways, func(g *kube.Gateway) key { return key{g.Namespace, g.Name} }),
		inference: byName(inv.InferenceServices, func(i *kube.InferenceService) key { return key{i.Namespace, i.Name} }),
		nodes:     byName(inv.Nodes, func(n *corev1.Node) string { return n.Name }),
		slices:    map[key][]*discoveryv1.EndpointSlice{},
		sightings: make(map[*corev1.Pod][]sighting, len(inv.Pods)),
	}
	for i := range inv.EndpointSlices {
		s := &inv.EndpointSlices[i]
		k := key{s.Namespace, s.Labels[discoveryv1.LabelServiceName]}
		ix.slices[k] = append(ix.slices[k], s)
	}
	ix.routes = byBackend(inv.Routes, routeBackends)
	ix.httpRoutes = byBackend(inv.HTTPRoutes, httpRouteBackends)
	ix.ingresses = byBackend(inv.Ingresses, ingressBackends)
	return ix
}

func byName[T any, K comparable](items []T, name func(*T) K) map[K]*T {
	m := make(map[K]*T, len(items))
	for i := range items {
		m[name(&items[i])] = &items[i]
	}
	return m
}

// byBackend files objects under each Service they lead to, once.
func byBackend[T any](items []T, backends func(*T) []key) map[key][]*T {
	m := map[key][]*T{}
	for i := range items {
		ks := backends(&items[i])
		for j, k := range ks {
			if !slices.Contains(ks[:j], k) {
				m[k] = append(m[k], &items[i])
			}
		}
	}
	return m
}

// selected lists the pods a selector matches, through the label that the
// fewest pods have.
func (ix *index) selected(namespace string, selector map[string]string) []*corev1.Pod {
	if len(selector) == 0 {
		return nil
	}
	if ix.labelled == nil {
		ix.labelled = map[label][]*corev1.Pod{}
		for i := range ix.Pods {
			p := &ix.Pods[i]
			for name, value := range p.Labels {
				l := label{p.Namespace, name, value}
				ix.labelled[l] = append(ix.labelled[l], p)
			}
		}
	}
	var fewest []*corev1.Pod
	first := true
	for name, value := range selector {
		if with := ix.labelled[label{namespace, name, value}]; first || len(with) < len(fewest) {
			fewest, first = with, false
		}
	}
	var matched []*corev1.Pod
	for _, p := range fewest {
		if matches(p.Labels, selector) {
			matched = append(matched, p)
		}
	}
	return matched
}

func matches(have, want map[string]string) bool {
	for name, value := range want {
		if v, ok := have[name]; !ok || v != value {
			return false
		}
	}
	return true
}

// unseen says whether a kind of object, in the plural, could not be listed.
func (ix *index) unseen(kind string) bool {
	return slices.ContainsFunc(ix.Skipped, func(s record.Skipped) bool {
		return strings.HasPrefix(strings.ToLower(s.Source), kind)
	})
}
