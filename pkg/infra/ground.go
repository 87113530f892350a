package infra

import (
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Engine is an engine that was found, with the names of its objects.
type Engine struct {
	record.DiscoveredEngine

	// Pods are the names of its pods, ready or not; Services those of its
	// Services. All are in its namespace.
	Pods, Services []string
}

// Ground is what the rules look at.
type Ground struct {
	// Survey holds the cluster's objects; without one every check is skipped.
	Survey *kube.Survey
	// Engines are those to compare.
	Engines []Engine
	// Probes are what the engines say of themselves, by the engine's name in
	// results. It may be nil, and may lack engines.
	Probes map[string]engine.Identity
	// Now is the time of the check.
	Now time.Time
	// Certificates are the ends of the certificates that engines' hosts present,
	// by the host as it stands in the engine's URL, with a port where that has
	// one. What it lacks was not looked at.
	Certificates map[string]time.Time
	// Worker are the labels of pods that would send load from inside the
	// cluster; network policies are judged by them.
	Worker map[string]string
}

// Options say what to leave out.
type Options struct {
	// EnginesOnly leaves out the rules about the cluster as a whole: access,
	// what GPUs the nodes have, room, and the nodes' health.
	EnginesOnly bool
}

// Validate applies every rule to the ground. The checks come in the order of
// [Rules]; each rule gives one at least.
func Validate(g Ground, o Options) []record.Check {
	s := newSite(g)
	var all []record.Check
	for _, r := range rules {
		if o.EnginesOnly && r.cluster {
			continue
		}
		for _, c := range r.checks(s) {
			c.ID = r.ID
			all = append(all, c)
		}
	}
	return all
}

// checks applies a rule where there is enough to look at.
func (r rule) checks(s *site) []record.Check {
	if s.survey == nil {
		return skip(string(r.Group), "the cluster was not surveyed")
	}
	if len(s.engines) < r.engines {
		return skip("engines", "%s", s.tooFew(r.engines))
	}
	for _, kind := range r.needs {
		if reason, hidden := s.unseen(kind); hidden {
			return skip(kind, "%s could not be looked at: %s", kind, reason)
		}
	}
	if checks := r.look(s); len(checks) > 0 {
		return checks
	}
	return skip("engines", "there is nothing to look at")
}
