package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// decide names the winner of a scenario: an engine that wins at least one
// dimension that has a weight, corrected once more for how many were judged
// (Holm), that no engine beats in another such dimension, and whose weighted
// score over the dimensions in which anything was shown leads.
func (j judgement) decide(out *scenarioOutcome, g ground) {
	v := &out.verdict
	if reason := j.tooFew(g); reason != "" {
		v.Reasons = append([]string{reason}, v.Reasons...)
		return
	}
	if j.values == nil {
		v.Reasons = append(v.Reasons, "single requests were not kept, so latencies are compared by their intervals alone")
	}
	standing := j.standing(out.claims)
	told := tell(v.Dimensions, out.claims)
	switch engines := winnersOf(standing); {
	case len(engines) == 0:
		v.Reasons = append(append(told, undecided(g, told)), v.Reasons...)
	case len(engines) > 1:
		v.Reasons = append(append([]string{"no engine is better in everything: " + strings.Join(engines, " and ") + " each lead in something"}, told...), v.Reasons...)
	default:
		j.crown(out, g, engines[0], standing, told)
	}
}

// undecided says why nobody wins although there is somebody to compare.
func undecided(g ground, told []string) string {
	switch {
	case len(told) > 0:
		return "nothing of this is enough to win the scenario: it has no weight, or is not significant among so many dimensions"
	case len(g.fit()) < 2:
		return fmt.Sprintf("no significant difference in reliability, and speeds are compared only of engines that answer at least %s of their requests", percent(minSuccess))
	}
	return "no significant difference: no engine is shown to be better than every other"
}

// tooFew says why there is nobody to compare, "" where there is.
func (j judgement) tooFew(g ground) string {
	switch {
	case len(j.sc.Engines) == 1:
		return "only one engine was measured, so there is nothing to compare it with"
	case len(g.rows) == 0:
		return "no engine can be compared with another: each is excluded"
	case len(g.rows) == 1:
		return fmt.Sprintf("only %s is left to judge, and one engine alone does not win", g.rows[0].Engine)
	}
	return ""
}

// standing are the claims that hold after the correction for all dimensions. In
// a scenario that stopped by itself only its own rule's claim does.
func (j judgement) standing(claims []claim) []claim {
	var deciding []claim
	var ps []record.Float
	for _, c := range claims {
		if c.decides && (!j.sc.Shape.UntilConfident || c.dimension == record.DimensionFirstToken) {
			deciding = append(deciding, c)
			ps = append(ps, c.p)
		}
	}
	var standing []claim
	for i, p := range holm(ps) {
		c := deciding[i]
		if c.p = p; c.winner != "" && (!p.Known() || p.Or(1) <= j.o.alpha()) {
			standing = append(standing, c)
		}
	}
	return standing
}

func winnersOf(claims []claim) []string {
	var engines []string
	for _, c := range claims {
		engines = append(engines, c.winner)
	}
	slices.Sort(engines)
	return slices.Compact(engines)
}

// crown makes an engine the winner unless something speaks against it.
func (j judgement) crown(out *scenarioOutcome, g ground, winner string, standing []claim, told []string) {
	v := &out.verdict
	objection := j.objection(out, g, winner)
	if objection != "" {
		v.Reasons = append(append([]string{objection}, told...), v.Reasons...)
		return
	}
	v.Winner, v.Confidence = &winner, record.Some(j.o.Level)
	for _, c := range standing {
		if p, known := c.p.Get(); known && p <= out.p.Or(1) {
			out.p = c.p
		}
	}
	if slices.ContainsFunc(standing, func(c claim) bool { return !c.p.Known() }) {
		out.p = record.Float{} // its own rule decided
	}
	v.Reasons = append(told, v.Reasons...)
}

// objection is why an engine that wins a dimension does not win the scenario.
func (j judgement) objection(out *scenarioOutcome, g ground, winner string) string {
	if g.failing[winner] != "" {
		return fmt.Sprintf("%s leads in something but does not win: %s", winner, g.failing[winner])
	}
	for _, c := range out.claims {
		if by := c.beaten[winner]; by != "" && c.decides {
			return fmt.Sprintf("no engine is better in everything: %s leads in %s, but %s is better in %s", winner, ledBy(out.claims, winner), by, spoken(c.dimension))
		}
	}
	scores := j.weighted(out, g.fit())
	for _, engine := range slices.Sorted(maps.Keys(scores)) {
		if scores[engine] > scores[winner] {
			return fmt.Sprintf("%s leads in %s, but %s has the higher weighted score, %.0f to %.0f of 100", winner, ledBy(out.claims, winner), engine, scores[engine], scores[winner])
		}
	}
	return ""
}

// weighted is each engine's mean score over the dimensions in which something
// was shown, by weight.
func (j judgement) weighted(out *scenarioOutcome, rows []record.EngineResult) map[string]float64 {
	all := map[string]float64{}
	for _, e := range rows {
		sum, weights := 0.0, 0.0
		for i, d := range out.verdict.Dimensions {
			if score, has := d.Scores[e.Engine]; has && len(out.claims[i].beaten) > 0 {
				sum += j.o.Weights[d.Name] * score
				weights += j.o.Weights[d.Name]
			}
		}
		if weights > 0 {
			all[e.Engine] = sum / weights
		}
	}
	return all
}

// ledBy names the dimensions that an engine wins.
func ledBy(claims []claim, engine string) string {
	var names []string
	for _, c := range claims {
		if c.winner == engine {
			names = append(names, spoken(c.dimension))
		}
	}
	return enumerate(names)
}

// tell says of each dimension that somebody wins who, and by how much.
func tell(dimensions []record.Dimension, claims []claim) []string {
	var told []string
	for i, d := range dimensions {
		if d.Winner == nil {
			continue
		}
		second, difference := runnerUp(d, *d.Winner), ""
		if second != "" {
			difference = fmt.Sprintf(" (%s to %s's %s)", amount(d, *d.Winner), second, amount(d, second))
		}
		told = append(told, fmt.Sprintf("%s is best in %s%s%s", *d.Winner, spoken(d.Name), difference, unweighted(claims[i])))
	}
	return told
}

func unweighted(c claim) string {
	if c.decides {
		return ""
	}
	return ", which has no weight"
}

// runnerUp is the engine with the second best score.
func runnerUp(d record.Dimension, winner string) string {
	engines := slices.Sorted(maps.Keys(d.Scores))
	slices.SortStableFunc(engines, func(a, b string) int { return cmp.Compare(d.Scores[b], d.Scores[a]) })
	for _, e := range engines {
		if e != winner {
			return e
		}
	}
	return ""
}
