package verdict

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Gate is the limits within which a run may be worse than its baseline.
type Gate struct {
	// Limits are in the order in which they were written.
	Limits []Limit
}

// String writes the gate as ParseGate reads it.
func (g Gate) String() string {
	var parts []string
	for _, l := range g.Limits {
		parts = append(parts, l.String())
	}
	return strings.Join(parts, ",")
}

// Unit is what the amount of a Limit is in.
type Unit string

// The units of a Limit.
const (
	// UnitPercent is relative to the baseline.
	UnitPercent Unit = "%"
	// UnitPoints is percentage points, of shares.
	UnitPoints Unit = "pp"
	// UnitMS is milliseconds, of latencies.
	UnitMS Unit = "ms"
	// UnitOwn is the metric's own unit, of rates.
	UnitOwn Unit = ""
)

// Limit is how much worse one number may become.
type Limit struct {
	// Metric and Statistic are those of a record.ComparedRow.
	Metric, Statistic string
	// Amount is the most by which the number may change, in Unit: positive where it
	// may rise and negative where it may fall.
	Amount float64
	// Falls says that the number gets worse by falling; it tells -0 from +0.
	Falls bool
	Unit  Unit
	// text is how it was written.
	text string
}

// String is the limit as it was written.
func (l Limit) String() string { return l.text }

// gated are the names that a gate may use, with the quantity behind each.
var gated = gatedNames()

func gatedNames() map[string]quantity {
	names := map[string]quantity{
		"success": successShare, "success_share": successShare,
		"output_tokens_per_s": tokensRate, "requests_per_s": requestsRate,
	}
	for _, l := range []quantity{
		latency("ttft_ms", "p50"), latency("ttft_ms", "p95"), latency("ttft_ms", "p99"),
		latency("ttft_from_schedule_ms", "p50"), latency("ttft_from_schedule_ms", "p95"),
		latency("tpot_ms", "p50"), latency("tpot_ms", "p95"), latency("e2e_ms", "p95"),
	} {
		names[l.metric+"_"+l.statistic] = l
		names[strings.TrimSuffix(l.metric, "_ms")+"_"+l.statistic] = l
	}
	return names
}

// GateNames lists the names of numbers that a gate may limit, for help.
func GateNames() []string {
	var names []string
	for name := range gated {
		if !strings.Contains(name, "_ms_") && name != "success_share" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ParseGate reads limits as --gate has them: ttft_p95:+10%,success:-0.5pp. Each
// is a name of GateNames, a colon, + where the number may rise by so much or -
// where it may fall, an amount, and a unit: % of the baseline, pp (percentage
// points, of success), ms (of latencies), or none, which is the number's own
// unit. The sign must be that of getting worse.
func ParseGate(text string) (Gate, error) {
	var g Gate
	for part := range strings.SplitSeq(text, ",") {
		l, err := parseLimit(strings.TrimSpace(part))
		if err != nil {
			return Gate{}, fmt.Errorf("read gate %q: %w", text, err)
		}
		g.Limits = append(g.Limits, l)
	}
	return g, nil
}

func parseLimit(text string) (Limit, error) {
	name, amount, found := strings.Cut(text, ":")
	if !found {
		return Limit{}, fmt.Errorf("%q has no colon: want a name, a colon and a change, as ttft_p95:+10%%", text)
	}
	q, known := gated[name]
	if !known {
		return Limit{}, fmt.Errorf("%q is no number that a gate can limit: want one of %s", name, strings.Join(GateNames(), ", "))
	}
	l := Limit{Metric: q.metric, Statistic: q.statistic, text: text, Falls: q.more}
	worse, what := "+", "rise"
	if q.more {
		worse, what = "-", "fall"
	}
	digits, signed := strings.CutPrefix(amount, worse)
	if !signed {
		return Limit{}, fmt.Errorf("%q: %s gets worse as it %ss, so want the most it may %s by, as %s:%s10%%", text, name, what, what, name, worse)
	}
	digits, l.Unit = cutUnit(digits)
	if err := fits(l.Unit, q, text); err != nil {
		return Limit{}, err
	}
	v, err := amountOf(digits)
	if err != nil {
		return Limit{}, fmt.Errorf("%q: %w", text, err)
	}
	if l.Amount = v; q.more {
		l.Amount = -v
	}
	return l, nil
}

func cutUnit(text string) (digits string, unit Unit) {
	for _, u := range []Unit{UnitPercent, UnitPoints, UnitMS} {
		if rest, has := strings.CutSuffix(text, string(u)); has {
			return rest, u
		}
	}
	return text, UnitOwn
}

// amountOf reads a plain decimal number.
func amountOf(digits string) (float64, error) {
	if digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return 0, fmt.Errorf("%q is no amount: want digits, as 10 or 0.5", digits)
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%q is no amount: want digits, as 10 or 0.5", digits)
	}
	return v, nil
}

// fits refuses a unit that the number does not have.
func fits(u Unit, q quantity, text string) error {
	switch {
	case u == UnitPoints && q.unit != "share":
		return fmt.Errorf("%q: pp is percentage points and for success alone: want %%", text)
	case u == UnitMS && q.unit != "ms":
		return fmt.Errorf("%q: ms is for latencies: want %% or no unit", text)
	case u == UnitOwn && q.unit == "share":
		return fmt.Errorf("%q: want pp (percentage points) or %%", text)
	}
	return nil
}
