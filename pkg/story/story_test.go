package story

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestTellsTheWholeRun(t *testing.T) {
	s, figures := full(t)
	golden.Check(t, "testdata/full.txt", dump(Tell(s, figures)))
}

// little is a run that was cut off early, of engines that nobody judged.
func little() record.Summary {
	few := &record.Distribution{N: 5, Mean: record.Some(26.0), Min: record.Some(24.0), Max: record.Some(28.0), CI: &record.Intervals{Level: 0.9}}
	return record.Summary{
		Name: "cut", RunID: "r", StartedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Simulated: true, Partial: true, Interrupted: true,
		Environment: record.Environment{Engines: []record.EngineInfo{{Engine: "a", Endpoint: "http://x"}, {Engine: "b"}}},
		Scenarios: []record.ScenarioResult{
			{Name: "ttft", Kind: record.KindTTFT, Shape: record.Shape{Arrival: record.ArrivalSequential, Iterations: 10}, Engines: []record.EngineResult{
				{Engine: "a", Requests: 5, Succeeded: 5, TTFT: few, TTFA: few},
				{Engine: "b", Requests: 2, Failed: 2, Errors: map[record.Status]int64{record.StatusRefused: 2}},
			}},
			{Name: "load", Kind: record.KindLoad, Shape: record.Shape{Arrival: "poisson", RatePerS: 2, DurationS: 60}, Engines: []record.EngineResult{{Engine: "a"}, {Engine: "b"}}},
		},
		Targets:  []record.TargetResult{{Scenario: "ttft", Engine: "a", Metric: "ttft_ms", Statistic: "p95", Limit: 100}},
		Findings: []record.Finding{{ID: "i", Severity: record.SeverityInfo, Subject: "a", Message: "info"}, {ID: "e", Severity: record.SeverityError, Subject: "b", Message: "refuses", Remedy: "start it"}},
	}
}

func TestTellsALittleWithoutInventing(t *testing.T) {
	golden.Check(t, "testdata/little.txt", dump(Tell(little(), nil)))
}

func TestEveryTableIsWhole(t *testing.T) {
	s, figures := full(t)
	for name, st := range map[string]Story{"full": Tell(s, figures), "little": Tell(little(), nil), "empty": Tell(record.Summary{}, nil)} {
		seen := map[string]bool{}
		for _, sec := range st.Sections {
			if seen[sec.ID] {
				t.Errorf("%s: two sections are %q", name, sec.ID)
			}
			seen[sec.ID] = true
			for _, table := range tables(sec.Blocks) {
				for _, r := range table.Rows {
					if len(r.Cells) != len(table.Columns) {
						t.Errorf("%s: %q has %d columns and a row of %d cells", name, table.Caption, len(table.Columns), len(r.Cells))
					}
					for _, c := range r.Cells {
						if c.Text == "" || strings.Contains(c.Text+c.Detail, "NaN") {
							t.Errorf("%s: %q has a cell that says %q", name, table.Caption, c.Text)
						}
					}
				}
			}
		}
		if st.Section(SectionSummary) == nil || st.Sections[0].ID != SectionSummary {
			t.Errorf("%s: the summary does not come first", name)
		}
	}
}

func tables(blocks []Block) []Table {
	var all []Table
	for _, b := range blocks {
		switch x := b.(type) {
		case Table:
			all = append(all, x)
		case FigureRef:
			all = append(all, x.Tables...)
		}
	}
	return all
}

