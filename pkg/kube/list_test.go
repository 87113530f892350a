package kube

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	routev1 "github.com/openshift/api/route/v1"
	routefake "github.com/openshift/client-go/route/clientset/versioned/fake"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// fakes are the clients of a cluster made of objects.
type fakes struct {
	core    *fake.Clientset
	dynamic *dynamicfake.FakeDynamicClient
	routes  *routefake.Clientset
}

var looseKinds = map[schema.GroupVersionResource]string{
	{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}:     "HTTPRouteList",
	{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}:       "GatewayList",
	{Group: "serving.kserve.io", Version: "v1beta1", Resource: "inferenceservices"}: "InferenceServiceList",
}

func newFakes(t *testing.T, core []runtime.Object, loose []*unstructured.Unstructured, routes []runtime.Object) (*Cluster, *fakes) {
	t.Helper()
	f := &fakes{
		core:    fake.NewClientset(core...),
		dynamic: dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), looseKinds),
		routes:  routefake.NewSimpleClientset(routes...), //nolint:staticcheck // NewClientset there cannot read its own schema
	}
	for _, o := range loose {
		// Left to itself the tracker takes the plural of Gateway for gatewaies.
		for resource, list := range looseKinds {
			if list != o.GetKind()+"List" {
				continue
			}
			if err := f.dynamic.Tracker().Create(resource, o, o.GetNamespace()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return &Cluster{Namespace: "team-a", Host: "https://api", Core: f.core, Dynamic: f.dynamic, Routes: f.routes}, f
}

// fail makes the lists of a resource fail where in is the namespace, or
// everywhere where in is "*".
func (f *fakes) fail(resource, in string, err error) {
	react := func(action clienttesting.Action) (bool, runtime.Object, error) {
		return in == "*" || action.GetNamespace() == in, nil, err
	}
	for _, c := range []*clienttesting.Fake{&f.core.Fake, &f.dynamic.Fake, &f.routes.Fake} {
		c.PrependReactor("list", resource, react)
	}
}

func forbidden(resource string) error {
	return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", errors.New("no"))
}

func missing() error {
	return apierrors.NewGenericServerResponse(404, "get", schema.GroupResource{}, "", "", 0, true)
}

func named(name, namespace string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: namespace, ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "helm"}}}
}

func loose(apiVersion, kind, namespace, name string, fields map[string]any) *unstructured.Unstructured {
	object := map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{
		"name": name, "namespace": namespace, "managedFields": []any{map[string]any{"manager": "helm"}},
	}}
	for k, v := range fields {
		object[k] = v
	}
	return &unstructured.Unstructured{Object: object}
}

