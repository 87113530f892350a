package kube

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Names under which a Survey tells of what is not a kind of object in one
// namespace.
const (
	// EveryPod is the list of the pods of all namespaces.
	EveryPod = "pods of all namespaces"
	// AccessReviews are the questions what the caller may do.
	AccessReviews = "selfsubjectaccessreviews"
	// ClusterVersion is the API server's version.
	ClusterVersion = "version"
)

// Survey is what there is beside an Inventory that bears on a comparison of
// engines. What the cluster lacks or the caller may not see is empty, and
// named in Skipped.
type Survey struct {
	// Inventory is what was listed before.
	Inventory *Inventory
	// Cluster is nil where the API server did not describe itself.
	Cluster *record.Cluster
	// Namespace is the namespace's own object, nil where there is none, where
	// it may not be read, or where all namespaces are looked at.
	Namespace *corev1.Namespace
	// EveryPod holds the pods of all namespaces. Where they may not be listed
	// it holds those of the Inventory, and Skipped names EveryPod.
	EveryPod []corev1.Pod

	Deployments     []appsv1.Deployment
	StatefulSets    []appsv1.StatefulSet
	ReplicaSets     []appsv1.ReplicaSet
	Autoscalers     []autoscalingv2.HorizontalPodAutoscaler
	ScaledObjects   []ScaledObject
	Budgets         []policyv1.PodDisruptionBudget
	NetworkPolicies []networkingv1.NetworkPolicy
	Quotas          []corev1.ResourceQuota
	LimitRanges     []corev1.LimitRange
	PriorityClasses []schedulingv1.PriorityClass
	ResourceClaims  []resourcev1.ResourceClaim

	// Access is what the caller may do of ListPermissions, TunnelPermissions
	// and SurveyPermissions, in this order.
	Access []Decision
	// Skipped is what this survey could not look at; what the Inventory could
	// not stands there.
	Skipped []record.Skipped
	// Requests is how many API requests the lists of the survey took.
	Requests int64
}

// ScaledObject holds the fields of a KEDA ScaledObject (keda.sh/v1alpha1) that
// change the number of replicas.
type ScaledObject struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ScaleTargetRef struct {
			Kind string `json:"kind"` // "" is Deployment
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		MinReplicaCount  *int32 `json:"minReplicaCount"`  // nil is 0
		MaxReplicaCount  *int32 `json:"maxReplicaCount"`  // nil is 100
		IdleReplicaCount *int32 `json:"idleReplicaCount"` // nil is none
	} `json:"spec"`
}

// Survey lists what a judgement of the ground needs beyond an Inventory, in
// the same namespace and in the same way, and asks what the caller may do.
//
// What cannot be looked at is named in Skipped. An error means that the API
// server cannot be used at all: ErrUnreachable, ErrCredentials, or that ctx
// has ended.
func (c *Cluster) Survey(ctx context.Context, namespace string, inv *Inventory) (*Survey, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &Survey{Inventory: inv}
	// The lister pages and counts; what it lists goes into s instead.
	l := &lister{cluster: c, into: &Inventory{Namespace: namespace}}
	looks := s.looks(c, l, namespace)
	skipped := make([]*record.Skipped, len(looks))
	var wg sync.WaitGroup
	for i, look := range looks {
		wg.Go(func() {
			var err error
			if skipped[i], err = look(ctx); err != nil {
				cancel(err) // the others would fail in the same way
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, listError(ctx, c.Host, err)
	}
	for _, k := range skipped {
		if k != nil {
			s.Skipped = append(s.Skipped, *k)
		}
	}
	s.Skipped = append(s.Skipped, l.unreadable...)
	s.Requests = l.requests.Load()
	if inv.Namespace == "" || s.EveryPod == nil {
		s.EveryPod = inv.Pods
	}
	return s, nil
}

// looks are all there is to look at, each independent of the others.
func (s *Survey) looks(c *Cluster, l *lister, namespace string) []func(context.Context) (*record.Skipped, error) {
	var all []func(context.Context) (*record.Skipped, error)
	for _, k := range surveyKinds(s) {
		all = append(all, func(ctx context.Context) (*record.Skipped, error) { return l.list(ctx, k, namespace) })
	}
	if s.Inventory.Namespace != "" {
		all = append(all, func(ctx context.Context) (*record.Skipped, error) {
			skipped, err := l.list(ctx, everyPod(s), namespace)
			if skipped != nil {
				skipped.Source = EveryPod
			}
			return skipped, err
		})
	}
	if namespace != "" {
		all = append(all, func(ctx context.Context) (*record.Skipped, error) { return s.find(ctx, l, namespace) })
	}
	return append(all,
		func(ctx context.Context) (*record.Skipped, error) { return s.ask(ctx, c, namespace) },
		func(ctx context.Context) (*record.Skipped, error) { return s.describe(ctx, c) })
}

// find reads the namespace itself. That there is none is an answer as well.
func (s *Survey) find(ctx context.Context, l *lister, namespace string) (*record.Skipped, error) {
	l.requests.Add(1)
	found, err := l.cluster.Core.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
	switch {
	case err == nil:
		found.SetManagedFields(nil)
		s.Namespace = found
		return nil, nil
	case apierrors.IsNotFound(err):
		return nil, nil
	case apierrors.IsForbidden(err):
		reason := "forbidden; asked for " + namespacePermission.asked(namespace)
		return &record.Skipped{Source: namespacePermission.Resource, Reason: reason, Forbidden: true}, nil
	}
	err = l.cluster.check(ctx, fmt.Errorf("get namespace %q: %w", namespace, err))
	return passOver(ctx, namespacePermission.Resource, err)
}

// ask fills Access.
func (s *Survey) ask(ctx context.Context, c *Cluster, namespace string) (*record.Skipped, error) {
	ps := append(append(ListPermissions(), TunnelPermissions()...), SurveyPermissions()...)
	var err error
	s.Access, err = c.May(ctx, namespace, ps)
	return passOver(ctx, AccessReviews, err)
}

func (s *Survey) describe(ctx context.Context, c *Cluster) (*record.Skipped, error) {
	about, err := c.Describe(ctx)
	if about != (record.Cluster{}) {
		s.Cluster = &about
	}
	return passOver(ctx, ClusterVersion, err)
}

// passOver names what failed, unless nothing else can be had either.
func passOver(ctx context.Context, source string, err error) (*record.Skipped, error) {
	switch {
	case err == nil:
		return nil, nil
	case ctx.Err() != nil, errors.Is(err, ErrUnreachable), errors.Is(err, ErrCredentials):
		return nil, err
	}
	return &record.Skipped{Source: source, Reason: err.Error()}, nil
}

// Unseen says why a kind of object, by its name in the plural, could not be
// looked at by the Survey or the Inventory; ok is false where it was. Of an API
// that the cluster lacks there is nothing to see: absent is true.
func (s *Survey) Unseen(resource string) (reason string, absent, ok bool) {
	for _, list := range [][]record.Skipped{s.Skipped, s.Inventory.Skipped} {
		for _, k := range list {
			if k.Source == resource {
				return k.Reason, strings.HasPrefix(k.Reason, "this cluster has no "), true
			}
		}
	}
	return "", false, false
}