func TestAMissingPercentileIsNoNumber(t *testing.T) {
	for _, c := range []struct {
		name string
		d    *record.Distribution
		key  string
		want Cell
	}{
		{"no distribution", nil, "p50", missing("")},
		{"nothing in it", &record.Distribution{}, "p50", missing("")},
		{"too few", &record.Distribution{N: 5}, "p95", missing("needs N ≥ 72")},
		{"too few at another level", &record.Distribution{N: 5, CI: &record.Intervals{Level: 0.9}}, "p95", missing("needs N ≥ 59")},
		{"zero is a number", &record.Distribution{N: 9, P50: record.Some(0.0)}, "p50", Cell{Text: "0"}},
		{"with its interval", &record.Distribution{N: 9, P50: record.Some(12.34), CI: &record.Intervals{P50: &record.Interval{11, 13.5}}}, "p50", Cell{Text: "12.3", Detail: "11.0\u00a0–\u00a013.5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, statistic(c.d, c.key)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheAnswerNeverNamesAWinnerThatIsNone(t *testing.T) {
	vllm := "vllm"
	for _, c := range []struct {
		name string
		s    record.Summary
		want string
	}{
		{"not judged", record.Summary{}, "No verdict"},
		{"alone", record.Summary{Environment: record.Environment{Engines: []record.EngineInfo{{Engine: "vllm"}}}}, "vllm was measured alone"},
		{"no difference", record.Summary{Verdict: &record.Verdict{}}, "No engine was shown to be better"},
		{"winner", record.Summary{Verdict: &record.Verdict{Winner: &vllm, Confidence: record.Some(0.95)}}, "Take vllm: shown to be better at 95\u202f% confidence"},
		{"simulated", record.Summary{Simulated: true, Verdict: &record.Verdict{Winner: &vllm}}, "Among these simulators, vllm"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := answer(c.s).Title; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {1234.5, "1\u202f234"}, {1234567, "1\u202f234\u202f567"}, {-1234, "-1\u202f234"}, {100, "100"}, {99.96, "100"}, {99.94, "99.9"},
		{9.999, "10.0"}, {9.99, "9.99"}, {1, "1.00"}, {0.568, "0.57"}, {0.0042, "0.0042"}, {0.000012, "0.000012"}, {-0.5, "-0.50"},
	} {
		if got := Number(c.v); got != c.want {
			t.Errorf("Number(%v) = %q, want %q", c.v, got, c.want)
		}
	}
	for v, want := range map[float64]string{0: "0\u202f%", 1: "100\u202f%", 0.9999: "> 99.9\u202f%", 0.0004: "< 0.1\u202f%", 0.973: "97.3\u202f%", 0.5: "50\u202f%"} {
		if got := Share(v); got != want {
			t.Errorf("Share(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0.95: "95\u202f%", 0.999: "99.9\u202f%"} {
		if got := Level(v); got != want {
			t.Errorf("Level(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{25: "25", 2.5: "2.50", 12000: "12\u202f000", math.MaxFloat64: Number(math.MaxFloat64)} {
		if got := Amount(v); got != want {
			t.Errorf("Amount(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[time.Duration]string{0: "0 s", 59400 * time.Millisecond: "59 s", 2 * time.Minute: "2 min", 250 * time.Second: "4 min 10 s", 3*time.Hour + 65*time.Second: "3 h 1 min"} {
		if got := Duration(v); got != want {
			t.Errorf("Duration(%v) = %q, want %q", v, got, want)
		}
	}
	if got, want := Interval(record.Interval{-3, 4}), "-3.00\u00a0to\u00a04.00"; got != want {
		t.Errorf("Interval = %q, want %q", got, want)
	}
}

func TestHostileTextIsPrintable(t *testing.T) {
	const hostile = "a\x1b[31m\u202egnp.exe\u2066\x00\r\n"
	s := little()
	s.Name, s.Environment.Engines[0].Engine, s.Environment.Engines[0].Model = hostile, hostile, hostile
	s.Scenarios[0].Name, s.Scenarios[0].Engines[0].Engine = hostile, hostile
	s.Findings[0].Message, s.Verdict = hostile, &record.Verdict{Summary: hostile, Recommendations: []record.Recommendation{{Message: hostile, RestsOn: hostile}}}
	st := Tell(s, []chart.Figure{{ID: "x", Title: hostile, Note: hostile, Panels: []chart.Panel{{Title: hostile, Y: chart.Axis{Label: hostile, Unit: hostile}, Bars: []chart.Bar{{Engine: hostile, Category: hostile}}}}}})
	for _, text := range texts(st) {
		if strings.ContainsAny(text, "\x1b\u202e\u2066\x00\r\n") {
			t.Errorf("%q is not printable", text)
		}
	}
}

// texts are all that a reader sees: the names by which renderers filter are not
// among them.
func texts(st Story) []string {
	all := []string{st.Title, st.Subtitle}
	for _, sec := range st.Sections {
		all = append(all, sec.Title)
		for _, b := range sec.Blocks {
			switch x := b.(type) {
			case Heading:
				all = append(all, x.Text)
			case Paragraph:
				all = append(all, x.Text)
			case Callout:
				all = append(all, x.Title, x.Text, x.Remedy)
			case List:
				for _, i := range x.Items {
					all = append(all, i.Label, i.Text, i.Detail)
				}
			case FigureRef:
				all = append(all, x.Title, x.Note)
			}
		}
		for _, table := range tables(sec.Blocks) {
			all = append(all, table.Caption, table.Note)
			for _, c := range table.Columns {
				all = append(all, c.Title, c.Unit)
			}
			for _, r := range table.Rows {
				for _, c := range r.Cells {
					all = append(all, c.Text, c.Detail)
				}
			}
		}
	}
	return all
}
