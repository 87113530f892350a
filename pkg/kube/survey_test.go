package kube

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// surveyFakes is a cluster that knows ScaledObjects too, and allows everything.
func surveyFakes(t *testing.T, core []runtime.Object, loose ...*unstructured.Unstructured) (*Cluster, *fakes) {
	t.Helper()
	looseKinds[keda] = "ScaledObjectList"
	c, f := newFakes(t, core, loose, nil)
	f.core.PrependReactor("create", "selfsubjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
		review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview)
		review.Status.Allowed = true
		return true, review, nil
	})
	return c, f
}

func TestSurveyReadsEveryKind(t *testing.T) {
	c, _ := surveyFakes(t, []runtime.Object{
		&corev1.Namespace{ObjectMeta: named("team-a", "")},
		&corev1.Pod{ObjectMeta: named("vllm-0", "team-a")}, &corev1.Pod{ObjectMeta: named("other", "team-b")},
		&appsv1.Deployment{ObjectMeta: named("d", "team-a")}, &appsv1.Deployment{ObjectMeta: named("elsewhere", "team-b")},
		&appsv1.StatefulSet{ObjectMeta: named("s", "team-a")}, &appsv1.ReplicaSet{ObjectMeta: named("r", "team-a")},
		&autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: named("h", "team-a")}, &policyv1.PodDisruptionBudget{ObjectMeta: named("b", "team-a")},
		&networkingv1.NetworkPolicy{ObjectMeta: named("n", "team-a")}, &corev1.ResourceQuota{ObjectMeta: named("q", "team-a")},
		&corev1.LimitRange{ObjectMeta: named("l", "team-a")}, &resourcev1.ResourceClaim{ObjectMeta: named("c", "team-a")},
		&schedulingv1.PriorityClass{ObjectMeta: named("p", "")},
	}, loose("keda.sh/v1alpha1", "ScaledObject", "team-a", "k", map[string]any{
		"spec": map[string]any{"scaleTargetRef": map[string]any{"name": "d"}, "maxReplicaCount": int64(4)},
	}))
	got, err := c.Survey(context.Background(), "team-a", &Inventory{Namespace: "team-a", Pods: []corev1.Pod{{ObjectMeta: named("vllm-0", "team-a")}}})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{
		got.Namespace.Name, got.Deployments[0].Name, got.StatefulSets[0].Name, got.ReplicaSets[0].Name, got.Autoscalers[0].Name, got.Budgets[0].Name,
		got.NetworkPolicies[0].Name, got.Quotas[0].Name, got.LimitRanges[0].Name, got.ResourceClaims[0].Name, got.PriorityClasses[0].Name,
		got.ScaledObjects[0].Name, got.ScaledObjects[0].Spec.ScaleTargetRef.Name, fmt.Sprint(*got.ScaledObjects[0].Spec.MaxReplicaCount),
	}
	if diff := cmp.Diff("team-a d s r h b n q l c p k d 4", strings.Join(names, " ")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A kind each, the namespace and the pods of all namespaces.
	if want := int64(len(surveyKinds(&Survey{})) + 2); got.Requests != want || len(got.Deployments) != 1 || len(got.EveryPod) != 2 {
		t.Errorf("%d requests, want %d; %d deployments, %d pods", got.Requests, want, len(got.Deployments), len(got.EveryPod))
	}
	if got.Deployments[0].ManagedFields != nil || got.Namespace.ManagedFields != nil {
		t.Error("managed fields are kept")
	}
	if want := []record.Skipped{{Source: ClusterVersion, Reason: errFake.Error()}}; !cmp.Equal(want, got.Skipped) {
		t.Errorf("skipped %v", got.Skipped)
	}
	if want := len(ListPermissions()) + len(TunnelPermissions()) + len(SurveyPermissions()); len(got.Access) != want || !got.Access[want-1].Allowed {
		t.Errorf("%d decisions, want %d", len(got.Access), want)
	}
}

func TestSurveyOfAllNamespacesListsNoPodsAgain(t *testing.T) {
	c, f := surveyFakes(t, []runtime.Object{&corev1.Namespace{ObjectMeta: named("team-a", "")}, &appsv1.Deployment{ObjectMeta: named("elsewhere", "team-b")}})
	pods := []corev1.Pod{{ObjectMeta: named("vllm-0", "team-a")}}
	got, err := c.Survey(context.Background(), "", &Inventory{Pods: pods})
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range f.core.Actions() {
		if r := action.GetResource().Resource; r == "pods" || r == "namespaces" {
			t.Errorf("asked to %s %s", action.GetVerb(), r)
		}
	}
	if !cmp.Equal(pods, got.EveryPod) || got.Namespace != nil || len(got.Deployments) != 1 {
		t.Errorf("%d pods, namespace %v, %d deployments", len(got.EveryPod), got.Namespace, len(got.Deployments))
	}
}

