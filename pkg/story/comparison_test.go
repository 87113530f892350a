package story

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// compared is a comparison of a run with one that is a fifth slower.
func compared(t *testing.T) (c record.Comparison) {
	t.Helper()
	data, err := os.ReadFile("../verdict/testdata/comparison.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func row(metric, unit string, a, b, low, high float64, change string) record.ComparedRow {
	return record.ComparedRow{
		Run: "b", Scenario: "chat", Engine: "vllm", Metric: metric, Statistic: "p95", Unit: unit, A: record.Some(a), B: record.Some(b),
		Effect:      record.Effect{Difference: record.Some(b - a), CI: &record.Interval{low, high}},
		Significant: change != record.ChangeNone, Change: change, Basis: record.BasisSamples,
	}
}

func ascii(s string) string { return strings.NewReplacer(Thin, " ", "’", "'").Replace(s) }

func TestComparisonAnswers(t *testing.T) {
	same := row("ttft_ms", "ms", 100, 101, -3, 5, record.ChangeNone)
	slower := row("ttft_ms", "ms", 100, 112, 8, 16, record.ChangeWorse)
	lower := row("output_tokens_per_s", "tokens/s", 200, 150, -60, -40, record.ChangeWorse)
	failing := row("success_share", "share", 1, 0.98, -0.03, -0.01, record.ChangeWorse)
	quicker := row("tpot_ms", "ms", 20, 10, -11, -9, record.ChangeBetter)
	untested := record.ComparedRow{Run: "b", Change: record.ChangeNone, A: record.Some(1.0), B: record.Some(2.0)}
	for _, c := range []struct {
		name string
		rows []record.ComparedRow
		want string
	}{
		{"nothing changed", []record.ComparedRow{same}, "No number of b differs significantly from a (95 %)."},
		{"nothing tested", []record.ComparedRow{untested}, "Nobody can say whether b differs from a: nothing tells how much their numbers vary."},
		{"one", []record.ComparedRow{same, slower}, "b against a: vllm's TTFT P95 is 12 % longer in chat (95 %: +8.0 to +16 %); nothing else differs significantly."},
		{"the largest first", []record.ComparedRow{failing, slower, lower, quicker},
			"b against a: vllm's TPOT P95 is 50 % shorter in chat (95 %: -55 to -45 %); vllm's Output tokens/s is 25 % lower in chat (95 %: -30 to -20 %); " +
				"vllm's TTFT P95 is 12 % longer in chat (95 %: +8.0 to +16 %); 1 further number differs significantly."},
		{"a share", []record.ComparedRow{failing}, "b against a: vllm's Share that succeeded is 2.0 pp lower in chat (95 %: -3.0 to -1.0 pp); nothing else differs significantly."},
		{"from nothing", []record.ComparedRow{row("requests_per_s", "requests/s", 0, 2, 1, 3, record.ChangeBetter)},
			"b against a: vllm's Requests/s is 2.0 requests/s higher in chat (95 %: +1.0 to +3.0 requests/s); nothing else differs significantly."},
	} {
		got := ComparisonAnswers(record.Comparison{Level: 0.95, Runs: []record.ComparedRun{{Name: "a"}, {Name: "b"}}, Rows: c.rows})
		if len(got) != 1 || ascii(got[0]) != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := ComparisonAnswers(compared(t)); len(got) != 1 || !strings.HasPrefix(got[0], "after against before: vllm’s") {
		t.Errorf("%q", got)
	}
	hostile := record.Comparison{Runs: []record.ComparedRun{{Name: "a"}, {Name: "b\x1b[2J\u202e"}}}
	if got := ComparisonAnswers(hostile); strings.ContainsAny(got[0], "\x1b\u202e") {
		t.Errorf("%q", got)
	}
}

func TestComparedOutcome(t *testing.T) {
	both := row("ttft_ms", "ms", 1, 2, 0, 1, record.ChangeNone)
	for want, change := range map[string]func(*record.ComparedRow){
		"not in the baseline": func(r *record.ComparedRow) { r.A = record.Float{} },
		"not in this run":     func(r *record.ComparedRow) { r.B = record.Float{} },
		"cannot say":          func(r *record.ComparedRow) { r.Basis = "" },
		"worse":               func(r *record.ComparedRow) { r.Change = record.ChangeWorse },
		"better":              func(r *record.ComparedRow) { r.Change = record.ChangeBetter },
		"not significant":     func(*record.ComparedRow) {},
	} {
		r := both
		change(&r)
		if got, _ := ComparedOutcome(r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestChange(t *testing.T) {
	r := row("ttft_ms", "ms", 100, 100.01, -0.001, 0.02, record.ChangeNone)
	if diff := cmp.Diff([]string{"+0.01 %", "0 to +0.02 %"}, []string{ascii(Change(r)), ascii(ChangeInterval(r))}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r = row("ttft_ms", "ms", 40, 30, -55, 5, record.ChangeNone)
	if got := ascii(ChangeInterval(r)); got != "-100 to +12 %" {
		t.Errorf("nothing falls by more than all of it: %q", got)
	}
	r.Effect = record.Effect{}
	if Change(r) != NotAvailable || ChangeInterval(r) != "" {
		t.Errorf("%q %q", Change(r), ChangeInterval(r))
	}
}

func TestGateSubject(t *testing.T) {
	check := record.GateCheck{Run: "b", Scenario: "chat", Engine: "vllm"}
	two := record.Comparison{Runs: make([]record.ComparedRun, 2)}
	three := record.Comparison{Runs: make([]record.ComparedRun, 3)}
	if got := []string{GateSubject(two, check), GateSubject(three, check), GateSubject(three, record.GateCheck{})}; !cmp.Equal(got, []string{"vllm in chat", "vllm in chat of b", ""}) {
		t.Errorf("%q", got)
	}
}

func TestWhatAWayCosts(t *testing.T) {
	for _, c := range []struct {
		difference  float64
		ci          *record.Interval
		significant bool
		want        string
	}{
		{1.25, &record.Interval{0.9, 1.4}, true, "By port-forward, vllm's TTFT P50 is 1.25 ms longer than by cluster-dns in ttft (95 %: +0.90 ms to +1.40 ms)."},
		{-0.5, &record.Interval{-1, 0.2}, false, "By port-forward, vllm's TTFT P50 is 0.50 ms shorter than by cluster-dns in ttft (95 %: -1.00 ms to +0.20 ms), which may be chance."},
		{2, nil, false, "By port-forward, vllm's TTFT P50 is 2.00 ms longer than by cluster-dns in ttft, which may be chance."},
	} {
		got := ComparisonAnswers(record.Comparison{Level: 0.95, Ways: []record.WayCost{{
			Run: "b", Scenario: "ttft", Engine: "vllm", Baseline: "cluster-dns", Via: "port-forward",
			Effect: record.Effect{Difference: record.Some(c.difference), CI: c.ci}, Significant: c.significant,
		}}})
		if len(got) != 1 || ascii(got[0]) != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
