package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// judged is a confidence over k engines with the given settings.
func judged(k int, t config.TTFT) *confidence {
	if t.ConfidentWidth == 0 {
		t.ConfidentWidth = 0.1
	}
	targets := make([]*Target, k)
	for i := range targets {
		targets[i] = &Target{Name: fmt.Sprintf("e%d", i)}
	}
	return newConfidence(config.Config{TestScenarios: config.TestScenarios{TTFT: t}, Statistics: config.Statistics{Confidence: 0.95}}, targets)
}

// race asks engines whose TTFT is lognormal around their medians, in ms, with a
// coefficient of variation of about sigma, until enough is known.
func race(rng *rand.Rand, c *confidence, sigma float64, most int, medians ...float64) (winner, rounds int) {
	for round := 1; round <= most; round++ {
		for i, m := range medians {
			c.note(c.engines[i], record.Sample{Status: record.StatusOK, Attempt: 1, TTFTMS: record.Some(m * math.Exp(sigma*rng.NormFloat64()))})
		}
		c.close()
		if round%2 != 0 {
			continue
		}
		if w, ok := c.known(); ok {
			return w, round
		}
	}
	return -1, 0
}

// Engines that are alike, looked at after every second of 150 iterations: a
// winner is named in 5 % of the runs at most. The width that would stop them is
// set out of reach.
func TestNoWinnerAmongEquals(t *testing.T) {
	for _, k := range []int{2, 3} {
		rng := rand.New(rand.NewPCG(51, uint64(k)))
		const runs = 400
		named := 0
		for range runs {
			if w, _ := race(rng, judged(k, config.TTFT{ConfidentWidth: 1e-9}), 0.3, 150, slices.Repeat([]float64{100}, k)...); w >= 0 {
				named++
			}
		}
		t.Logf("%d engines: a winner in %d of %d runs", k, named, runs)
		if named > runs/20 {
			t.Errorf("%d engines: a winner in %d of %d runs, want 5 %% at most", k, named, runs)
		}
	}
}

// A true difference of 15 % and moderate noise are settled early, and for the
// right engine.
func TestADifferenceIsSettledEarly(t *testing.T) {
	for _, c := range []struct {
		sigma   float64
		medians []float64
		most    int // of the mean over runs
	}{{0.15, []float64{100, 115}, 60}, {0.2, []float64{115, 100}, 100}, {0.15, []float64{115, 100, 120}, 70}, {0.1, []float64{100, 115}, 30}} {
		rng := rand.New(rand.NewPCG(61, 62))
		const runs = 60
		total, right, wrong := 0, 0, 0
		for range runs {
			conf := judged(len(c.medians), config.TTFT{ConfidentWidth: 1e-9})
			w, rounds := race(rng, conf, c.sigma, 400, c.medians...)
			switch {
			case w >= 0 && c.medians[w] == 100:
				right++
				total += rounds
			case w >= 0:
				wrong++
			}
		}
		t.Logf("%v at %g: right %d, wrong %d, after %d iterations on average", c.medians, c.sigma, right, wrong, total/max(right, 1))
		if right < 57 || wrong > 2 || total/right > c.most {
			t.Errorf("%v at %g: right %d, wrong %d, after %d iterations on average, want %d at most", c.medians, c.sigma, right, wrong, total/max(right, 1), c.most)
		}
	}
}

// One engine stops where its median is known to within the width.
func TestOneEngineStopsAtTheWidth(t *testing.T) {
	rng := rand.New(rand.NewPCG(71, 72))
	c := judged(1, config.TTFT{ConfidentWidth: 0.1})
	w, rounds := race(rng, c, 0.1, 1000, 80)
	ci, share, ok := c.median(0)
	if w != -1 || rounds == 0 || rounds > 200 || !ok || share >= 0.1 || ci.Low > 80 || ci.High < 80 {
		t.Errorf("winner %d after %d, median in %v, %g of it", w, rounds, ci, share)
	}
	if text := c.verdict("ttft", rounds, 1000).Message; !strings.Contains(text, fmt.Sprintf("%d of 1000 iterations: saved %d requests", rounds, 1000-rounds)) {
		t.Error(text)
	}
}

// A target that takes 72 answers of each engine gets them.
func TestATargetGetsItsAnswers(t *testing.T) {
	limit := 100.0
	for _, c := range []struct {
		target    config.TTFT
		from, too int
	}{
		{config.TTFT{TargetMS: &limit, TargetStatistic: "p95"}, 72, 74},
		{config.TTFT{TargetMS: &limit, TargetStatistic: "mean"}, 8, 14},
		{config.TTFT{TargetStatistic: "p95"}, 8, 14},
	} {
		rng := rand.New(rand.NewPCG(81, 82))
		if w, rounds := race(rng, judged(2, c.target), 0.05, 200, 100, 200); w != 0 || rounds < c.from || rounds > c.too {
			t.Errorf("%+v: winner %d after %d, want 0 after %d..%d", c.target, w, rounds, c.from, c.too)
		}
	}
}

