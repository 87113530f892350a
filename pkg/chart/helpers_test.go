package chart

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

var (
	began   = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	engines = []string{"vllm", "tgi", "ollama"}
)

// sample is a run of three engines: single requests, two loads in two rounds,
// and a search for capacity, with verdicts, targets and the engines' gauges.
func sample() (record.Summary, Values) {
	a := summary.New(sampleRun())
	random := rand.New(rand.NewPCG(1, 2))
	for i, engine := range engines {
		for n := range 90 {
			a.Add(request(random, "ttft", engine, float64(i*100_000+n*500), 20+15*float64(i)))
		}
		for k, scenario := range []string{"light", "heavy"} {
			for round := range 2 {
				from := float64(100_000 + k*200_000 + round*60_000 + i*20_000)
				for n := range (3 - i) * 60 * (k + 1) {
					a.Add(request(random, scenario, engine, from+float64(n)*10_000/float64((3-i)*60*(k+1)), 40*float64((i+1)*(k+1))))
				}
				a.AddBlock(record.Block{
					ID: fmt.Sprint(scenario, engine, round), Engine: engine, Scenario: scenario,
					StartMS: from, EndMS: from + 10_000, Done: true,
				})
			}
		}
	}
	s := a.Summary()
	embellish(&s)
	return s, a.Values
}

func sampleRun() record.Run {
	ended := began.Add(10 * time.Minute)
	run := record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "r1", Name: "sample", StartedAt: began, FinishedAt: &ended,
		Plan: record.Plan{
			Confidence: 0.95,
			Scenarios: []record.PlannedScenario{
				{Name: "ttft", Kind: record.KindTTFT, Shape: record.Shape{Arrival: record.ArrivalSequential, Iterations: 90, MaxTokens: 16}},
				{Name: "light", Kind: record.KindLoad, Shape: users(5)},
				{Name: "heavy", Kind: record.KindLoad, Shape: users(20)},
			},
			Targets: []record.Target{{Scenario: "ttft", Metric: "ttft_ms", Statistic: "p95", Limit: 100}},
		},
	}
	for _, engine := range engines {
		run.Plan.Engines = append(run.Plan.Engines, record.EngineInfo{Engine: engine, Kind: engine})
	}
	run.Environment.Engines = run.Plan.Engines
	return run
}

func users(n int) record.Shape {
	return record.Shape{Arrival: record.ArrivalUsers, Users: n, DurationS: 20, Rounds: 2, MaxTokens: 16}
}

// request succeeds about so many milliseconds after it was sent; its numbers
// are whole tenths, so that every processor sums them up alike.
func request(random *rand.Rand, scenario, engine string, at, typical float64) record.Sample {
	tenth := func(v float64) float64 { return math.Round(v*10) / 10 }
	ttft := tenth(typical * (0.7 + 0.6*random.Float64()))
	if random.IntN(20) == 0 {
		ttft = tenth(ttft * 3)
	}
	tpot := tenth(5 + 5*random.Float64())
	return record.Sample{
		Engine: engine, Scenario: scenario, Phase: record.PhaseMeasure, Attempt: 1,
		ScheduledMS: record.Some(at), SentMS: record.Some(at), QueueMS: record.Some(0.0), ConnectMS: record.Some(0.0),
		TTFTMS: record.Some(ttft), TPOTMS: record.Some(tpot), E2EMS: record.Some(ttft + 15*tpot), Frames: 16,
		OutputTokens: record.Some(int64(16)), TokenSource: record.TokensEngine, Status: record.StatusOK,
	}
}

// embellish adds what other packages and engines tell.
func embellish(s *record.Summary) {
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		sc.Verdict = &record.ScenarioVerdict{}
		for d, spoke := range spokes {
			scores := map[string]float64{"vllm": 90 - 5*float64(d), "tgi": 60 + 5*float64(d), "ollama": 40}
			if i == 1 && d == 0 {
				delete(scores, "ollama")
			}
			sc.Verdict.Dimensions = append(sc.Verdict.Dimensions, record.Dimension{Name: spoke.dimension, Scores: scores})
		}
		for j := range sc.Engines {
			p50 := record.Interval{9, 11}
			sc.Engines[j].Gap = &record.Distribution{N: 1000, P50: record.Some(10.0), P95: record.Some(20.0), CI: &record.Intervals{Level: 0.95, P50: &p50}}
		}
		for j := range sc.Timeline {
			if p := &sc.Timeline[j]; p.Engine == "vllm" {
				p.Queue, p.Running, p.KVCache = record.Some(float64(j%4)), record.Some(5.0), record.Some(0.25)
				p.Errors = int64(j % 3)
			}
		}
	}
	s.Scenarios = append(s.Scenarios, record.ScenarioResult{
		Name: "most", Kind: record.KindCapacity, Shape: record.Shape{Arrival: "poisson"},
		Capacity: []record.CapacityResult{search("tgi", 7), search("vllm", 10)},
	})
}

// search is a capacity search that found a rate.
func search(engine string, rate float64) record.CapacityResult {
	c := record.CapacityResult{Engine: engine, SLO: "ttft:p95<500ms", RatePerS: record.Some(rate), CI: &record.Interval{rate, rate + 2}}
	for offered := 16.0; offered >= 1; offered /= 2 {
		c.Curve = append(c.Curve, record.CapacityPoint{OfferedPerS: offered, GoodputPerS: record.Some(min(offered, 2*rate-offered))})
	}
	return c
}

// find is the figure of an ID.
func find(t *testing.T, figures []Figure, id string) Figure {
	t.Helper()
	for _, f := range figures {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no figure %q", id)
	return Figure{}
}

// outline is a figure in a form to be read.
func outline(f Figure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s, %q)\n  %s\n  %s\n  %s\n", f.ID, f.Kind, f.Scenario, f.Title, f.Subtitle, f.Note)
	for _, p := range f.Panels {
		fmt.Fprintf(&b, "  - %s | x %s %q | %s\n", p.heading(), p.X.Label, p.X.Categories, p.Empty)
		for _, x := range p.Boxes {
			fmt.Fprintf(&b, "      %s outliers=%d\n", x.inWords(p), len(x.Outliers))
		}
		for _, x := range p.Bars {
			fmt.Fprintf(&b, "      bar %s %s %s %v\n", x.Engine, x.Category, number(x.Value), x.CI != nil)
		}
		for _, x := range p.Lines {
			first, last := x.Points[0], x.Points[len(x.Points)-1]
			fmt.Fprintf(&b, "      line %s %s: %d points, %s %s to %s %s\n", x.Engine, x.Name, len(x.Points),
				number(first[0]), number(first[1]), number(last[0]), number(last[1]))
		}
		for _, x := range p.Marks {
			fmt.Fprintf(&b, "      mark %s\n", x.Label)
		}
		for _, x := range p.Blades {
			fmt.Fprintf(&b, "      blade %s %v\n", x.Engine, x.Scores)
		}
	}
	return b.String()
}

// render draws a figure both ways.
func render(t testing.TB, f Figure, o Look) (png, svg []byte) {
	t.Helper()
	var p, s bytes.Buffer
	if err := f.PNG(&p, o); err != nil {
		t.Fatal(err)
	}
	if err := f.SVG(&s, o); err != nil {
		t.Fatal(err)
	}
	return p.Bytes(), s.Bytes()
}
