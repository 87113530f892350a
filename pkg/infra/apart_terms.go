package infra

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// termsMatch looks for terms that match no pod, as a selector with a slip of
// the pen does.
func termsMatch(s *site, e *standing) []record.Check {
	terms := termsOf(e.pods[0])
	if len(terms) == 0 {
		return skip(e.name(), "it has no anti-affinity and no topology spread")
	}
	var found []record.Check
	for _, t := range terms {
		switch {
		case s.matched(t):
		case t.remote(s):
			reason, _ := s.unseen(everyPod)
			found = append(found, skip(e.name(), "%s matches no pod that can be seen, and looks at others: %s", t, reason)...)
		default:
			remedy := "# compare the selector with the labels of the other engines' pods, then edit it\n" +
				fmt.Sprintf("kubectl get pods -n %s --show-labels\nkubectl edit %s", e.Namespace, e.owner.ref())
			found = append(found, warn(e.name(), remedy, "%s matches no pod: it keeps nothing apart", t)...)
		}
	}
	return orPass(found, e.name(), "each of %s matches pods", plural(len(terms), "term", "terms"))
}

func (s *site) matched(t term) bool {
	for _, p := range s.pods {
		if t.matches(p.Namespace, p.Labels) {
			return true
		}
	}
	return false
}

// possible looks for required terms that cannot be kept, whatever runs: a
// topology key that no node has, and more pods that exclude each other than
// there are places to tell apart.
func possible(s *site, e *standing) []record.Check {
	var terms []term
	for _, t := range termsOf(e.pods[0]) {
		if t.required {
			terms = append(terms, t)
		}
	}
	if len(terms) == 0 {
		return skip(e.name(), "it requires nothing of the scheduler that keeps it apart")
	}
	var found []record.Check
	seen := map[string]bool{}
	for _, t := range terms {
		if !seen[t.key] {
			seen[t.key] = true
			found = append(found, s.placesFor(e, t)...)
		}
	}
	return orPass(found, e.name(), "each of %s can be met on the nodes there are", plural(len(terms), "required term", "required terms"))
}

// placesFor judges the required terms of one topology key.
func (s *site) placesFor(e *standing, t term) []record.Check {
	spec := &e.pods[0].Spec
	domains, fit := s.domains(spec, t.key)
	switch {
	case fit == 0:
		return fail(e.name(), fmt.Sprintf("kubectl get nodes --show-labels\nkubectl edit %s", e.owner.ref()), "no node ever takes its pods: their node selector, node affinity and tolerations suit none of %s", plural(len(s.nodes), "node", "nodes"))
	case len(domains) == 0 && t.spread:
		return fail(e.name(), s.labelNodes(t.key), "%s: no node that suits it has the label %s, so that its pods are not placed", t, t.key)
	case len(domains) == 0:
		return fail(e.name(), s.labelNodes(t.key), "%s: no node that suits it has the label %s, so that it keeps nothing apart", t, t.key)
	case t.spread:
		return nil // more pods than places are spread as evenly as can be
	}
	group := s.exclusive(e, t.key)
	need := 0
	for _, member := range group {
		need += member.places(t.key)
		more, _ := s.domains(&member.pods[0].Spec, t.key)
		for d := range more {
			domains[d] = true
		}
	}
	if need <= len(domains) {
		return nil
	}
	return fail(e.name(), fmt.Sprintf("# add nodes, or let the scheduler off: move the term to preferredDuringSchedulingIgnoredDuringExecution\nkubectl edit %s", e.owner.ref()),
		"%s and whoever else excludes it need %d places told apart by %s, and the nodes that suit have %d", names(group...), need, t.key, len(domains))
}

// labelNodes gives every node a place of its own.
func (s *site) labelNodes(key string) string {
	commands := []string{"# by node, or by what the nodes share"}
	for _, name := range slices.Sorted(maps.Keys(s.nodes)) {
		commands = append(commands, fmt.Sprintf("kubectl label node %s %s=%s", name, key, name))
	}
	return strings.Join(commands, "\n")
}

// domains are the values of a topology key on the nodes that could ever take a
// pod, and how many such nodes there are.
func (s *site) domains(p *corev1.PodSpec, key string) (values map[string]bool, fit int) {
	values = map[string]bool{}
	for _, n := range s.nodes {
		if unfit(p, n) != "" {
			continue
		}
		fit++
		if v, ok := n.Labels[key]; ok {
			values[v] = true
		}
	}
	return values, fit
}

// places is how many places an engine's pods take: one each where they exclude
// each other, else one for all.
func (e *standing) places(key string) int {
	for _, t := range termsOf(e.pods[0]) {
		if t.excludes() && t.key == key && t.about(e) {
			return e.replicas()
		}
	}
	return 1
}

// exclusive is a set of engines around e that all exclude each other. It takes
// them in order, and so may miss a larger set; what it gives is true.
func (s *site) exclusive(e *standing, key string) []*standing {
	group := []*standing{e}
next:
	for _, other := range s.podded() {
		for _, member := range group {
			if other == member || !excludes(member, other, key) && !excludes(other, member, key) {
				continue next
			}
		}
		group = append(group, other)
	}
	return group
}

func excludes(a, b *standing, key string) bool {
	for _, t := range termsOf(a.pods[0]) {
		if t.excludes() && t.key == key && t.about(b) {
			return true
		}
	}
	return false
}
