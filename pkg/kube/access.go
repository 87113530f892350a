package kube

import (
	"context"
	"fmt"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Permission is one thing a caller may be allowed to do.
type Permission struct {
	// Group is the API group, "" for the core.
	Group       string
	Resource    string
	Subresource string
	Verb        string
	// ClusterScoped says that it is asked for in the whole cluster, whatever
	// the namespace.
	ClusterScoped bool
	// Optional says that less is seen without it, and that the rest works.
	Optional bool
	// Why says in a few words what it is for.
	Why string
}

// String returns the permission as kubectl auth can-i takes it, such as
// "list routes.route.openshift.io".
func (p Permission) String() string {
	return p.Verb + " " + p.name()
}

// name returns the resource with its group and its subresource.
func (p Permission) name() string {
	name := schema.GroupResource{Group: p.Group, Resource: p.Resource}.String()
	if p.Subresource != "" {
		name += "/" + p.Subresource
	}
	return name
}

// asked returns the permission and where it was asked for.
func (p Permission) asked(namespace string) string {
	if namespace == "" {
		return p.String() + " in the whole cluster"
	}
	return p.String() + " in namespace " + namespace
}

// Decision is what the API server says to a Permission.
type Decision struct {
	Permission
	// Namespace is where it was asked for, "" for the whole cluster.
	Namespace string
	Allowed   bool
	// Reason is the authorizer's, where it gave one.
	Reason string
}

// ListPermissions returns what Cluster.List asks for.
func ListPermissions() []Permission {
	ps := make([]Permission, 0, len(kinds))
	for _, k := range kinds {
		ps = append(ps, k.permission())
	}
	return ps
}

// TunnelPermissions returns what a Tunnel asks for. An upgrade by WebSocket is
// a GET and takes the verb get; from Kubernetes 1.35 on it takes create as
// well. One by SPDY is a POST and takes create. A caller who has create alone
// still gets a tunnel, by SPDY.
func TunnelPermissions() []Permission {
	const why = "tunnels to pods that nothing else leads to"
	return []Permission{
		{Resource: "pods", Subresource: "portforward", Verb: "create", Why: why},
		{Resource: "pods", Subresource: "portforward", Verb: "get", Why: why},
	}
}

// May asks the API server whether the caller has each permission in a
// namespace, "" for all; the answers are in the order of ps.
func (c *Cluster) May(ctx context.Context, namespace string, ps []Permission) ([]Decision, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	decisions := make([]Decision, len(ps))
	var wg sync.WaitGroup
	for i, p := range ps {
		wg.Go(func() {
			var err error
			if decisions[i], err = c.may(ctx, namespace, p); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return decisions, nil
}

func (c *Cluster) may(ctx context.Context, namespace string, p Permission) (Decision, error) {
	if p.ClusterScoped {
		namespace = ""
	}
	review := &authorizationv1.SelfSubjectAccessReview{
		Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: namespace, Verb: p.Verb, Group: p.Group, Resource: p.Resource, Subresource: p.Subresource,
		}},
	}
	answer, err := c.Core.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return Decision{}, c.check(ctx, fmt.Errorf("ask whether the caller may %s: %w", p.asked(namespace), err))
	}
	return Decision{Permission: p, Namespace: namespace, Allowed: answer.Status.Allowed, Reason: answer.Status.Reason}, nil
}