// Failures make no pair, and an engine that was given up is not waited for.
func TestFailuresMakeNoPairs(t *testing.T) {
	c := judged(3, config.TTFT{})
	sample := func(ms float64) record.Sample {
		return record.Sample{Status: record.StatusOK, Attempt: 1, TTFTMS: record.Some(ms)}
	}
	for i := range 20 {
		c.note("e0", sample(100))
		if i%2 == 0 {
			c.note("e1", sample(200))
		} else {
			c.note("e1", record.Sample{Status: record.StatusHTTP5xx, TTFTMS: record.Some(1.0)})
		}
		c.close()
	}
	if c.sooner[0][1] != 10 || c.sooner[1][0] != 0 || len(c.ttft[1]) != 10 || len(c.ttft[2]) != 0 {
		t.Errorf("pairs %v, answers %d", c.sooner, len(c.ttft[1]))
	}
	if _, ok := c.known(); ok {
		t.Error("a winner over an engine that never answered")
	}
	c.leave("e2")
	if w, ok := c.known(); !ok || w != 0 {
		t.Errorf("winner %d (%t) without the engine that was given up, want 0", w, ok)
	}
	// A second attempt's time counts from when the first was due.
	c = judged(2, config.TTFT{})
	c.note("e0", record.Sample{Status: record.StatusOK, Attempt: 2, TTFTMS: record.Some(10.0), QueueMS: record.Some(500.0)})
	c.note("e1", sample(100))
	if c.close(); c.sooner[1][0] != 1 {
		t.Errorf("a retry's wait was left out: %v", c.sooner)
	}
}

// finding runs a plan and returns what was found under the ids of this file.
func finding(t *testing.T, o Options) record.Finding {
	t.Helper()
	var found []record.Finding
	o.Notify = func(e Event) {
		if e.Kind == EventFinding && (e.Finding.ID == findingStopped || e.Finding.ID == findingNotConfident) {
			found = append(found, *e.Finding)
		}
	}
	if _, findings := Preflight(t.Context(), o); len(findings) != 0 {
		t.Fatalf("findings %v", findings)
	}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 {
		t.Fatalf("findings %v, want one", found)
	}
	return found[0]
}

func slow(by time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(by)
		good(w, r)
	}
}

const upTo = `
test_scenarios: {ttft: {iterations: %d, until_confident: true, confident_width: 0.000001, warmup_iterations: 1, max_tokens: 4}, load_tests: []}
timeouts: {first_token_seconds: 20, stall_seconds: 20, total_seconds: 20}
`

// 60 ms between two engines is far more than a busy machine adds.
func TestAScenarioStopsOnceTheWinnerIsKnown(t *testing.T) {
	o, sink := options(t, fmt.Sprintf(upTo, 200), openAIServer(t, slow(60*time.Millisecond)), openAIServer(t, good))
	f := finding(t, o)
	a, b := len(sink.of("openai-0", record.PhaseMeasure)), len(sink.of("openai-1", record.PhaseMeasure))
	want := fmt.Sprintf("openai-1 gives the first token sooner than openai-0 in %d of %d pairs (sequential sign test of pairs), known at a confidence of 95 %% although it was looked at all along. %d of 200 iterations: saved %d requests to each of 2 engines", a, a, a, 200-a)
	if f.ID != findingStopped || f.Subject != "openai-1" || f.Severity != record.SeverityInfo || a != b || a%2 != 0 || a > 100 {
		t.Errorf("after %d and %d requests: %+v", a, b, f)
	}
	if !strings.Contains(f.Message, " in ") || (strings.Contains(f.Message, fmt.Sprintf("in %d of %d pairs", a, a)) && f.Message != want) {
		t.Errorf("message %q, want %q", f.Message, want)
	}
	for id, block := range sink.blocks {
		if !block.Done || block.Interrupted {
			t.Errorf("block %s: done %t, interrupted %t", id, block.Done, block.Interrupted)
		}
	}
	if s := Plan(o.Config, nil, 1).Scenarios[0].Shape; !s.UntilConfident || s.Iterations != 200 {
		t.Errorf("the plan does not say that the iterations are the most: %+v", s)
	}
}

// Four iterations can never be enough, whatever the machine does.
func TestAScenarioSaysThatTooLittleIsKnown(t *testing.T) {
	for _, urls := range [][]string{{openAIServer(t, good)}, {openAIServer(t, good), openAIServer(t, good)}} {
		o, sink := options(t, fmt.Sprintf(upTo, 4), urls...)
		f := finding(t, o)
		if n := len(sink.of("openai-0", record.PhaseMeasure)); n != 4 || f.ID != findingNotConfident || f.Subject != "ttft" || !strings.HasPrefix(f.Message, "after 4 iterations") || f.Remedy == "" {
			t.Errorf("after %d requests: %+v", n, f)
		}
	}
}
