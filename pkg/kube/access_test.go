package kube

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestMayAsksForEach(t *testing.T) {
	c, f := newFakes(t, nil, nil, nil)
	f.core.PrependReactor("create", "selfsubjectaccessreviews", func(action clienttesting.Action) (bool, runtime.Object, error) {
		review := action.(clienttesting.CreateAction).GetObject().(*authorizationv1.SelfSubjectAccessReview)
		a := review.Spec.ResourceAttributes
		review.Status.Allowed = a.Verb == "list" && a.Namespace == "team-a"
		review.Status.Reason = strings.Join([]string{a.Verb, a.Group, a.Resource, a.Subresource, a.Namespace}, ",")
		return true, review, nil
	})
	ps := []Permission{
		{Resource: "pods", Verb: "list"}, {Resource: "nodes", Verb: "list", ClusterScoped: true},
		{Group: "route.openshift.io", Resource: "routes", Verb: "list"}, TunnelPermissions()[0],
	}
	got, err := c.May(context.Background(), "team-a", ps)
	if err != nil {
		t.Fatal(err)
	}
	want := []Decision{
		{Permission: ps[0], Namespace: "team-a", Allowed: true, Reason: "list,,pods,,team-a"},
		{Permission: ps[1], Reason: "list,,nodes,,"},
		{Permission: ps[2], Namespace: "team-a", Allowed: true, Reason: "list,route.openshift.io,routes,,team-a"},
		{Permission: ps[3], Namespace: "team-a", Reason: "create,,pods,portforward,team-a"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMaySaysWhatItCouldNotAsk(t *testing.T) {
	c, f := newFakes(t, nil, nil, nil)
	f.core.PrependReactor("create", "selfsubjectaccessreviews", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("boom")
	})
	_, err := c.May(context.Background(), "team-a", TunnelPermissions()[:1])
	if err == nil || err.Error() != "ask whether the caller may create pods/portforward in namespace team-a: boom" {
		t.Error(err)
	}
}

func TestRoles(t *testing.T) {
	all := append(ListPermissions(), TunnelPermissions()...)
	account := rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Name: "bench", Namespace: "team-a"}
	for name, c := range map[string]struct {
		namespace string
		ps        []Permission
		subjects  []rbacv1.Subject
	}{
		"namespace": {namespace: "team-a", ps: all},
		"cluster":   {ps: all},
		"bound":     {namespace: "team-a", ps: all, subjects: []rbacv1.Subject{account}},
		"tunnel":    {namespace: "team-a", ps: TunnelPermissions()},
		"workers":   {namespace: "team-a", ps: WorkerPermissions()},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Roles("llmbench", c.namespace, c.ps, c.subjects...)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, "testdata/roles-"+name+".yaml", got)
			shuffled := slices.Clone(c.ps)
			slices.Reverse(shuffled)
			again, err := Roles("llmbench", c.namespace, append(shuffled, c.ps...), c.subjects...)
			if err != nil || !cmp.Equal(got, again) {
				t.Errorf("another order gives other bytes: %v\n%s", err, cmp.Diff(string(got), string(again)))
			}
		})
	}
}

func TestNoPermissionNoRole(t *testing.T) {
	if got, err := Roles("llmbench", "team-a", nil); err != nil || len(got) != 0 {
		t.Errorf("%s, %v", got, err)
	}
}
