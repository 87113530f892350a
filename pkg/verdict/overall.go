package verdict

import (
	"fmt"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// overall names the winner of a run by the rule of a scenario, over scenarios:
// an engine that wins at least one, corrected for how many there are (Holm),
// while no other engine wins one, none beats it in a dimension of any, and it
// failed too often in none.
func overall(scenarios []scenarioOutcome, o Options) record.Verdict {
	var ps []record.Float
	for _, sc := range scenarios {
		p := record.Some(1.0)
		if sc.verdict.Winner != nil {
			p = sc.p
		}
		ps = append(ps, p)
	}
	var engines []string
	for i, p := range holm(ps) {
		if w := scenarios[i].verdict.Winner; w != nil && (!p.Known() || p.Or(1) <= o.alpha()) {
			engines = append(engines, *w)
		}
	}
	slices.Sort(engines)
	engines = slices.Compact(engines)
	if len(engines) != 1 || objected(scenarios, engines[0]) != "" {
		return record.Verdict{}
	}
	return record.Verdict{Winner: &engines[0], Confidence: record.Some(o.Level)}
}

// objected says what speaks against an engine in any scenario, "" where nothing
// does.
func objected(scenarios []scenarioOutcome, engine string) string {
	for _, sc := range scenarios {
		if reason := sc.failing[engine]; reason != "" {
			return fmt.Sprintf("in %s %s", sc.name, reason)
		}
		for _, c := range sc.claims {
			if by := c.beaten[engine]; by != "" && c.decides {
				return fmt.Sprintf("%s is better in %s of %s", by, spoken(c.dimension), sc.name)
			}
		}
	}
	return ""
}
