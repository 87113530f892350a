package discover

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// front is a Service's port that leads to a candidate.
type front struct {
	*corev1.Service

	port corev1.ServicePort
	// target is the port of the pods that it leads to, 0 where unknown. It is
	// not the engine's own where a proxy stands in the pod.
	target int32
	// twins are the Service's ports that lead there, this one among them.
	twins []corev1.ServicePort
}

// candidate is a set of pods behind a port that may be an engine, and what
// became of it.
type candidate struct {
	sighting

	namespace, name string
	fronts          []front // the one that names it first
	members         []member
	others          int
	blind           bool

	rungs []*rung
}

// recognise groups an inventory's pods and Services into candidates, ordered
// by namespace and name.
func recognise(ix *index, keep labels.Selector) []*candidate {
	g := grouping{ix: ix, groups: map[string]*candidate{}, covered: map[place]bool{}}
	for i := range ix.Services {
		g.service(&ix.Services[i])
	}
	for i := range ix.Pods {
		g.pod(&ix.Pods[i])
	}
	var all []*candidate
	for _, c := range g.groups {
		if keep == nil || c.labelled(keep) {
			all = append(all, c.named())
		}
	}
	slices.SortFunc(all, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name), cmp.Compare(a.port, b.port))
	})
	return all
}

// place is a port of a pod.
type place struct {
	namespace, pod string
	port           int32
}

// grouping gathers candidates.
type grouping struct {
	ix      *index
	groups  map[string]*candidate
	covered map[place]bool // by a candidate with a Service
}

// service adds the candidates that a Service leads to. Services that lead to
// one port of the same pods are one candidate.
func (g *grouping) service(s *corev1.Service) {
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		return
	}
	b := g.ix.behind(s)
	for _, led := range leads(s, b, g.ix.inside(b)) {
		names := []string{"service " + s.Name}
		if len(b.members) > 0 {
			names = names[:0]
			for _, m := range b.members {
				names = append(names, m.name)
				g.cover(s.Namespace, m, led.engine.port)
			}
		}
		c := g.group(s.Namespace, led.engine, names)
		c.fronts = append(c.fronts, led.by)
		c.members, c.others, c.blind = b.members, b.others, b.blind
	}
}

// cover notes that a Service leads to the engine in a pod. Where the pod has
// just one, what was guessed of its port no longer counts.
func (g *grouping) cover(namespace string, m member, port int32) {
	g.covered[place{namespace, m.name, port}] = true
	if inside := g.ix.seen(m.pod); len(inside) == 1 {
		g.covered[place{namespace, m.name, inside[0].port}] = true
	}
}

// pod adds an engine that no Service leads to.
func (g *grouping) pod(p *corev1.Pod) {
	if over(p) || ownerKind(p) == "Job" {
		return
	}
	for _, s := range g.ix.seen(p) {
		if s.port == 0 || g.covered[place{p.Namespace, p.Name, s.port}] {
			continue
		}
		c := g.group(p.Namespace, s, []string{"owner " + owner(p)})
		c.members = append(c.members, member{name: p.Name, pod: p, ready: isReady(p)})
	}
}

func (g *grouping) group(namespace string, s sighting, names []string) *candidate {
	id := namespace + " " + strconv.Itoa(int(s.port)) + " " + strings.Join(names, " ")
	c, ok := g.groups[id]
	if !ok {
		c = &candidate{namespace: namespace, sighting: s}
		g.groups[id] = c
	}
	if s.level > c.level {
		c.sighting = s
	}
	return c
}

// inside lists the engines of a backend's first pod that shows any, a ready
// one before others.
func (ix *index) inside(b backend) []sighting {
	var found []sighting
	for _, m := range b.members {
		s := ix.seen(m.pod)
		if len(s) > 0 && m.ready {
			return s
		}
		if found == nil {
			found = s
		}
	}
	return found
}

func ownerKind(p *corev1.Pod) string {
	if o := metav1.GetControllerOf(p); o != nil {
		return o.Kind
	}
	return ""
}

// owner names what a pod belongs to: the Deployment of a ReplicaSet, so that
// the pods of two of its revisions are one engine.
func owner(p *corev1.Pod) string {
	o := metav1.GetControllerOf(p)
	if o == nil {
		return "Pod " + p.Name
	}
	if hash := p.Labels["pod-template-hash"]; hash != "" && o.Kind == "ReplicaSet" {
		return o.Kind + " " + strings.TrimSuffix(o.Name, "-"+hash)
	}
	return o.Kind + " " + o.Name
}

func (c *candidate) labelled(keep labels.Selector) bool {
	for _, f := range c.fronts {
		if keep.Matches(labels.Set(f.Labels)) {
			return true
		}
	}
	return slices.ContainsFunc(c.members, func(m member) bool { return m.pod != nil && keep.Matches(labels.Set(m.pod.Labels)) })
}

// named names a candidate by its plainest Service, else by its first pod, a
// ready one where there is one.
func (c *candidate) named() *candidate {
	slices.SortFunc(c.fronts, func(a, b front) int {
		return cmp.Or(rankFront(a)-rankFront(b), len(a.Name)-len(b.Name), cmp.Compare(a.Name, b.Name))
	})
	switch ready := readyNames(c.members); {
	case len(c.fronts) > 0:
		c.name = c.fronts[0].Name
	case len(ready) > 0:
		c.name = ready[0]
	default:
		c.name = c.members[0].name
	}
	return c
}

// rankFront puts Services of a machine's making last.
func rankFront(f front) int {
	switch {
	case f.Spec.ClusterIP == corev1.ClusterIPNone:
		return 2
	case f.Labels["networking.internal.knative.dev/serviceType"] != "":
		return 1
	}
	return 0
}

// ready counts the endpoints that take requests.
func (c *candidate) ready() int { return len(readyNames(c.members)) + c.others }

// firstPod is a pod to read, a ready one where there is one; nil without any.
func (c *candidate) firstPod() *corev1.Pod {
	var first *corev1.Pod
	for _, m := range c.members {
		if m.pod != nil && m.ready {
			return m.pod
		}
		if first == nil {
			first = m.pod
		}
	}
	return first
}
