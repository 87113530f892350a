package runs

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/history"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/verdict"
)

// seed makes the resampling of equal comparisons give equal results.
const seed = 1

// Compare sets each further source against the first, at the level that the first
// was planned with, and applies the gate, if there is one. It fails with
// verdict.ErrUnlike where runs measured different things, unless that is allowed.
func Compare(sources []Source, gate Gate, allowUnlike bool) (record.Comparison, error) {
	sources = distinct(align(sources))
	runs := make([]verdict.Run, len(sources))
	for i, s := range sources {
		runs[i] = s.Run
	}
	c, err := verdict.Compare(runs, verdict.CompareOptions{Level: levelOf(sources), Seed: seed, AllowUnlike: allowUnlike})
	if errors.Is(err, verdict.ErrUnlike) {
		return c, fmt.Errorf("%w; --allow-unlike compares them all the same, and warns", err)
	}
	if err != nil {
		return c, err
	}
	c.Warnings = append(c.Warnings, doubts(sources)...)
	if gate.Text != "" {
		result := verdict.Check(c, gate.limits)
		c.Gate = &result
	}
	return c, nil
}

// levelOf is the level of the baseline, 0 where there is none or it tells none.
func levelOf(sources []Source) float64 {
	if len(sources) == 0 {
		return 0
	}
	return sources[0].Level
}

// doubts are the warnings of each source, and how programs define their numbers
// where there are several programs.
func doubts(sources []Source) (all []string) {
	for _, s := range sources {
		for _, w := range s.Warnings {
			all = append(all, s.Name+": "+w)
		}
	}
	for _, s := range sources {
		mixed := slices.ContainsFunc(sources, func(other Source) bool { return other.Program != s.Program })
		for _, w := range s.Definitions {
			if mixed && !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	return all
}

// align gives the one scenario of a foreign file the name of the first run's
// one: other programs do not name theirs.
func align(sources []Source) []Source {
	aligned := append([]Source(nil), sources...)
	name := ""
	for _, s := range sources { // a run of this program's own names it, else the first
		if one := onlyScenario(s); one != "" && (name == "" || s.Dir) {
			name = one
			if s.Dir {
				break
			}
		}
	}
	for i, s := range aligned {
		one := onlyScenario(s)
		if s.Dir || one == "" || name == "" || one == name {
			continue
		}
		run, err := history.Run{Summary: s.Summary, Values: s.Values}.Renamed(name, "")
		if err != nil {
			continue // it keeps its name, and nothing belongs to it
		}
		aligned[i].Summary, aligned[i].Values = run.Summary, run.Values
		aligned[i].Warnings = append(append([]string(nil), s.Warnings...), fmt.Sprintf("its one load is taken for the scenario %s", name))
	}
	return aligned
}

// onlyScenario is the one scenario of a run, "" where it has several.
func onlyScenario(s Source) string {
	if len(s.Summary.Scenarios) != 1 {
		return ""
	}
	return s.Summary.Scenarios[0].Name
}

// distinct numbers runs that have one name, so that rows tell them apart.
func distinct(sources []Source) []Source {
	seen := map[string]int{}
	for i := range sources {
		name := sources[i].Name
		seen[name]++
		if n := seen[name]; n > 1 {
			sources[i].Name = fmt.Sprintf("%s (%d)", name, n)
		}
	}
	return sources
}
