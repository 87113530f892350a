package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// mostChanges is how many changes a sentence of ComparisonAnswers names.
const mostChanges = 3

// ComparisonAnswers say what a comparison comes to, in a sentence for each run
// but the first: which numbers differ significantly, the largest changes first.
// Behind them stands what another way to an engine costs, where one was taken.
func ComparisonAnswers(c record.Comparison) []string {
	var all []string
	for i, run := range c.Runs {
		if i > 0 {
			all = append(all, comparisonAnswer(c, c.Runs[0].Name, run.Name))
		}
	}
	for _, w := range c.Ways {
		all = append(all, waySentence(w, c.Level))
	}
	return all
}

// waySentence says what a way costs: by port-forward, vllm's TTFT P50 is 1.2 ms
// longer than by cluster-dns in ttft (95 %: 0.9 to 1.4 ms).
func waySentence(w record.WayCost, level float64) string {
	d := w.Effect.Difference.Or(0)
	how := map[bool]string{true: "longer", false: "shorter"}[d > 0]
	text := fmt.Sprintf("By %s, %s’s TTFT P50 is %s %s than by %s in %s", w.Via, w.Engine, Quantity(math.Abs(d), "ms"), how, w.Baseline, w.Scenario)
	if ci := w.Effect.CI; ci != nil {
		text += fmt.Sprintf(" (%s: %s to %s)", Level(level), signed(ci[0], "ms"), signed(ci[1], "ms"))
	}
	if !w.Significant {
		text += ", which may be chance"
	}
	return say("%s.", text)
}

func comparisonAnswer(c record.Comparison, baseline, run string) string {
	var changed []record.ComparedRow
	tested := 0
	for _, row := range c.Rows {
		if row.Run != run {
			continue
		}
		if row.Basis != "" {
			tested++
		}
		if row.Significant {
			changed = append(changed, row)
		}
	}
	switch {
	case tested == 0:
		return say("Nobody can say whether %s differs from %s: nothing tells how much their numbers vary.", run, baseline)
	case len(changed) == 0:
		return say("No number of %s differs significantly from %s (%s).", run, baseline, Level(c.Level))
	}
	slices.SortStableFunc(changed, func(a, b record.ComparedRow) int { return cmp.Compare(size(b), size(a)) })
	var said []string
	for _, row := range changed[:min(len(changed), mostChanges)] {
		said = append(said, changeSentence(row, c.Level))
	}
	rest := "nothing else differs significantly"
	if more := int64(len(changed) - len(said)); more > 0 {
		rest = plural(more, "further number") + map[bool]string{true: " differs", false: " differ"}[more == 1] + " significantly"
	}
	return say("%s against %s: %s; %s.", run, baseline, strings.Join(said, "; "), rest)
}

// size is how large a change is as a part of the baseline.
func size(row record.ComparedRow) float64 {
	return math.Abs(row.Effect.Difference.Or(0)) / math.Max(math.Abs(row.A.Or(0)), 1e-9)
}

// changeSentence says one significant change: vllm's TTFT P95 is 12 % longer in
// chat (95 %: +8 % to +16 %).
func changeSentence(row record.ComparedRow, level float64) string {
	words := map[bool]string{true: "higher", false: "lower"}
	if row.Unit == "ms" {
		words = map[bool]string{true: "longer", false: "shorter"}
	}
	text := fmt.Sprintf("%s’s %s is %s %s in %s", row.Engine, measure(row.Metric, row.Statistic),
		strings.TrimLeft(Change(row), "+-"), words[row.Effect.Difference.Or(0) > 0], row.Scenario)
	if ci := ChangeInterval(row); ci != "" {
		text += fmt.Sprintf(" (%s: %s)", Level(level), ci)
	}
	return text
}

// Change writes by how much a number changed: relative to the baseline, or in
// percentage points where it is a share, or in its unit where the baseline is
// 0. It is NotAvailable where a run lacks the number.
func Change(row record.ComparedRow) string {
	d, known := row.Effect.Difference.Get()
	if !known {
		return NotAvailable
	}
	amount, unit := relative(row, d)
	return signedNumber(amount) + Thin + unit
}

// ChangeInterval writes the confidence interval of Change, "" where there is
// none. The baseline is taken for exact in it: only the difference varies. No number
// that is compared can be below 0, so none falls by more than all of it.
func ChangeInterval(row record.ComparedRow) string {
	ci := row.Effect.CI
	if ci == nil {
		return ""
	}
	least := -row.A.Or(0)
	low, unit := relative(row, max(ci[0], least))
	high, _ := relative(row, max(ci[1], least))
	return signedNumber(low) + " to " + signedNumber(high) + Thin + unit
}

// relative is a difference in the unit that people think of it in.
func relative(row record.ComparedRow, d float64) (amount float64, unit string) {
	a := row.A.Or(0)
	switch {
	case row.Unit == unitShare:
		return d * 100, "pp"
	case a == 0:
		return d, row.Unit
	}
	return d / math.Abs(a) * 100, "%"
}

// signedNumber writes a number with its sign and three digits or so; one that rounds
// to 0 has none.
func signedNumber(v float64) string {
	digits := 1
	switch size := math.Abs(v); {
	case size >= 9.95:
		digits = 0
	case size < 1:
		digits = 2
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	switch {
	case strings.Trim(text, "-0.") == "":
		return "0"
	case v > 0:
		return "+" + text
	}
	return text
}

// ComparedName is what a row compares, in words: TTFT P95.
func ComparedName(row record.ComparedRow) string { return measure(row.Metric, row.Statistic) }

// ComparedEngine is the engine of a row, with its name in the other run where it
// has another one there.
func ComparedEngine(row record.ComparedRow) string {
	if row.EngineB == "" {
		return Printable(row.Engine)
	}
	return say("%s (%s)", row.Engine, row.EngineB)
}

// ComparedOutcome says in words what came of comparing a number.
func ComparedOutcome(row record.ComparedRow) (string, Tone) {
	switch {
	case !row.A.Known():
		return "not in the baseline", Quiet
	case !row.B.Known():
		return "not in this run", Quiet
	case row.Basis == "":
		return "cannot say", Quiet
	case row.Change == record.ChangeWorse:
		return "worse", Bad
	case row.Change == record.ChangeBetter:
		return "better", Good
	}
	return "not significant", Plain
}

// GateOutcome is what came of a gate, or of one of its limits, in words.
func GateOutcome(status string) (string, Tone) {
	switch status {
	case record.GateFail:
		return "failed", Bad
	case record.GateCannotSay:
		return "cannot say", Caution
	}
	return "passed", Good
}

// GateSubject is what a check of a gate is about: vllm in chat. With several runs
// it names the run too.
func GateSubject(c record.Comparison, check record.GateCheck) string {
	text := ""
	if check.Engine != "" {
		text = say("%s in %s", check.Engine, check.Scenario)
	}
	if len(c.Runs) > 2 && check.Run != "" {
		text = strings.TrimSpace(text + say(" of %s", check.Run))
	}
	return text
}

// SimulatedRuns says whether any of the runs compared was simulated.
func SimulatedRuns(c record.Comparison) bool {
	return slices.ContainsFunc(c.Runs, func(r record.ComparedRun) bool { return r.Simulated })
}
