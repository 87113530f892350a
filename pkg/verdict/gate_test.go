package verdict

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestParseGate(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  []Limit
		fault string
	}{
		{"ttft_p95:+10%", []Limit{{Metric: "ttft_ms", Statistic: "p95", Amount: 10, Unit: UnitPercent}}, ""},
		{"ttft_ms_p95:+10ms", []Limit{{Metric: "ttft_ms", Statistic: "p95", Amount: 10, Unit: UnitMS}}, ""},
		{"tpot_p50:+.5", []Limit{{Metric: "tpot_ms", Statistic: "p50", Amount: 0.5}}, ""},
		{"success:-0.5pp, output_tokens_per_s:-5%", []Limit{
			{Metric: "success_share", Statistic: "share", Amount: -0.5, Falls: true, Unit: UnitPoints},
			{Metric: "output_tokens_per_s", Statistic: "mean", Amount: -5, Falls: true, Unit: UnitPercent},
		}, ""},
		{"requests_per_s:-0", []Limit{{Metric: "requests_per_s", Statistic: "mean", Amount: 0, Falls: true}}, ""},
		{"", nil, `"" has no colon`},
		{"ttft_p95", nil, "has no colon"},
		{"ttft_p95:+10%,", nil, "has no colon"},
		{"ttft:+10%", nil, "want one of e2e_p95, output_tokens_per_s, requests_per_s, success, "},
		{"ttft_p95:10%", nil, "gets worse as it rises, so want the most it may rise by, as ttft_p95:+10%"},
		{"ttft_p95:-10%", nil, "gets worse as it rises"},
		{"success:+1pp", nil, "gets worse as it falls"},
		{"ttft_p95:+10pp", nil, "for success alone"},
		{"success:-1ms", nil, "ms is for latencies"},
		{"success:-1", nil, "want pp (percentage points) or %"},
		{"ttft_p95:+", nil, `"" is no amount`},
		{"ttft_p95:++1%", nil, `"+1" is no amount`},
		{"ttft_p95:+1e3%", nil, `"1e3" is no amount`},
		{"ttft_p95:+1.2.3%", nil, `"1.2.3" is no amount`},
		{"ttft_p95:+Inf%", nil, "is no amount"},
	} {
		g, err := ParseGate(c.text)
		if (c.fault != "") != (err != nil) || (err != nil && !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("ParseGate(%q) = %v, want %q", c.text, err, c.fault)
		}
		if diff := cmp.Diff(c.want, g.Limits, cmpopts.IgnoreUnexported(Limit{})); diff != "" {
			t.Errorf("ParseGate(%q) (-want +got):\n%s", c.text, diff)
		}
	}
}

func FuzzParseGate(f *testing.F) {
	for _, seed := range []string{"ttft_p95:+10%,success:-0.5pp", "tpot_p50:+3ms", "requests_per_s:-1.5", "ttft_p95:+", ":", ",,", "success:-0.5pp:x", "e2e_p95:+99999999999999999999999999999999999%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := ParseGate(text)
		if err != nil {
			if len(g.Limits) > 0 {
				t.Errorf("%q is refused and read: %+v", text, g)
			}
			return
		}
		again, err := ParseGate(g.String())
		if err != nil {
			t.Fatalf("%q was read, and %q is not: %v", text, g, err)
		}
		if diff := cmp.Diff(g, again, cmp.AllowUnexported(Limit{})); diff != "" {
			t.Errorf("%q (-first +again):\n%s", text, diff)
		}
		for _, l := range g.Limits {
			if (l.Amount < 0 && !l.Falls) || (l.Amount > 0 && l.Falls) || l.Metric == "" || l.Statistic == "" {
				t.Errorf("%q gives %+v", text, l)
			}
		}
	})
}

