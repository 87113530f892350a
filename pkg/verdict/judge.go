package verdict

import (
	"hash/fnv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Judge fills in what a summary says of its question: Fairness, the verdict of
// every scenario and of the whole run, and the cost of output tokens where a price
// is given. It also adds findings on targets that the sample does not settle.
//
// values gives single requests. Without them, as for a summary that was read
// from elsewhere, latencies are compared by their intervals alone, and the
// reasons of each scenario say so. docs/verdict.md states every formula.
//
// Equal summaries, values and options give equal verdicts. Judging a summary
// again replaces what was said before.
func Judge(s *record.Summary, values Values, o Options) {
	o = o.complete()
	s.Fairness = fairness(*s)
	price(s, o.Cost)
	var scenarios []scenarioOutcome
	for i := range s.Scenarios {
		out := judgement{summary: s, sc: &s.Scenarios[i], reader: reader{values}, o: o}.scenario()
		s.Scenarios[i].Verdict = &out.verdict
		scenarios = append(scenarios, out)
	}
	s.Findings = append(withoutFindings(s.Findings, nearTarget), nearTargets(*s)...)
	v := overall(scenarios, o)
	v.Recommendations = advise(*s)
	v.Summary = executive(*s, v, scenarios, o)
	s.Verdict = &v
}

// judgement is one scenario under consideration.
type judgement struct {
	reader
	summary *record.Summary
	sc      *record.ScenarioResult
	o       Options
}

// scenarioOutcome is a scenario's verdict with what the verdict of the run
// needs of it.
type scenarioOutcome struct {
	name    string
	verdict record.ScenarioVerdict
	// p is of the winner, corrected for all that the scenario was asked; absent
	// where its rule gives none.
	p record.Float
	// claims are what each dimension says.
	claims []claim
	// failing are the engines that failed too often to win on speed.
	failing map[string]string
}

// scenario judges one scenario.
func (j judgement) scenario() scenarioOutcome {
	ground := j.ground()
	out := scenarioOutcome{name: j.sc.Name, failing: ground.failing}
	out.verdict.Excluded = ground.all()
	if j.sc.Kind == record.KindCapacity {
		j.capacity(&out, ground)
		return out
	}
	for _, d := range dimensions() {
		result, c, reason := j.dimension(d, ground)
		if result.Metric != "" {
			out.verdict.Dimensions = append(out.verdict.Dimensions, result)
			out.claims = append(out.claims, c)
		}
		if reason != "" {
			out.verdict.Reasons = append(out.verdict.Reasons, reason)
		}
	}
	j.decide(&out, ground)
	return out
}

// seedOf gives each comparison random numbers of its own, which do not change
// when another engine or dimension is added.
func seedOf(seed uint64, names ...string) uint64 {
	h := fnv.New64a()
	for _, n := range names {
		_, _ = h.Write([]byte(n))
		_, _ = h.Write([]byte{0})
	}
	return seed ^ h.Sum64()
}
