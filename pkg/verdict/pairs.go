package verdict

import (
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// duel is a pair of rows under comparison, by index.
type duel struct {
	a, b int
	contrast
}

// test compares every pair of rows, corrects for how many there are (Holm 1979),
// and says who wins: the best, where its difference to every other engine is both
// significant and larger than the practical threshold.
func (j judgement) test(d dimension, q quantity, rows []record.EngineResult, numbers []number, best []int, out *record.Dimension, c *claim) string {
	duels := j.duels(d, q, rows, numbers, best)
	ps := make([]record.Float, len(duels))
	for i, u := range duels {
		ps[i] = u.p
	}
	ps = holm(ps)
	largest, wins, tested := 0.0, 0, 0
	for i, u := range duels {
		shown := j.shown(q, u, ps[i], numbers)
		out.Pairs = append(out.Pairs, record.Pair{
			A: rows[u.a].Engine, B: rows[u.b].Engine, Effect: u.effect, PValue: ps[i], Significant: shown,
		})
		if u.basis != "" {
			tested++
		}
		if shown { // a is the better one: duels follow the order
			c.beaten[rows[u.b].Engine] = rows[u.a].Engine
			if u.a == best[0] {
				wins++
				largest = math.Max(largest, ps[i].Or(1))
			}
		}
	}
	second := out.Pairs[0] // best against second
	out.PValue, out.Effect, out.Significant = second.PValue, &second.Effect, second.Significant
	if wins == len(rows)-1 {
		winner := rows[best[0]].Engine
		out.Winner, c.winner, c.p = &winner, winner, record.Some(largest)
	}
	if !out.Significant {
		j.settle(q, duels[0], numbers, out)
	}
	if tested == 0 {
		return fmt.Sprintf("%s cannot be compared: too little was measured to say how much it varies", spoken(out.Name))
	}
	return ""
}

// duels compares every pair, the better one first; the best against the second
// comes first of all.
func (j judgement) duels(d dimension, q quantity, rows []record.EngineResult, numbers []number, best []int) []duel {
	var all []duel
	for i, a := range best {
		for _, b := range best[i+1:] {
			m := method{
				level: j.o.Level, resamples: j.o.resamples, seed: seedOf(j.o.Seed, j.sc.Name, d.name, q.statistic, rows[a].Engine, rows[b].Engine),
				sequential: j.sc.Kind == record.KindTTFT, interleaved: j.sc.Kind == record.KindTTFT, location: d.location,
			}
			all = append(all, duel{a: a, b: b, contrast: m.compare(numbers[a], numbers[b])})
		}
	}
	return all
}

// shown says whether a difference is more than chance and more than nothing in
// practice. The interval must agree with the corrected p-value.
func (j judgement) shown(q quantity, u duel, p record.Float, numbers []number) bool {
	ci := u.effect.CI
	return ci != nil && (ci[0] > 0 || ci[1] < 0) && p.Or(1) <= j.o.alpha() && matters(q, numbers[u.a], numbers[u.b], j.o.threshold())
}

// matters says whether two numbers differ by more than the practical threshold:
// relative to the smaller of them, and of shares by a fifth of it in absolute
// terms.
func matters(q quantity, a, b number, threshold float64) bool {
	x, _ := a.Get()
	y, _ := b.Get()
	if q.metric == metricSuccess {
		return math.Abs(x-y) > threshold/5
	}
	return math.Abs(x-y) > threshold*math.Min(math.Abs(x), math.Abs(y))
}

// settle says how many more requests would do, where the difference would matter
// if it were sure.
func (j judgement) settle(q quantity, u duel, numbers []number, out *record.Dimension) {
	a, b := numbers[u.a], numbers[u.b]
	if q.metric == metricOutputRate || !matters(q, a, b, j.o.threshold()) {
		return // a rate's observations are seconds, not requests
	}
	if more := u.settles - min(a.n, b.n); u.settles < math.MaxInt && more > 0 {
		out.FurtherSamples = record.Some(int64(more))
	}
}

// stoppedEarly is the finding of a scenario that ended as soon as it was known
// who is faster. Its subject is that engine.
const stoppedEarly = "stopped-early"

// stoppedEarly takes over what a scenario that could stop at any time concluded
// by its own rule. Tests for a fixed number of requests do not hold there: they
// were looked at after every round, and ended when they looked well. So first
// token has no p-value, and the tail, which rests on the same numbers, no answer.
func (j judgement) stoppedEarly(d dimension, rows []record.EngineResult, numbers []number, best []int, out *record.Dimension, c *claim) (string, bool) {
	ofTTFT := d.name == record.DimensionFirstToken || d.name == record.DimensionTail
	if !j.sc.Shape.UntilConfident || !ofTTFT {
		return "", false
	}
	out.Effect = new(effectOf(numbers[best[0]], numbers[best[1]]))
	if d.name == record.DimensionTail {
		return "tail is not judged: the scenario was stopped by the times to first token themselves", true
	}
	winner := j.separated()
	q := quantity{metric: out.Metric, statistic: out.Statistic}
	if winner == "" || winner != rows[best[0]].Engine {
		return "first token is not decided: the scenario's own rule separated no engine from every other", true
	}
	for _, b := range best[1:] {
		if !matters(q, numbers[best[0]], numbers[b], j.o.threshold()) {
			return fmt.Sprintf("first token: %s is faster than %s, but by less than matters in practice", winner, rows[b].Engine), true
		}
	}
	for _, b := range best[1:] {
		out.Pairs = append(out.Pairs, record.Pair{A: winner, B: rows[b].Engine, Effect: effectOf(numbers[best[0]], numbers[b]), Significant: true})
		c.beaten[rows[b].Engine] = winner
	}
	out.Winner, out.Significant, c.winner, c.p = &winner, true, winner, record.Float{}
	return "", true
}

func (j judgement) separated() string {
	for _, f := range j.summary.Findings {
		if f.ID == stoppedEarly {
			return f.Subject
		}
	}
	return ""
}
