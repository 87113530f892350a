package infra

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// room asks of every node whether one more pod of the engine's shape could be
// placed there now.
func room(s *site, e *standing) []record.Check {
	var fits []string
	refusals := map[string][]string{}
	off := s.exclusions(e.pods[0])
	for _, n := range s.inOrder() {
		if why := s.refuses(n, e.pods[0], off); why != "" {
			refusals[why] = append(refusals[why], n.Name)
		} else {
			fits = append(fits, n.Name)
		}
	}
	if len(fits) > 0 {
		return pass(e.name(), "a further pod fits on %s", strings.Join(fits, ", "))
	}
	if len(s.nodes) == 0 {
		return skip(e.name(), "there are no nodes")
	}
	remedy := "# what holds the room on these nodes; free some, or add a node\n" +
		"kubectl get pods -A -o wide --sort-by=.spec.nodeName\nkubectl describe nodes"
	return warn(e.name(), remedy, "no further pod fits now: %s", refusalText(refusals))
}

// told is how many different reasons a message gives.
const told = 6

func refusalText(refusals map[string][]string) string {
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(refusals)) {
		nodes := refusals[why]
		who := strings.Join(nodes, ", ")
		if len(nodes) > 3 {
			who = fmt.Sprintf("%d nodes", len(nodes))
		}
		parts = append(parts, who+": "+why)
	}
	if len(parts) > told {
		parts = append(parts[:told], fmt.Sprintf("and %d more", len(parts)-told))
	}
	return strings.Join(parts, "; ")
}

// refuses says why a node does not take a pod like p now, "" where it does.
func (s *site) refuses(n *corev1.Node, p *corev1.Pod, off map[place]string) string {
	if why := barred(&p.Spec, n); why != "" {
		return why
	}
	for at, why := range off {
		if v, ok := n.Labels[at.key]; ok && v == at.value {
			return why
		}
	}
	used := s.used(n.Name)
	wanted := requestsOf(&p.Spec)
	add(wanted, corev1.ResourceList{corev1.ResourcePods: onePod})
	var short []string
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		need, have := wanted[name], n.Status.Allocatable[name]
		if need.Sign() <= 0 {
			continue
		}
		free := have.DeepCopy()
		free.Sub(used[name])
		if free.Cmp(need) < 0 {
			short = append(short, fmt.Sprintf("%s (%s of %s free, %s needed)", name, free.String(), have.String(), need.String()))
		}
	}
	if len(short) == 0 {
		return ""
	}
	return "too little " + strings.Join(short, " and ")
}

// place is a value of a topology key.
type place struct{ key, value string }

// exclusions are the places that required anti-affinities keep a pod off, by
// its own terms or by those of the pods there.
func (s *site) exclusions(p *corev1.Pod) map[place]string {
	off := map[place]string{}
	own := termsOf(p)
	for node, pods := range s.places {
		n := s.nodes[node]
		if n == nil {
			continue
		}
		for _, other := range pods {
			for _, t := range own {
				if t.excludes() && t.matches(other.Namespace, other.Labels) {
					off[place{t.key, n.Labels[t.key]}] = "a pod that its anti-affinity excludes"
				}
			}
			for _, t := range termsOf(other) {
				if at := (place{t.key, n.Labels[t.key]}); t.excludes() && off[at] == "" && t.matches(p.Namespace, p.Labels) {
					off[at] = "a pod whose anti-affinity excludes it"
				}
			}
		}
	}
	return off
}

// excludes says whether a term bars a pod from a place.
func (t term) excludes() bool { return t.required && !t.spread }
