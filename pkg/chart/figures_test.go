package chart

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestFiguresDescribeARun(t *testing.T) {
	s, values := sample()
	for name, v := range map[string]Values{"testdata/figures.golden": values, "testdata/figures-percentiles.golden": nil} {
		var b strings.Builder
		for _, f := range Figures(s, v) {
			b.WriteString(outline(f))
		}
		golden.Check(t, name, []byte(b.String()))
	}
}

func TestMediansAreThoseOfTheSummary(t *testing.T) {
	s, values := sample()
	f := find(t, Figures(s, values), "ttft")
	for i, b := range f.Panels[0].Boxes {
		want := s.Scenarios[0].Engines[i].TTFT
		ci := [2]float64(*want.CI.P50)
		if b.Median != want.P50.Or(-1) || b.MedianCI == nil || *b.MedianCI != ci {
			t.Errorf("%s: median %v %v, in the summary %v %v", b.Engine, b.Median, b.MedianCI, want.P50, ci)
		}
	}
}

func TestASmallSampleHasABoxButNoMedianToPrint(t *testing.T) {
	b, ok := box([]float64{3, 1, 2}, &record.Distribution{N: 3})
	want := Box{N: 3, Low: 1, Q1: 1, Median: 2, Q3: 3, High: 3}
	if diff := cmp.Diff(want, b); diff != "" || !ok {
		t.Error(diff)
	}
	if b.inWords(Panel{}) != ": n=3, too few for a median" {
		t.Errorf("in words: %q", b.inWords(Panel{}))
	}
}

func TestBoxFollowsTukey(t *testing.T) {
	values := []float64{100, -50, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 27, math.NaN(), math.Inf(1)}
	b, _ := box(values, nil)
	want := Box{N: 13, Low: 10, Q1: 12, Median: 15, Q3: 18, High: 27, Outliers: []float64{-50, 100}}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Error(diff)
	}
	if _, ok := box([]float64{math.NaN()}, nil); ok {
		t.Error("a box of nothing")
	}
}

func TestManyOutliersAreThinned(t *testing.T) {
	values := make([]float64, 3000)
	for i := range values {
		if i >= 2500 {
			values[i] = float64(i)
		}
	}
	b, _ := box(values, nil)
	if n := len(b.Outliers); n != mostOutliers || b.Outliers[0] != 2500 || b.Outliers[n-1] != 2999 {
		t.Errorf("%d outliers, %v to %v", n, b.Outliers[0], b.Outliers[n-1])
	}
}

func TestIDsAreFileNamesOfTheirOwn(t *testing.T) {
	s := record.Summary{}
	for _, name := range []string{"a b", "a-b", "A/../b", "", "ttft", "héavy\x00", strings.Repeat("x", 300), strings.Repeat("x", 301)} {
		s.Scenarios = append(s.Scenarios, record.ScenarioResult{Name: name, Kind: record.KindLoad})
	}
	safe, seen := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), map[string]bool{}
	for _, f := range Figures(s, nil) {
		if !safe.MatchString(f.ID) || seen[f.ID] || len(f.ID) > 100 {
			t.Errorf("ID %q", f.ID)
		}
		seen[f.ID] = true
	}
}

func TestEveryEmptyPanelSaysWhy(t *testing.T) {
	s, _ := sample()
	for i := range s.Scenarios {
		s.Scenarios[i].Timeline = nil
		for j := range s.Scenarios[i].Engines {
			s.Scenarios[i].Engines[j] = record.EngineResult{Engine: s.Scenarios[i].Engines[j].Engine}
		}
	}
	s.Scenarios[3].Capacity[0] = record.CapacityResult{Engine: "tgi"}
	s.Scenarios[3].Capacity[1] = record.CapacityResult{Engine: "vllm"}
	empty := 0
	for _, f := range append(Figures(s, nil), Figures(record.Summary{Scenarios: []record.ScenarioResult{{Kind: record.KindLoad}}}, nil)...) {
		for _, p := range f.Panels {
			if len(p.Boxes)+len(p.Bars)+len(p.Lines)+len(p.Blades) > 0 {
				continue
			}
			if empty++; p.Empty == "" {
				t.Errorf("%s: panel %q is empty without a reason", f.ID, p.heading())
			}
		}
	}
	if empty < 10 {
		t.Errorf("only %d empty panels", empty)
	}
}

