package verdict

import (
	"errors"
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Run is one run to compare.
type Run struct {
	// Name is what results call it, its directory most often.
	Name    string
	Summary record.Summary
	// Values gives its single requests; nil where they were not kept, as of a run
	// that another program wrote.
	Values Values
}

// CompareOptions say how runs are compared.
type CompareOptions struct {
	// Level is the confidence of every claim; DefaultLevel where it is not between
	// 0 and 1.
	Level float64
	// Seed makes resampling repeatable.
	Seed uint64
	// AllowUnlike compares runs that differ in what they measured, and warns
	// where Compare would refuse.
	AllowUnlike bool
	// resamples is as in Options.
	resamples int
}

// ErrUnlike says that runs measured different things, so that their difference
// would be no one's. CompareOptions.AllowUnlike makes a warning of it.
var ErrUnlike = errors.New("the runs are not alike")

// Compare sets each further run against the first. A row of one belongs to that
// of another by the names of its scenario and its engine; where both runs have
// one engine only, these belong together whatever they are called.
//
// It refuses with ErrUnlike where a simulated run meets a real one, or where
// what belongs together has another model or another load, and warns where GPU,
// way in, quantisation or prompts differ. It fails too where there are fewer than
// two runs or nothing belongs together. Runs without single requests are compared
// by the intervals of their summaries; Basis of each row says so.
//
// The runs were not interleaved: what changed on the cluster between them is part
// of the difference, and no p-value knows of it.
func Compare(runs []Run, o CompareOptions) (record.Comparison, error) {
	o.Level = Options{Level: o.Level}.complete().Level
	c := record.Comparison{SchemaVersion: record.SchemaVersion, Level: o.Level, Rows: []record.ComparedRow{}}
	if len(runs) < 2 {
		return c, errors.New("compare runs: want two at least, the first as the baseline")
	}
	for _, r := range runs {
		c.Runs = append(c.Runs, record.ComparedRun{
			Name: r.Name, RunID: r.Summary.RunID, StartedAt: r.Summary.StartedAt, Simulated: r.Summary.Simulated, Samples: r.Values != nil,
		})
	}
	for _, b := range runs[1:] {
		matches := match(runs[0].Summary, b.Summary)
		if len(matches) == 0 {
			return c, fmt.Errorf("compare %s with %s: no scenario and engine of one is in the other", b.Name, runs[0].Name)
		}
		refusals, warnings := unlike(runs[0], b, matches)
		if len(refusals) > 0 && !o.AllowUnlike {
			return c, fmt.Errorf("compare %s with %s: %w: %s", b.Name, runs[0].Name, ErrUnlike, refusals[0])
		}
		for _, w := range append(refusals, warnings...) {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s and %s: %s", runs[0].Name, b.Name, w))
		}
		for _, m := range matches {
			rows := compareRows(runs[0], b, m, o)
			c.Rows = append(c.Rows, rows...)
			c.Ways = append(c.Ways, wayCost(m, rows)...)
		}
	}
	return c, nil
}

// pairing is what belongs together of two runs: a scenario and a row of each.
type pairing struct {
	scA, scB *record.ScenarioResult
	a, b     record.EngineResult
}

// match pairs the rows of two runs, in the order of the first. Rows for which
// nothing was measured belong to nothing.
func match(a, b record.Summary) []pairing {
	only := onlyEngine(a) != "" && onlyEngine(b) != ""
	var all []pairing
	for i := range a.Scenarios {
		for k := range b.Scenarios {
			if a.Scenarios[i].Name != b.Scenarios[k].Name {
				continue
			}
			for _, x := range a.Scenarios[i].Engines {
				for _, y := range b.Scenarios[k].Engines {
					if (x.Engine == y.Engine || only) && x.Requests > 0 && y.Requests > 0 {
						all = append(all, pairing{&a.Scenarios[i], &b.Scenarios[k], x, y})
					}
				}
			}
		}
	}
	return all
}

// onlyEngine is the one engine of a run, "" where there are several.
func onlyEngine(s record.Summary) string {
	if engines := enginesOf(s); len(engines) == 1 {
		return engines[0]
	}
	return ""
}

// compared is what runs are compared by, in the order of rows.
func compared(sc record.ScenarioResult) []quantity {
	all := []quantity{latency("ttft_ms", "p50"), latency("ttft_ms", "p95"), latency("ttft_ms", "p99")}
	if sc.Shape.IsOpen() {
		all = append(all, latency("ttft_from_schedule_ms", "p50"), latency("ttft_from_schedule_ms", "p95"))
	}
	all = append(all, latency("tpot_ms", "p50"), latency("tpot_ms", "p95"), latency("e2e_ms", "p95"))
	if sc.Kind != record.KindTTFT {
		all = append(all, tokensRate, requestsRate)
	}
	return append(all, successShare)
}

// compareRows compares the numbers that either run has, and corrects p-values
// for how many there are (Holm), so that an engine that did not change in a
// scenario is called changed in at most 1 - level of comparisons.
func compareRows(a, b Run, m pairing, o CompareOptions) []record.ComparedRow {
	var rows []record.ComparedRow
	var ps []record.Float
	var of []quantity
	ra, rb := reader{a.Values}, reader{b.Values}
	for _, q := range compared(*m.scA) {
		x, y := ra.number(m.scA, m.a, q), rb.number(m.scB, m.b, q)
		if !x.Known() && !y.Known() {
			continue
		}
		how := method{
			level: o.Level, resamples: o.resamples, seed: seedOf(o.Seed, m.scA.Name, m.a.Engine, q.metric, q.statistic, b.Name),
			sequential: m.scA.Kind == record.KindTTFT, location: q.statistic == "p50",
		}
		c := how.compare(x, y)
		row := record.ComparedRow{
			Run: b.Name, Scenario: m.scA.Name, Engine: m.a.Engine, Metric: q.metric, Statistic: q.statistic, Unit: q.unit,
			A: x.Float, B: y.Float, Effect: c.effect, Basis: c.basis, Change: record.ChangeNone,
		}
		if m.b.Engine != m.a.Engine {
			row.EngineB = m.b.Engine
		}
		rows, ps, of = append(rows, row), append(ps, c.p), append(of, q)
	}
	for i, p := range holm(ps) {
		rows[i].PValue = p
		decideRow(&rows[i], of[i], 1-o.Level)
	}
	return rows
}

// wayCost says what the way of one run costs against that of another, where both
// are known and differ.
func wayCost(m pairing, rows []record.ComparedRow) []record.WayCost {
	if m.a.Via == m.b.Via || m.a.Via == "" || m.b.Via == "" {
		return nil
	}
	for _, r := range rows {
		if r.Metric == "ttft_ms" && r.Statistic == "p50" && r.Effect.Difference.Known() {
			return []record.WayCost{{
				Run: r.Run, Scenario: r.Scenario, Engine: r.Engine, Baseline: m.a.Via, Via: m.b.Via, Effect: r.Effect, Significant: r.Significant,
			}}
		}
	}
	return nil
}

// decideRow says whether a number changed, and which way.
func decideRow(r *record.ComparedRow, q quantity, alpha float64) {
	ci, d := r.Effect.CI, r.Effect.Difference.Or(0)
	r.Significant = ci != nil && (ci[0] > 0 || ci[1] < 0) && d != 0 && r.PValue.Or(1) <= alpha
	switch {
	case !r.Significant:
	case q.better(d, 0):
		r.Change = record.ChangeBetter
	default:
		r.Change = record.ChangeWorse
	}
}
