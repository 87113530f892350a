package chart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// intervals names the confidence intervals of a run, with their level where the
// results tell it.
func (d describer) intervals() string {
	for _, sc := range d.s.Scenarios {
		for _, e := range sc.Engines {
			for _, m := range e.Metrics() {
				if m.Distribution != nil && m.Distribution.CI != nil && m.Distribution.CI.Level > 0 {
					return plain(100*m.Distribution.CI.Level) + " % confidence intervals"
				}
			}
		}
	}
	return "confidence intervals"
}

// under is a subtitle, and says where the run did not come to its end.
func (d describer) under(subtitle string) string {
	switch {
	case d.s.Interrupted:
		return subtitle + " · interrupted run"
	case d.s.Partial:
		return subtitle + " · partial run"
	}
	return subtitle
}

// caveats are what a reader of a scenario's numbers must know of them.
func (d describer) caveats(sc record.ScenarioResult) string {
	var bound []string
	for _, e := range d.results(sc) {
		if e.Client != nil && e.Client.Verdict == record.ClientBound {
			bound = append(bound, e.Engine)
		}
	}
	if len(bound) == 0 {
		return ""
	}
	return fmt.Sprintf(" Client-bound, so limited by this machine and no measure of the engine: %s.", strings.Join(bound, ", "))
}

// excluded are the engines that a verdict leaves out, and why.
func excluded(v *record.ScenarioVerdict, engines []string) string {
	if v == nil || len(v.Excluded) == 0 {
		return ""
	}
	var names []string
	for _, engine := range engines {
		if why, out := v.Excluded[engine]; out {
			names = append(names, engine+" ("+why+")")
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return " Not in the verdict: " + strings.Join(names, ", ") + "."
}
