package infra

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// owner is what makes an engine's pods.
type owner struct {
	kind, name, namespace string
	// replicas is how many pods there are to be, -1 where unknown.
	replicas int
	// template is the pods' template, nil where it is not known.
	template *corev1.PodSpec
	// labels are those of the pods it makes.
	labels map[string]string
}

// ownerOf follows a pod's owners up to the Deployment or StatefulSet.
func (s *site) ownerOf(p *corev1.Pod) owner {
	o := owner{kind: "Pod", name: p.Name, namespace: p.Namespace, replicas: -1, labels: p.Labels}
	ref := metav1.GetControllerOf(p)
	if ref == nil {
		return o
	}
	o.kind, o.name = ref.Kind, ref.Name
	if o.kind == "ReplicaSet" {
		o.kind, o.name = s.aboveReplicaSet(p, ref.Name)
	}
	switch o.kind {
	case "Deployment":
		for i := range s.survey.Deployments {
			if d := &s.survey.Deployments[i]; d.Namespace == o.namespace && d.Name == o.name {
				o.replicas, o.template, o.labels = wanted(d.Spec.Replicas), &d.Spec.Template.Spec, d.Spec.Template.Labels
			}
		}
	case "StatefulSet":
		for i := range s.survey.StatefulSets {
			if d := &s.survey.StatefulSets[i]; d.Namespace == o.namespace && d.Name == o.name {
				o.replicas, o.template, o.labels = wanted(d.Spec.Replicas), &d.Spec.Template.Spec, d.Spec.Template.Labels
			}
		}
	}
	return o
}

// aboveReplicaSet is the Deployment of a ReplicaSet. Where ReplicaSets cannot be
// seen its name is told by the hash that a Deployment gives its pods.
func (s *site) aboveReplicaSet(p *corev1.Pod, name string) (kind, owner string) {
	for i := range s.survey.ReplicaSets {
		if r := &s.survey.ReplicaSets[i]; r.Namespace == p.Namespace && r.Name == name {
			if up := metav1.GetControllerOf(r); up != nil {
				return up.Kind, up.Name
			}
			return "ReplicaSet", name
		}
	}
	if hash := p.Labels["pod-template-hash"]; hash != "" {
		return "Deployment", strings.TrimSuffix(name, "-"+hash)
	}
	return "ReplicaSet", name
}

// wanted is a number of replicas, which the API server takes for 1 where none
// is given.
func wanted(n *int32) int {
	if n == nil {
		return 1
	}
	return int(*n)
}

// ref is the owner as kubectl takes it.
func (o owner) ref() string {
	return fmt.Sprintf("%s/%s -n %s", strings.ToLower(o.kind), o.name, o.namespace)
}

// patchable says that a change of the owner changes its pods.
func (o owner) patchable() bool {
	return slices.Contains([]string{"Deployment", "StatefulSet"}, o.kind)
}

// patch is a command that merges something into the pod template, or the same
// as a fragment for whatever makes the pods.
func (e *standing) patch(spec string) string {
	if e.owner.patchable() {
		return fmt.Sprintf("kubectl patch %s -p '{\"spec\":{\"template\":{\"spec\":%s}}}'", e.owner.ref(), spec)
	}
	return fmt.Sprintf("# in the pod spec of %s\n%s", e.owner.ref(), spec)
}

// patchMain merges something into the main container.
func (e *standing) patchMain(fields string) string {
	return e.patch(fmt.Sprintf(`{"containers":[{"name":%q,%s}]}`, e.main().Name, fields))
}

// setEnv is a command that sets a variable of the main container.
func (e *standing) setEnv(name, value string) string {
	if e.owner.patchable() {
		return fmt.Sprintf("kubectl set env %s -c %s %s=%s", e.owner.ref(), e.main().Name, name, value)
	}
	return e.patchMain(fmt.Sprintf(`"env":[{"name":%q,"value":%q}]`, name, value))
}

// setFlag is a command that gives the main container a flag, in place of the
// one it has; a flag with the value "" stands alone.
func (e *standing) setFlag(flag, value string) string {
	main := e.main()
	whole := flag
	if value != "" {
		whole += "=" + value
	}
	at, index := e.templateIndex(main.Name)
	if at == nil || len(at.Args) == 0 {
		return fmt.Sprintf("# in container %s of %s: give the command this flag\n%s", main.Name, e.owner.ref(), whole)
	}
	op, place := "add", "-"
	for i, arg := range at.Args {
		switch {
		case strings.HasPrefix(arg, flag+"="), value == "" && arg == "--no-"+strings.TrimPrefix(flag, "--"):
			op, place = "replace", fmt.Sprint(i)
		case value != "" && arg == flag && i+1 < len(at.Args):
			op, place, whole = "replace", fmt.Sprint(i+1), value
		}
	}
	return fmt.Sprintf(`kubectl patch %s --type=json -p '[{"op":%q,"path":"/spec/template/spec/containers/%d/args/%s","value":%q}]'`,
		e.owner.ref(), op, index, place, whole)
}

// templateIndex finds a container in the owner's template: injected containers
// stand in pods only.
func (e *standing) templateIndex(name string) (c *corev1.Container, index int) {
	if e.owner.template == nil {
		return nil, 0
	}
	for i := range e.owner.template.Containers {
		if e.owner.template.Containers[i].Name == name {
			return &e.owner.template.Containers[i], i
		}
	}
	return nil, 0
}

// replicas is how many pods an engine is to have, or has where that is unknown.
func (e *standing) replicas() int {
	if e.owner.replicas >= 0 {
		return e.owner.replicas
	}
	return len(e.pods)
}
