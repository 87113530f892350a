package verdict

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// measured is a run of vllm, alone and under load, whose every time is so many
// times the usual one.
func measured(name string, seed uint64, times float64) (Run, *bench) {
	b, r := newBench("vllm"), seeded(seed)
	b.summary.RunID = name
	b.add("ttft", record.KindTTFT, engine{name: "vllm", ttft: r.lognormal(200, 100*times, 0.2), tpot: r.lognormal(200, 20*times, 0.1)})
	b.add("chat", record.KindLoad, engine{name: "vllm", ttft: r.ar1(300, 150*times, 0.3, 0.4), tpot: r.ar1(300, 25*times, 0.1, 0.4), tokens: r.ar1(90, 500/times, 0.1, 0.3)})
	return Run{Name: name, Summary: b.summary, Values: b.values}, b
}

func TestGoldenComparison(t *testing.T) {
	a, _ := measured("before", 1, 1)
	b, _ := measured("after", 2, 1.2)
	c, err := Compare([]Run{a, b}, CompareOptions{Seed: 7, resamples: 400})
	if err != nil {
		t.Fatal(err)
	}
	g, err := ParseGate("ttft_p95:+10%,tpot_p50:+100ms,success:-0.5pp,output_tokens_per_s:-5%,ttft_from_schedule_p95:+1%")
	if err != nil {
		t.Fatal(err)
	}
	result := Check(c, g)
	c.Gate = &result
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/comparison.golden.json", append(data, '\n'))
}

// Between two runs of the same, in few comparisons anything of a scenario is
// called changed; a change of 20 % is nearly always seen.
func TestComparisonsKeepTheirLevel(t *testing.T) {
	runs := 40
	if underRace {
		runs = 4
	}
	for _, c := range []struct {
		times       float64
		least, most int // comparisons in which a scenario of single requests changed
	}{{1, 0, runs / 8}, {1.2, runs - runs/20, runs}} {
		changed := 0
		for seed := range uint64(runs) {
			a, _ := measured("a", 1000+seed, 1)
			b, _ := measured("b", 2000+seed, c.times)
			a.Summary.Scenarios, b.Summary.Scenarios = a.Summary.Scenarios[:1], b.Summary.Scenarios[:1]
			got, err := Compare([]Run{a, b}, CompareOptions{Seed: seed, resamples: 400})
			if err != nil {
				t.Fatal(err)
			}
			worse := false
			for _, row := range got.Rows {
				worse = worse || row.Significant
			}
			if worse {
				changed++
			}
		}
		t.Logf("a change of %g was seen in %d of %d", c.times, changed, runs)
		if changed < c.least || changed > c.most {
			t.Errorf("a change of %g was seen in %d of %d, want %d to %d", c.times, changed, runs, c.least, c.most)
		}
	}
}