func TestSurveyNamesWhatItSkips(t *testing.T) {
	c, f := surveyFakes(t, nil, loose("keda.sh/v1alpha1", "ScaledObject", "x", "odd", map[string]any{"spec": "not an object"}))
	f.fail("pods", "", forbidden("pods"))
	f.fail("resourceclaims", "*", missing())
	f.fail("resourcequotas", "*", apierrors.NewServiceUnavailable("etcd is away"))
	f.core.PrependReactor("get", "namespaces", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, forbidden("namespaces") })
	f.core.PrependReactor("create", "selfsubjectaccessreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("boom")
	})
	pods := []corev1.Pod{{ObjectMeta: named("vllm-0", "x")}}
	got, err := c.Survey(context.Background(), "x", &Inventory{Namespace: "x", Pods: pods, Skipped: []record.Skipped{{Source: "nodes", Reason: "forbidden"}}})
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(pods, got.EveryPod) || got.Access != nil {
		t.Errorf("%d pods, access %v", len(got.EveryPod), got.Access)
	}
	for source, want := range map[string]struct {
		reason string
		absent bool
	}{
		EveryPod:         {reason: "forbidden; asked for list pods in the whole cluster"},
		"namespaces":     {reason: "forbidden; asked for get namespaces in namespace x"},
		"resourceclaims": {reason: "this cluster has no resource.k8s.io/v1 API", absent: true},
		"resourcequotas": {reason: "the API server could not list them: etcd is away"},
		"nodes":          {reason: "forbidden"},
		ClusterVersion:   {reason: errFake.Error()},
	} {
		reason, absent, ok := got.Unseen(source)
		if reason != want.reason || absent != want.absent || !ok {
			t.Errorf("%s: %q, absent %v, %v", source, reason, absent, ok)
		}
	}
	if reason, _, ok := got.Unseen(AccessReviews); !ok || !strings.HasSuffix(reason, ": boom") {
		t.Errorf("access: %q", reason)
	}
	if reason, _, ok := got.Unseen("scaledobjects/x/odd"); !ok || !strings.HasPrefix(reason, "cannot be read: ") {
		t.Errorf("scaled object: %q", reason)
	}
	if _, _, ok := got.Unseen("deployments"); ok {
		t.Error("deployments were seen")
	}
}

func TestSurveyOfANamespaceThatIsNotThere(t *testing.T) {
	c, _ := surveyFakes(t, nil)
	got, err := c.Survey(context.Background(), "x", &Inventory{Namespace: "x"})
	if err != nil || got.Namespace != nil {
		t.Fatal(got, err)
	}
	if _, _, ok := got.Unseen("namespaces"); ok {
		t.Error("the namespace was looked at, and is not skipped")
	}
}

func TestSurveyFailsWhereTheAPIServerCannotBeUsed(t *testing.T) {
	s := newPodServer(t, nil)
	c := s.connect(t)
	s.Close()
	if _, err := c.Survey(context.Background(), "x", &Inventory{Namespace: "x"}); !errors.Is(err, ErrUnreachable) {
		t.Errorf("unreachable: %v", err)
	}
	s = newPodServer(t, nil)
	c = s.connect(t)
	c.config.BearerToken = "expired"
	remake(t, c)
	if _, err := c.Survey(context.Background(), "x", &Inventory{Namespace: "x"}); !errors.Is(err, ErrCredentials) {
		t.Errorf("credentials: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := newPodServer(t, nil).connect(t).Survey(ctx, "x", &Inventory{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A server without any of the APIs gives a survey of nothing, all named.
func TestSurveyOfAServerThatHasNothing(t *testing.T) {
	c := newPodServer(t, nil).connect(t)
	got, err := c.Survey(context.Background(), "x", &Inventory{Namespace: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(surveyKinds(&Survey{})) + 3; len(got.Skipped) != want { // and pods, access, version; namespace x is not found
		t.Errorf("%d skipped, want %d: %v", len(got.Skipped), want, got.Skipped)
	}
}

func TestSurveyPermissionsAreOptional(t *testing.T) {
	var names []string
	for _, p := range SurveyPermissions() {
		if !p.Optional || p.Why == "" {
			t.Errorf("%s: optional %v, why %q", p, p.Optional, p.Why)
		}
		if strings.Contains(p.Resource, "secret") {
			t.Error("secrets are not read")
		}
		names = append(names, fmt.Sprint(p, p.ClusterScoped))
	}
	for _, want := range []string{"list pods true", "list priorityclasses.scheduling.k8s.io true", "list deployments.apps false", "get namespaces false"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among %s", want, strings.Join(names, ", "))
		}
	}
}
