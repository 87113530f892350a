package verdict

import (
	"fmt"
	"math"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Check holds every row of a comparison to the limits of a gate. A limit fails
// where the number is worse by more than its amount and the change is
// significant, and passes where it is not worse by more than that. Nobody can say
// where it is worse by more but that may be chance, where one of the runs lacks
// the number, or where no row has it. The interval need not lie beyond the amount
// as a whole: then only changes much larger than the limit would ever fail.
func Check(c record.Comparison, g Gate) record.GateResult {
	result := record.GateResult{Gate: g.String(), Status: record.GatePass, Checks: []record.GateCheck{}}
	for _, l := range g.Limits {
		found := false
		for _, row := range c.Rows {
			if row.Metric == l.Metric && row.Statistic == l.Statistic {
				found = true
				result.Checks = append(result.Checks, checkRow(row, l))
			}
		}
		if !found {
			result.Checks = append(result.Checks, record.GateCheck{
				Limit: l.String(), Status: record.GateCannotSay, Reason: "no engine and scenario of the runs has this number",
			})
		}
	}
	for _, check := range result.Checks {
		switch {
		case check.Status == record.GateFail:
			result.Status = record.GateFail
		case check.Status == record.GateCannotSay && result.Status == record.GatePass:
			result.Status = record.GateCannotSay
		}
	}
	return result
}

func checkRow(row record.ComparedRow, l Limit) record.GateCheck {
	out := record.GateCheck{Limit: l.String(), Run: row.Run, Scenario: row.Scenario, Engine: row.Engine}
	a, knownA := row.A.Get()
	b, knownB := row.B.Get()
	if !knownA || !knownB {
		missing := "the baseline"
		if knownA {
			missing = row.Run
		}
		out.Status, out.Reason = record.GateCannotSay, missing+" does not have the number: too few requests, or none"
		return out
	}
	allowed := l.allowed(a)
	moved := fmt.Sprintf("%s to %s (%s)", figure(a, row.Unit), figure(b, row.Unit), change(row, a, b))
	switch {
	case !l.beyond(b-a, allowed):
		out.Status, out.Reason = record.GatePass, moved
	case row.Significant:
		out.Status, out.Reason = record.GateFail, moved
	case row.Effect.CI == nil:
		out.Status, out.Reason = record.GateCannotSay, moved+", and nothing tells how much it varies"
	default:
		out.Status, out.Reason = record.GateCannotSay, moved+", but that may be chance"
	}
	return out
}

// allowed is the most by which the number may change, in its own unit.
func (l Limit) allowed(baseline float64) float64 {
	switch l.Unit {
	case UnitPercent:
		return math.Abs(baseline) * l.Amount / 100
	case UnitPoints:
		return l.Amount / 100
	}
	return l.Amount
}

// beyond says whether a change is worse than what is allowed, but for rounding.
func (l Limit) beyond(d, allowed float64) bool {
	slack := 1e-9 * math.Abs(allowed)
	if l.Falls {
		return d < allowed-slack
	}
	return d > allowed+slack
}

// change writes how much a number moved, of shares in points and else relative.
func change(row record.ComparedRow, a, b float64) string {
	switch {
	case row.Unit == "share":
		return fmt.Sprintf("%+.3g pp", (b-a)*100)
	case a == 0:
		return fmt.Sprintf("%+.3g %s", b-a, row.Unit)
	}
	return fmt.Sprintf("%+.1f %%", (b/a-1)*100)
}