func TestCompareRefusesAndWarns(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*bench)
		unlike  string // refused with ErrUnlike, and a warning where that is allowed
		warning string
	}{
		{"alike", func(*bench) {}, "", ""},
		{"simulated", func(b *bench) { b.summary.Simulated = true }, "one was simulated", ""},
		{"another model", func(b *bench) { b.summary.Environment.Engines[0].Model = "Llama-3.1-70B" }, "another model", ""},
		{"more users", func(b *bench) { b.summary.Scenarios[1].Shape.Users = 9 }, "the load of chat is another one: users 8 and 9", ""},
		{"longer answers", func(b *bench) { b.summary.Scenarios[0].Shape.MaxTokens = 9 }, "max_tokens 0 and 9", ""},
		{"more rounds", func(b *bench) { b.summary.Scenarios[1].Shape.Rounds = 9 }, "", ""},
		{"a model that may be the same", func(b *bench) { b.summary.Environment.Engines[0].Model = "llama3.1:8b" }, "", "names do not tell"},
		{"another GPU", func(b *bench) { b.summary.Environment.Engines[0].GPU.Product = "H100" }, "", "the GPU of vllm differs: 1 x A100 and 1 x H100"},
		{"another way", func(b *bench) { b.summary.Scenarios[0].Engines[0].Via = "route" }, "", "the way to the engine of vllm differs: cluster-dns and route"},
		{"other prompts", func(b *bench) { b.summary.Scenarios[0].Shape.Prompts = "mine.txt" }, "", "the prompts of ttft come from elsewhere: unnamed ones and mine.txt"},
		{"quantised", func(b *bench) { b.summary.Environment.Engines[0].DtypeOrQuantisation = "awq" }, "", "the quantisation of vllm differs: bfloat16 and awq"},
		{"client-bound", func(b *bench) {
			b.summary.Scenarios[0].Engines[0].Client = &record.ClientHealth{Verdict: record.ClientBound}
		}, "", "vllm in ttft of b is client-bound"},
		{"stopped early", func(b *bench) { b.summary.Scenarios[0].Shape.UntilConfident = true }, "", "ended as soon as enough was known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, _ := measured("a", 1, 1)
			b, bench := measured("b", 2, 1)
			c.change(bench)
			b.Summary = bench.summary
			got, err := Compare([]Run{a, b}, CompareOptions{resamples: 400})
			if (c.unlike != "") != errors.Is(err, ErrUnlike) || (c.unlike != "" && !strings.Contains(err.Error(), c.unlike)) {
				t.Fatalf("err = %v, want %q", err, c.unlike)
			}
			if c.unlike != "" {
				if got, err = Compare([]Run{a, b}, CompareOptions{AllowUnlike: true, resamples: 400}); err != nil {
					t.Fatal(err)
				}
			}
			want := c.unlike + c.warning
			if ways := len(got.Ways); ways != map[bool]int{true: 1}[c.name == "another way"] {
				t.Errorf("%d ways are compared", ways)
			}
			if said := strings.Join(got.Warnings, "\n"); !strings.Contains(said, want) || (want == "") != (said == "") {
				t.Errorf("warnings %q, want %q", said, want)
			}
			if len(got.Rows) == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

func TestCompareMatchesRows(t *testing.T) {
	a, _ := measured("a", 1, 1)
	renamed, b := measured("b", 2, 1)
	for i := range b.summary.Scenarios {
		b.summary.Scenarios[i].Engines[0].Engine = "vllm-new"
	}
	b.summary.Environment.Engines[0].Engine = "vllm-new"
	b.of = map[string][]float64{"ttft/vllm-new/ttft_ms": b.of["ttft/vllm/ttft_ms"]}
	got, err := Compare([]Run{a, renamed}, CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	first := got.Rows[0]
	if first.Engine != "vllm" || first.EngineB != "vllm-new" || first.Basis != record.BasisSamples {
		t.Errorf("%+v", first)
	}
	if _, err := Compare([]Run{a}, CompareOptions{}); err == nil {
		t.Error("one run is compared with nothing")
	}
	other, b := measured("c", 2, 1)
	b.summary.Scenarios[0].Name, b.summary.Scenarios[1].Name = "x", "y"
	other.Summary = b.summary
	if _, err := Compare([]Run{a, other}, CompareOptions{}); err == nil || !strings.Contains(err.Error(), "compare c with a: no scenario and engine of one is in the other") {
		t.Errorf("err = %v", err)
	}
}

// Of three runs the first is the baseline of both others.
func TestCompareThree(t *testing.T) {
	a, _ := measured("a", 1, 1)
	b, _ := measured("b", 2, 1)
	c, _ := measured("c", 3, 1)
	c.Values = nil
	got, err := Compare([]Run{a, b, c}, CompareOptions{resamples: 400})
	if err != nil {
		t.Fatal(err)
	}
	basis := map[string]string{}
	for _, row := range got.Rows {
		if row.Metric == "ttft_ms" && row.Statistic == "p50" && row.Scenario == "ttft" {
			basis[row.Run] = row.Basis
		}
		if row.A.Known() && row.B.Known() && row.Effect.Difference.Or(0) != row.B.Or(0)-row.A.Or(0) {
			t.Errorf("%+v", row)
		}
	}
	if diff := cmp.Diff(map[string]string{"b": record.BasisSamples, "c": record.BasisIntervals}, basis); diff != "" {
		t.Errorf("basis (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{true, true, false}, []bool{got.Runs[0].Samples, got.Runs[1].Samples, got.Runs[2].Samples}); diff != "" {
		t.Errorf("samples (-want +got):\n%s", diff)
	}
}
