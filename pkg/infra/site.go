package infra

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// site is a ground whose objects are found by what refers to them.
type site struct {
	Ground

	survey  *kube.Survey
	engines []*standing
	nodes   map[string]*corev1.Node
	// pods are all that are known and not over, on places by their node.
	pods   []*corev1.Pod
	places map[string][]*corev1.Pod
}

// standing is an engine with its pods.
type standing struct {
	Engine

	// pods are those of its pods that could be seen and are not over.
	pods  []*corev1.Pod
	owner owner
	probe *engine.Identity
}

func newSite(g Ground) *site {
	s := &site{Ground: g, survey: g.Survey, nodes: map[string]*corev1.Node{}, places: map[string][]*corev1.Pod{}}
	if g.Survey == nil {
		return s
	}
	for i := range g.Survey.Inventory.Nodes {
		n := &g.Survey.Inventory.Nodes[i]
		s.nodes[n.Name] = n
	}
	byName := map[string]*corev1.Pod{}
	for _, list := range [][]corev1.Pod{g.Survey.EveryPod, g.Survey.Inventory.Pods} {
		for i := range list {
			s.file(&list[i], byName)
		}
	}
	for _, e := range g.Engines {
		s.engines = append(s.engines, s.stand(e, byName))
	}
	return s
}

// file notes a pod once, whichever list has it.
func (s *site) file(p *corev1.Pod, byName map[string]*corev1.Pod) {
	name := p.Namespace + "/" + p.Name
	if byName[name] != nil || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return
	}
	byName[name] = p
	s.pods = append(s.pods, p)
	if p.Spec.NodeName != "" {
		s.places[p.Spec.NodeName] = append(s.places[p.Spec.NodeName], p)
	}
}

func (s *site) stand(e Engine, byName map[string]*corev1.Pod) *standing {
	st := &standing{Engine: e}
	for _, name := range e.Pods {
		if p := byName[e.Namespace+"/"+name]; p != nil {
			st.pods = append(st.pods, p)
		}
	}
	if len(st.pods) > 0 {
		st.owner = s.ownerOf(st.pods[0])
	}
	if id, ok := s.Probes[e.Engine]; ok {
		st.probe = &id
	}
	return st
}

// unseen says why a kind of object is not known. A kind whose API the cluster
// lacks is known to be empty.
func (s *site) unseen(kind string) (reason string, hidden bool) {
	reason, absent, ok := s.survey.Unseen(kind)
	return reason, ok && (!absent || slices.Contains(tellAbsent, kind))
}

// tellAbsent are kinds that not to have is told as a skip, because what they
// describe may be there in an older form.
var tellAbsent = []string{"resourceclaims", "endpointslices", "pods", "services", "nodes"}

func (s *site) tooFew(wanted int) string {
	reason, hidden := s.unseen("pods")
	switch {
	case len(s.engines) == 1:
		return "there is one engine, and nothing to compare it with"
	case hidden:
		return "no engine was found, and pods could not be looked at: " + reason
	case wanted > 1:
		return "no engines were found to compare"
	}
	return "no engine was found"
}

// each applies a look to every engine.
func each(look func(*site, *standing) []record.Check) func(*site) []record.Check {
	return func(s *site) []record.Check {
		var all []record.Check
		for _, e := range s.engines {
			all = append(all, look(s, e)...)
		}
		return all
	}
}

// withPods skips engines whose pods cannot be seen.
func withPods(look func(*site, *standing) []record.Check) func(*site, *standing) []record.Check {
	return func(s *site, e *standing) []record.Check {
		if len(e.pods) > 0 {
			return look(s, e)
		}
		if reason, hidden := s.unseen("pods"); hidden {
			return skip(e.Engine.Engine, "its pods could not be looked at: %s", reason)
		}
		return skip(e.Engine.Engine, "it has no pods that can be seen")
	}
}

// podded are the engines whose pods can be seen.
func (s *site) podded() []*standing {
	var seen []*standing
	for _, e := range s.engines {
		if len(e.pods) > 0 {
			seen = append(seen, e)
		}
	}
	return seen
}

// pairs applies a look to every two engines whose pods can be seen, and skips
// the others.
func (s *site) pairs(look func(a, b *standing) []record.Check) []record.Check {
	var all []record.Check
	for _, e := range s.engines {
		if len(e.pods) == 0 {
			all = append(all, withPods(nil)(s, e)...)
		}
	}
	seen := s.podded()
	for i, a := range seen {
		for _, b := range seen[i+1:] {
			all = append(all, look(a, b)...)
		}
	}
	return all
}

// name is how results call the engine.
func (e *standing) name() string { return e.Engine.Engine }

// names lists engines for a subject.
func names(engines ...*standing) string {
	text := ""
	for i, e := range engines {
		if i > 0 {
			text += ", "
		}
		text += e.name()
	}
	return text
}

// stood are the nodes that the engine's pods stand on, by name.
func (e *standing) stood() []string {
	var names []string
	for _, p := range e.pods {
		if p.Spec.NodeName != "" && !slices.Contains(names, p.Spec.NodeName) {
			names = append(names, p.Spec.NodeName)
		}
	}
	slices.Sort(names)
	return names
}

// main is the container that serves: the one with the engine's image, else the
// first.
func (e *standing) main() *corev1.Container { return mainOf(e.pods[0], e.Info.Image) }

func mainOf(p *corev1.Pod, image string) *corev1.Container {
	for i := range p.Spec.Containers {
		if p.Spec.Containers[i].Image == image {
			return &p.Spec.Containers[i]
		}
	}
	if len(p.Spec.Containers) == 0 {
		return &corev1.Container{}
	}
	return &p.Spec.Containers[0]
}