func TestListReadsEveryKind(t *testing.T) {
	c, _ := newFakes(t,
		[]runtime.Object{
			&corev1.Pod{ObjectMeta: named("vllm-0", "team-a")}, &corev1.Pod{ObjectMeta: named("other", "team-b")},
			&corev1.Service{ObjectMeta: named("vllm", "team-a")}, &corev1.Node{ObjectMeta: named("gpu-1", "")},
		},
		[]*unstructured.Unstructured{
			loose("gateway.networking.k8s.io/v1", "HTTPRoute", "team-a", "vllm", map[string]any{
				"spec": map[string]any{"hostnames": []any{"vllm.example"}, "rules": []any{map[string]any{
					"backendRefs": []any{map[string]any{"name": "vllm", "port": int64(80)}}, "timeouts": map[string]any{"request": "30s"},
				}}},
			}),
			loose("gateway.networking.k8s.io/v1", "Gateway", "infra", "public", map[string]any{
				"status": map[string]any{"addresses": []any{map[string]any{"type": "IPAddress", "value": "192.0.2.1"}}},
			}),
			loose("gateway.networking.k8s.io/v1", "Gateway", "team-a", "odd", map[string]any{"spec": "not an object"}),
			loose("serving.kserve.io/v1beta1", "InferenceService", "team-a", "llama", map[string]any{"status": map[string]any{"url": "http://llama.example"}}),
		},
		[]runtime.Object{&routev1.Route{ObjectMeta: named("vllm", "team-a")}},
	)
	got, err := c.List(context.Background(), "team-a")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{
		"pods": got.Pods[0].Name, "services": got.Services[0].Name, "nodes": got.Nodes[0].Name, "routes": got.Routes[0].Name,
		"hostname": got.HTTPRoutes[0].Spec.Hostnames[0], "timeout": got.HTTPRoutes[0].Spec.Rules[0].Timeouts.Request,
		"backend": fmt.Sprint(got.HTTPRoutes[0].Spec.Rules[0].BackendRefs[0].Name, *got.HTTPRoutes[0].Spec.Rules[0].BackendRefs[0].Port),
		"gateway": got.Gateways[0].Status.Addresses[0].Value, "gateway's namespace": got.Gateways[0].Namespace,
		"inference service": got.InferenceServices[0].Status.URL,
	}
	want := map[string]string{
		"pods": "vllm-0", "services": "vllm", "nodes": "gpu-1", "routes": "vllm", "hostname": "vllm.example", "timeout": "30s",
		"backend": "vllm80", "gateway": "192.0.2.1", "gateway's namespace": "infra", "inference service": "http://llama.example",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(got.Pods) != 1 || len(got.Gateways) != 1 || got.Requests != int64(len(kinds)) || got.Namespace != "team-a" {
		t.Errorf("%d pods, %d gateways, %d requests", len(got.Pods), len(got.Gateways), got.Requests)
	}
	for _, o := range []metav1.Object{&got.Pods[0], &got.Routes[0], &got.HTTPRoutes[0]} {
		if o.GetManagedFields() != nil {
			t.Errorf("%T keeps its managed fields", o)
		}
	}
	if len(got.Skipped) != 1 || got.Skipped[0].Source != "gateways/team-a/odd" || !strings.HasPrefix(got.Skipped[0].Reason, "cannot be read: ") {
		t.Errorf("skipped: %v", got.Skipped)
	}
}

func TestListNamesWhatItSkips(t *testing.T) {
	c, f := newFakes(t, []runtime.Object{&corev1.Pod{ObjectMeta: named("vllm-0", "team-a")}}, nil, nil)
	f.fail("routes", "*", missing())
	f.fail("gateways", "*", forbidden("gateways"))
	f.fail("nodes", "*", forbidden("nodes"))
	f.fail("endpointslices", "*", forbidden("endpointslices"))
	f.fail("ingresses", "*", apierrors.NewServiceUnavailable("etcd is away"))
	got, err := c.List(context.Background(), "x")
	if err != nil {
		t.Fatal(err)
	}
	want := []record.Skipped{
		{Source: "endpointslices", Reason: "forbidden; asked for list endpointslices.discovery.k8s.io in namespace x", Forbidden: true},
		{Source: "nodes", Reason: "forbidden; asked for list nodes in the whole cluster", Forbidden: true},
		{Source: "ingresses", Reason: "the API server could not list them: etcd is away"},
		{Source: "routes", Reason: "this cluster has no route.openshift.io/v1 API"},
		{Source: "gateways", Reason: "forbidden; asked for list gateways.gateway.networking.k8s.io in namespace x", Forbidden: true},
	}
	if diff := cmp.Diff(want, got.Skipped); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestListFallsBackToTheNamespaceForGateways(t *testing.T) {
	c, f := newFakes(t, nil, []*unstructured.Unstructured{
		loose("gateway.networking.k8s.io/v1", "Gateway", "infra", "public", nil), loose("gateway.networking.k8s.io/v1", "Gateway", "team-a", "own", nil),
	}, nil)
	f.fail("gateways", "", forbidden("gateways"))
	got, err := c.List(context.Background(), "team-a")
	if err != nil || len(got.Gateways) != 1 || got.Gateways[0].Name != "own" || len(got.Skipped) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// pageOf answers lists of pods by pages, and forgets its tokens as often as
// expire says.
func (f *fakes) pageOf(pods, expire int) {
	f.core.PrependReactor("list", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		options := action.(clienttesting.ListActionImpl).ListOptions
		from, _ := strconv.Atoi(options.Continue)
		if from > 0 && expire > 0 {
			expire--
			return true, nil, apierrors.NewResourceExpired("the continue token has expired")
		}
		page := &corev1.PodList{}
		for i := from; i < pods && len(page.Items) < int(options.Limit); i++ {
			page.Items = append(page.Items, corev1.Pod{ObjectMeta: named(strconv.Itoa(i), "team-a")})
		}
		if next := from + len(page.Items); next < pods {
			page.Continue = strconv.Itoa(next)
		}
		return true, page, nil
	})
}

func TestListPages(t *testing.T) {
	others := int64(len(kinds) - 1)
	for name, c := range map[string]struct {
		pods, expire int
		requests     int64
		skipped      bool
	}{
		"one page":               {pods: 500, requests: 1},
		"three pages":            {pods: 1001, requests: 3},
		"expired once":           {pods: 1001, expire: 1, requests: 5},
		"expired time and again": {pods: 1001, expire: 9, requests: 4, skipped: true},
	} {
		t.Run(name, func(t *testing.T) {
			cluster, f := newFakes(t, nil, nil, nil)
			f.pageOf(c.pods, c.expire)
			got, err := cluster.List(context.Background(), "team-a")
			if err != nil {
				t.Fatal(err)
			}
			if got.Requests != others+c.requests {
				t.Errorf("%d requests, want %d", got.Requests-others, c.requests)
			}
			if c.skipped {
				if len(got.Skipped) != 1 || got.Skipped[0].Source != "pods" {
					t.Errorf("skipped %v", got.Skipped)
				}
				return
			}
			for i, p := range got.Pods {
				if p.Name != strconv.Itoa(i) {
					t.Fatalf("pod %d is %s", i, p.Name)
				}
			}
			if len(got.Pods) != c.pods {
				t.Errorf("%d pods", len(got.Pods))
			}
		})
	}
}

func TestListFailsWhereTheAPIServerCannotBeUsed(t *testing.T) {
	t.Run("unreachable", func(t *testing.T) {
		s := newPodServer(t, nil)
		c := s.connect(t)
		s.Close()
		_, err := c.List(context.Background(), "team-a")
		if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), c.Host) || !strings.Contains(err.Error(), "connection refused; check that the cluster runs") {
			t.Errorf("%v", err)
		}
	})
	t.Run("credentials", func(t *testing.T) {
		s := newPodServer(t, nil)
		c := s.connect(t)
		c.config.BearerToken = "expired"
		remake(t, c)
		_, err := c.List(context.Background(), "team-a")
		if !errors.Is(err, ErrCredentials) || !apierrors.IsUnauthorized(err) || !strings.Contains(err.Error(), "log in again") {
			t.Errorf("%v", err)
		}
		if _, err := c.May(context.Background(), "team-a", TunnelPermissions()); !errors.Is(err, ErrCredentials) {
			t.Errorf("May: %v", err)
		}
		if _, err := c.Describe(context.Background()); !errors.Is(err, ErrCredentials) {
			t.Errorf("Describe: %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		s := newPodServer(t, nil)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := s.connect(t).List(ctx, "team-a"); !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
			t.Errorf("%v", err)
		}
	})
}

// A server that has none of the APIs has its requests counted all the same.
func TestRequestsAreCounted(t *testing.T) {
	c := newPodServer(t, nil).connect(t)
	got, err := c.List(context.Background(), "team-a")
	if err != nil || len(got.Skipped) != len(kinds) {
		t.Fatal(got, err)
	}
	if got.Requests != int64(len(kinds)) || c.Requests() != got.Requests {
		t.Errorf("%d requests, %d sent", got.Requests, c.Requests())
	}
	if trip, err := c.RoundTrip(context.Background()); err != nil || trip <= 0 {
		t.Errorf("round trip %v, %v", trip, err)
	}
	if c.Requests() <= got.Requests {
		t.Error("a round trip was not counted")
	}
}
