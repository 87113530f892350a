package story

import (
	"slices"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Tell makes the story of a run. Figures are told where they belong: those of a
// scenario in its section, the others in a section of their own. A section that
// would say nothing is left out, but for the summary.
func Tell(s record.Summary, figures []chart.Figure) Story {
	st := Story{Title: title(s), Subtitle: subtitle(s), Banners: banners(s)}
	sections := []Section{
		{ID: SectionSummary, Title: "Executive summary", Blocks: executive(s)},
		{ID: SectionVerdict, Title: "The winner, and why", Blocks: winners(s)},
		{ID: SectionTargets, Title: "Targets", Blocks: targets(s)},
		{ID: SectionCharts, Title: "Charts of the whole run", Blocks: runFigures(s, figures)},
	}
	for i, sc := range s.Scenarios {
		if !onlyCapacity(sc) {
			sections = append(sections, scenario(i, sc, s.Currency, figures))
		}
	}
	sections = append(sections,
		Section{ID: SectionCapacity, Title: "Capacity", Blocks: capacity(s, figures)},
		Section{ID: SectionFairness, Title: "Fairness of the comparison", Blocks: fairness(s)},
		Section{ID: SectionFindings, Title: "Infrastructure and run findings", Blocks: findings(s)},
		Section{ID: SectionEnvironment, Title: "Environment", Blocks: environment(s)},
		Section{ID: SectionMethod, Title: "Method and definitions", Blocks: method(s)},
		Section{ID: SectionFiles, Title: "Raw data", Blocks: files()})
	st.Sections = slices.DeleteFunc(sections, func(sec Section) bool { return len(sec.Blocks) == 0 })
	return st
}

func title(s record.Summary) string {
	if s.Name == "" {
		return "LLM inference benchmark"
	}
	return say("LLM inference benchmark: %s", s.Name)
}

func subtitle(s record.Summary) string {
	began := ""
	if !s.StartedAt.IsZero() {
		began = s.StartedAt.UTC().Format("2 January 2006, 15:04") + " UTC"
	}
	took := "end not known"
	if s.FinishedAt != nil {
		took = "took " + Duration(s.FinishedAt.Sub(s.StartedAt))
	}
	return Printable(dashed(began, took, where(s), names(s)))
}

func where(s record.Summary) string {
	switch c := s.Environment.Cluster; {
	case s.Simulated:
		return "simulated engines on this machine"
	case c == nil:
		return "no cluster: engines by URL"
	default:
		return platform(*c)
	}
}

func platform(c record.Cluster) string {
	version := ""
	if c.Version != "" {
		version = "Kubernetes " + c.Version
	}
	return dashed(c.Platform, version)
}

// names says which engines, with their versions.
func names(s record.Summary) string {
	var all []string
	for _, e := range s.Environment.Engines {
		name := e.Engine
		if e.Version != "" {
			name += " " + e.Version
		}
		all = append(all, name)
	}
	return among(all)
}

// elapsed is how long the run took, 0 where it has no end.
func elapsed(s record.Summary) time.Duration {
	if s.FinishedAt == nil {
		return 0
	}
	return s.FinishedAt.Sub(s.StartedAt)
}