func TestFiguresHoldNoNaN(t *testing.T) {
	s, _ := sample()
	nan := math.NaN()
	s.Scenarios[0].Verdict.Dimensions[0].Scores["vllm"] = nan
	s.Scenarios[1].Timeline[0].TS, s.Scenarios[1].Timeline[1].OutputTokensPerS = nan, math.Inf(1)
	s.Scenarios[0].Engines[0].TTFT.CI.P50 = &record.Interval{nan, 1}
	s.Scenarios[3].Capacity[0].Curve[0].OfferedPerS = nan
	s.Scenarios[3].Capacity[0].CI = &record.Interval{1, math.Inf(1)}
	s.Targets = append(s.Targets, record.TargetResult{Scenario: "ttft", Metric: "ttft_ms", Limit: nan})
	hostile := func(_, _, _ string) []float64 { return []float64{nan, 1, math.Inf(-1), 2} }
	for _, values := range []Values{nil, hostile} {
		if _, err := json.Marshal(Figures(s, values)); err != nil {
			t.Error(err)
		}
	}
}

func TestAMeanScoreCountsTheSameScenariosForAll(t *testing.T) {
	scores := func(m map[string]float64) record.ScenarioResult {
		return record.ScenarioResult{Verdict: &record.ScenarioVerdict{Dimensions: []record.Dimension{{Name: record.DimensionTail, Scores: m}}}}
	}
	d := describer{engines: []string{"a", "b"}}
	d.s.Scenarios = []record.ScenarioResult{scores(map[string]float64{"a": 10, "b": 20}), {}, scores(map[string]float64{"a": 30})}
	if got := d.meanScore(record.DimensionTail, "a"); got != 20 {
		t.Errorf("a has %v", got)
	}
	if got := d.meanScore(record.DimensionTail, "b"); got != unknownScore {
		t.Errorf("b has %v, from fewer scenarios than a", got)
	}
	if got := d.meanScore(record.DimensionFirstToken, "a"); got != unknownScore {
		t.Errorf("nobody is scored and a has %v", got)
	}
}

func TestOnlyLoadsOfOneKindMakeASweep(t *testing.T) {
	load := func(name string, change func(*record.Shape)) record.ScenarioResult {
		sc := record.ScenarioResult{Name: name, Kind: record.KindLoad, Shape: users(5)}
		change(&sc.Shape)
		return sc
	}
	var d describer
	d.s.Scenarios = []record.ScenarioResult{
		load("a", func(*record.Shape) {}),
		load("b", func(s *record.Shape) { s.Users, s.DurationS = 9, 99 }),
		load("tokens", func(s *record.Shape) { s.Users, s.MaxTokens = 9, 512 }),
		load("rate", func(s *record.Shape) { s.Arrival, s.Users, s.RatePerS = "poisson", 0, 5 }),
		load("same rate", func(s *record.Shape) { s.Arrival, s.Users, s.RatePerS = "poisson", 0, 5 }),
		load("ramp", func(s *record.Shape) { s.Arrival, s.Users, s.RatePerS, s.ToRatePerS = "ramp", 0, 5, 9 }),
	}
	var got []string
	for _, s := range d.sweeps() {
		for i, sc := range s.scenarios {
			got = append(got, fmt.Sprint(sc.Name, " ", s.at[i], " ", s.label))
		}
	}
	if diff := cmp.Diff([]string{"a 5 Concurrent users", "b 9 Concurrent users"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresSayWhatLimitsTheirNumbers(t *testing.T) {
	s, values := sample()
	s.Partial = true
	s.Scenarios[2].Engines[2].Client = &record.ClientHealth{Verdict: record.ClientBound}
	s.Scenarios[2].Verdict.Excluded = map[string]string{"ollama": "client-bound", "stranger": "?"}
	figures := Figures(s, values)
	for id, want := range map[string]string{
		"ttft-heavy":  "no measure of the engine: ollama.",
		"load-heavy":  "no measure of the engine: ollama.",
		"radar-heavy": "Not in the verdict: ollama (client-bound).",
	} {
		if f := find(t, figures, id); !strings.HasSuffix(f.Note, want) {
			t.Errorf("%s: note %q", id, f.Note)
		}
	}
	for _, f := range figures {
		if !strings.HasSuffix(f.Subtitle, " · partial run") {
			t.Errorf("%s: subtitle %q", f.ID, f.Subtitle)
		}
	}
	s.Interrupted = true
	if f := find(t, Figures(s, nil), "ttft"); !strings.HasSuffix(f.Subtitle, " · interrupted run") || !strings.Contains(f.Note, "95 % confidence intervals") {
		t.Errorf("subtitle %q, note %q", f.Subtitle, f.Note)
	}
}