func TestCheck(t *testing.T) {
	row := func(metric, statistic, unit string, a, b record.Float, significant bool) record.ComparedRow {
		return record.ComparedRow{
			Run: "b", Scenario: "chat", Engine: "vllm", Metric: metric, Statistic: statistic, Unit: unit, A: a, B: b,
			Effect: record.Effect{CI: &record.Interval{}}, Significant: significant,
		}
	}
	ttft := func(a, b float64, significant bool) record.ComparedRow {
		return row("ttft_ms", "p95", "ms", record.Some(a), record.Some(b), significant)
	}
	noInterval := ttft(100, 120, false)
	noInterval.Effect.CI = nil
	for _, c := range []struct {
		name, gate   string
		row          record.ComparedRow
		want, reason string
	}{
		{"no change", "ttft_p95:+10%", ttft(100, 100, false), record.GatePass, "100 ms to 100 ms (+0.0 %)"},
		{"better", "ttft_p95:+0%", ttft(100, 50, true), record.GatePass, "-50.0 %"},
		{"worse within the amount", "ttft_p95:+10%", ttft(100, 109, true), record.GatePass, "+9.0 %"},
		{"worse by the amount", "ttft_p95:+10%", ttft(100, 110, true), record.GatePass, "+10.0 %"},
		{"worse by more", "ttft_p95:+10%", ttft(100, 111, true), record.GateFail, "100 ms to 111 ms (+11.0 %)"},
		{"worse by more, perhaps", "ttft_p95:+10%", ttft(100, 150, false), record.GateCannotSay, "may be chance"},
		{"worse by more, nobody knows how sure", "ttft_p95:+10%", noInterval, record.GateCannotSay, "nothing tells how much it varies"},
		{"in ms", "ttft_p95:+10ms", ttft(500, 511, true), record.GateFail, ""},
		{"in its own unit", "ttft_p95:+10", ttft(500, 509, true), record.GatePass, ""},
		{"success fell within", "success:-0.5pp", row("success_share", "share", "share", record.Some(1.0), record.Some(0.995), true), record.GatePass, "100 % to 99.5 % (-0.5 pp)"},
		{"success fell", "success:-0.5pp", row("success_share", "share", "share", record.Some(1.0), record.Some(0.99), true), record.GateFail, "-1 pp"},
		{"success rose", "success:-0.5pp", row("success_share", "share", "share", record.Some(0.9), record.Some(1.0), true), record.GatePass, ""},
		{"throughput fell", "output_tokens_per_s:-5%", row("output_tokens_per_s", "mean", "tokens/s", record.Some(200.0), record.Some(180.0), true), record.GateFail, "200 tokens/s to 180 tokens/s (-10.0 %)"},
		{"from nothing", "requests_per_s:-5%", row("requests_per_s", "mean", "requests/s", record.Some(0.0), record.Some(2.0), true), record.GatePass, "+2 requests/s"},
		{"not in the run", "ttft_p95:+10%", row("ttft_ms", "p95", "ms", record.Some(1.0), record.Float{}, false), record.GateCannotSay, "b does not have the number"},
		{"not in the baseline", "ttft_p95:+10%", row("ttft_ms", "p95", "ms", record.Float{}, record.Some(1.0), false), record.GateCannotSay, "the baseline does not have the number"},
		{"in neither", "ttft_p99:+10%", ttft(100, 100, false), record.GateCannotSay, "no engine and scenario"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := ParseGate(c.gate)
			if err != nil {
				t.Fatal(err)
			}
			got := Check(record.Comparison{Rows: []record.ComparedRow{c.row}}, g)
			if got.Status != c.want || len(got.Checks) != 1 || got.Checks[0].Status != c.want || !strings.Contains(got.Checks[0].Reason, c.reason) {
				t.Errorf("got %+v, want %s: %s", got, c.want, c.reason)
			}
		})
	}
}

// One failure decides, whatever else there is.
func TestCheckSumsUp(t *testing.T) {
	one := record.ComparedRow{Metric: "ttft_ms", Statistic: "p95", Unit: "ms", A: record.Some(1.0), B: record.Some(2.0), Significant: true}
	for gate, want := range map[string]string{
		"ttft_p95:+200%":              record.GatePass,
		"ttft_p95:+200%,ttft_p50:+1%": record.GateCannotSay,
		"ttft_p50:+1%,ttft_p95:+1%":   record.GateFail,
		"ttft_p95:+1%,ttft_p50:+1%":   record.GateFail,
	} {
		g, err := ParseGate(gate)
		if err != nil {
			t.Fatal(err)
		}
		if got := Check(record.Comparison{Rows: []record.ComparedRow{one}}, g); got.Status != want || got.Gate != gate {
			t.Errorf("%s: %+v, want %s", gate, got, want)
		}
	}
}
