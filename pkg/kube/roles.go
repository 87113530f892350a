package kube

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Roles renders the YAML of the roles that hold exactly ps: a Role in the
// namespace, or a ClusterRole where that is "", and a ClusterRole for what is
// asked for in the whole cluster. With subjects each role is bound to them;
// without, binding is left to whoever applies it (kubectl create rolebinding).
// The same permissions give the same bytes in whatever order they come.
func Roles(name, namespace string, ps []Permission, subjects ...rbacv1.Subject) ([]byte, error) {
	var local, wide []Permission
	for _, p := range ps {
		if p.ClusterScoped || namespace == "" {
			wide = append(wide, p)
		} else {
			local = append(local, p)
		}
	}
	var objects []any
	if len(local) > 0 {
		objects = append(objects, role(name, namespace, local)...)
		objects = append(objects, roleBinding(name, namespace, subjects)...)
	}
	if len(wide) > 0 {
		objects = append(objects, clusterRole(name, wide)...)
		objects = append(objects, clusterRoleBinding(name, subjects)...)
	}
	return documents(objects)
}

func role(name, namespace string, ps []Permission) []any {
	return []any{rbacv1.Role{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "Role"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Rules: rules(ps),
	}}
}

func clusterRole(name string, ps []Permission) []any {
	return []any{rbacv1.ClusterRole{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole"},
		ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules(ps),
	}}
}

func roleBinding(name, namespace string, subjects []rbacv1.Subject) []any {
	if len(subjects) == 0 {
		return nil
	}
	return []any{rbacv1.RoleBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "RoleBinding"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Subjects: subjects,
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
	}}
}

func clusterRoleBinding(name string, subjects []rbacv1.Subject) []any {
	if len(subjects) == 0 {
		return nil
	}
	return []any{rbacv1.ClusterRoleBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRoleBinding"},
		ObjectMeta: metav1.ObjectMeta{Name: name}, Subjects: subjects,
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
	}}
}

// rules gives each resource one rule, with all its verbs; resources of a group
// that share their verbs share the rule.
func rules(ps []Permission) []rbacv1.PolicyRule {
	ps = slices.Clone(ps)
	slices.SortFunc(ps, func(a, b Permission) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.path(), b.path()), cmp.Compare(a.Verb, b.Verb))
	})
	var each []rbacv1.PolicyRule
	for _, p := range ps {
		last := len(each) - 1
		if last >= 0 && each[last].APIGroups[0] == p.Group && each[last].Resources[0] == p.path() {
			if verbs := &each[last].Verbs; !slices.Contains(*verbs, p.Verb) {
				*verbs = append(*verbs, p.Verb)
			}
			continue
		}
		each = append(each, rbacv1.PolicyRule{APIGroups: []string{p.Group}, Resources: []string{p.path()}, Verbs: []string{p.Verb}})
	}
	return merge(each)
}

func merge(each []rbacv1.PolicyRule) []rbacv1.PolicyRule {
	var merged []rbacv1.PolicyRule
	for _, rule := range each {
		same := slices.IndexFunc(merged, func(m rbacv1.PolicyRule) bool {
			return m.APIGroups[0] == rule.APIGroups[0] && slices.Equal(m.Verbs, rule.Verbs)
		})
		if same < 0 {
			merged = append(merged, rule)
			continue
		}
		merged[same].Resources = append(merged[same].Resources, rule.Resources...)
	}
	return merged
}

// path returns the resource as rules name it.
func (p Permission) path() string {
	if p.Subresource == "" {
		return p.Resource
	}
	return p.Resource + "/" + p.Subresource
}

func documents(objects []any) ([]byte, error) {
	var out bytes.Buffer
	for i, o := range objects {
		if i > 0 {
			out.WriteString("---\n")
		}
		body, err := yaml.Marshal(o)
		if err != nil {
			return nil, fmt.Errorf("render %T: %w", o, err)
		}
		out.Write(body)
	}
	return out.Bytes(), nil
}
