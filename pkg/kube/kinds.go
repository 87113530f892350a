package kube

import (
	"context"
	"fmt"

	routev1 "github.com/openshift/api/route/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// kind is a kind of object that an Inventory holds.
type kind struct {
	group, version, resource string
	// clusterWide says that it is listed in all namespaces whatever the
	// namespace; namespaced that it can be listed in one.
	clusterWide, namespaced bool
	optional                bool
	why                     string
	read                    func(ctx context.Context, l *lister, namespace string) error
}

// kinds are all kinds, in the order in which what was skipped is told.
var kinds = []kind{
	{
		version: "v1", resource: "pods", namespaced: true, why: "engines are told by images, commands and labels", read: readPods,
	},
	{
		version: "v1", resource: "services", namespaced: true, why: "ways to engines begin at Services", read: readServices,
	},
	{
		group: "discovery.k8s.io", version: "v1", resource: "endpointslices", namespaced: true, optional: true,
		why: "which pods stand ready behind a Service", read: readEndpointSlices,
	},
	{
		version: "v1", resource: "nodes", clusterWide: true, optional: true,
		why: "GPUs, and the addresses of NodePorts", read: readNodes,
	},
	{
		group: "networking.k8s.io", version: "v1", resource: "ingresses", namespaced: true, optional: true,
		why: "addresses from outside the cluster", read: readIngresses,
	},
	{
		group: "route.openshift.io", version: "v1", resource: "routes", namespaced: true, optional: true,
		why: "addresses from outside an OpenShift cluster", read: readRoutes,
	},
	{
		group: "gateway.networking.k8s.io", version: "v1", resource: "httproutes", namespaced: true, optional: true,
		why: "addresses from outside the cluster", read: readHTTPRoutes,
	},
	{
		group: "gateway.networking.k8s.io", version: "v1", resource: "gateways", clusterWide: true, namespaced: true, optional: true,
		why: "the addresses of HTTPRoutes, often in another namespace", read: readGateways,
	},
	{
		group: "serving.kserve.io", version: "v1beta1", resource: "inferenceservices", namespaced: true, optional: true,
		why: "KServe's own addresses", read: readInferenceServices,
	},
}

func (k kind) groupVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: k.group, Version: k.version}
}

// permission returns what listing the kind takes.
func (k kind) permission() Permission {
	return Permission{Group: k.group, Resource: k.resource, Verb: "list", ClusterScoped: k.clusterWide, Optional: k.optional, Why: k.why}
}

// object is a pointer to a T that has Kubernetes' metadata.
type object[T any] interface {
	*T
	metav1.Object
}

// keep appends objects without what nobody here reads: managed fields are
// often half of an object.
func keep[T any, P object[T]](into *[]T, items []T) {
	for i := range items {
		P(&items[i]).SetManagedFields(nil)
	}
	*into = append(*into, items...)
}

func readPods(ctx context.Context, l *lister, namespace string) error {
	into := &l.into.Pods
	return pages(ctx, l, l.cluster.Core.CoreV1().Pods(namespace).List,
		func(page *corev1.PodList) { keep(into, page.Items) }, func() { *into = nil })
}

func readServices(ctx context.Context, l *lister, namespace string) error {
	into := &l.into.Services
	return pages(ctx, l, l.cluster.Core.CoreV1().Services(namespace).List,
		func(page *corev1.ServiceList) { keep(into, page.Items) }, func() { *into = nil })
}

func readEndpointSlices(ctx context.Context, l *lister, namespace string) error {
	into := &l.into.EndpointSlices
	return pages(ctx, l, l.cluster.Core.DiscoveryV1().EndpointSlices(namespace).List,
		func(page *discoveryv1.EndpointSliceList) { keep(into, page.Items) }, func() { *into = nil })
}

func readNodes(ctx context.Context, l *lister, _ string) error {
	into := &l.into.Nodes
	return pages(ctx, l, l.cluster.Core.CoreV1().Nodes().List,
		func(page *corev1.NodeList) { keep(into, page.Items) }, func() { *into = nil })
}

func readIngresses(ctx context.Context, l *lister, namespace string) error {
	into := &l.into.Ingresses
	return pages(ctx, l, l.cluster.Core.NetworkingV1().Ingresses(namespace).List,
		func(page *networkingv1.IngressList) { keep(into, page.Items) }, func() { *into = nil })
}

func readRoutes(ctx context.Context, l *lister, namespace string) error {
	into := &l.into.Routes
	return pages(ctx, l, l.cluster.Routes.RouteV1().Routes(namespace).List,
		func(page *routev1.RouteList) { keep(into, page.Items) }, func() { *into = nil })
}

func readHTTPRoutes(ctx context.Context, l *lister, namespace string) error {
	return readLoose(ctx, l, schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}, namespace, &l.into.HTTPRoutes)
}

func readGateways(ctx context.Context, l *lister, namespace string) error {
	return readLoose(ctx, l, schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}, namespace, &l.into.Gateways)
}

func readInferenceServices(ctx context.Context, l *lister, namespace string) error {
	return readLoose(ctx, l, schema.GroupVersionResource{Group: "serving.kserve.io", Version: "v1beta1", Resource: "inferenceservices"}, namespace, &l.into.InferenceServices)
}

// readLoose lists a kind whose Go types are not linked in. An object that does
// not have the shape of a T is named in Skipped.
func readLoose[T any, P object[T]](ctx context.Context, l *lister, of schema.GroupVersionResource, namespace string, into *[]T) error {
	return pages(ctx, l, l.cluster.Dynamic.Resource(of).Namespace(namespace).List,
		func(page *unstructured.UnstructuredList) {
			items := make([]T, 0, len(page.Items))
			for i := range page.Items {
				var item T
				if err := runtime.DefaultUnstructuredConverter.FromUnstructured(page.Items[i].Object, &item); err != nil {
					l.cannotRead(of.Resource, &page.Items[i], err)
					continue
				}
				items = append(items, item)
			}
			keep[T, P](into, items)
		}, func() { *into = nil })
}

func (l *lister) cannotRead(resource string, o metav1.Object, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unreadable = append(l.unreadable, record.Skipped{
		Source: fmt.Sprintf("%s/%s/%s", resource, o.GetNamespace(), o.GetName()),
		Reason: fmt.Sprintf("cannot be read: %v", err),
	})
}
