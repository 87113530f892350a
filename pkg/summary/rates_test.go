package summary

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestRatesCountStraddlersByTheirPart(t *testing.T) {
	run := finishedRun()
	run.Plan.SLO = record.SLO{TTFTMS: record.Some(300.0)}
	windows := []record.Block{window("a", 1000, 2000), window("b", 5000, 6000)}
	for _, c := range []struct {
		name                               string
		sample                             record.Sample
		requests, good, output, totalExtra float64 // per second of two seconds, doubled
	}{
		{"inside", request(1100, 200, 600, 50), 1, 1, 50, 10},
		{"inside, SLO missed", request(1100, 400, 600, 50), 1, 0, 50, 10},
		{"before", request(100, 200, 600, 50), 0, 0, 0, 0},
		{"after", request(6000, 200, 600, 50), 0, 0, 0, 0},
		// 800..2000 long 1200, of which 1000 in; tokens 1000..2000 all in.
		{"over the start, prompt outside", request(800, 200, 1200, 50), 1000.0 / 1200, 1000.0 / 1200, 50, 0},
		// Sent 1800, first token 1900, last 2300: tokens 100 of 400 ms in.
		{"over the end", request(1800, 100, 500, 40), 0.4, 0.4, 10, 10},
		// 0..10,000: 2000 of it in the windows; the prompt took 0..1000.
		{"over both windows", request(0, 1000, 10_000, 90), 0.2, 0, 90 * 2000.0 / 9000, 0},
		// Half of the prompt's time is in the window.
		{"prompt over the start", request(900, 200, 200, 1), 0.5, 0.5, 1, 5},
		{"one token at the edge", request(1800, 200, 200, 1), 1, 1, 0, 10},
	} {
		for _, phase := range []record.Phase{record.PhaseMeasure, record.PhaseWarmup} {
			s := with(c.sample, func(s *record.Sample) { s.Phase = phase })
			e := chat(t, sumUp(run, []record.Sample{s}, windows...))
			near(t, c.name+": requests/s", e.RequestsPerS, c.requests/2)
			near(t, c.name+": goodput", e.GoodputPerS, c.good/2)
			near(t, c.name+": output tokens/s", e.OutputTokensPerS, c.output/2)
			near(t, c.name+": total tokens/s", e.TotalTokensPerS, (c.output+c.totalExtra)/2)
		}
	}
}

func TestRatesOfFailuresAndCancellations(t *testing.T) {
	cut := func(status record.Status) record.Sample {
		return with(request(100, 100, 500, 40), func(s *record.Sample) {
			s.Status, s.PromptTokens = status, record.Int{}
		})
	}
	e := chat(t, sumUp(finishedRun(), []record.Sample{
		cut(record.StatusCancelled), cut(record.StatusTruncated), failure(1, record.StatusRefused),
		with(failure(0, record.StatusRefused), func(s *record.Sample) { s.SentMS, s.ScheduledMS = record.Float{}, record.Float{} }),
	}, window("a", 0, 1000)))
	near(t, "requests/s", e.RequestsPerS, 0)
	near(t, "output tokens/s", e.OutputTokensPerS, 40)
	near(t, "total tokens/s", e.TotalTokensPerS, 40)
}

func TestRatesAreAbsentWhereUnknown(t *testing.T) {
	noPrompt := with(request(100, 100, 500, 40), func(s *record.Sample) { s.PromptTokens = record.Int{} })
	noOutput := with(request(100, 100, 500, 40), func(s *record.Sample) { s.OutputTokens = record.Int{} })
	in := window("a", 0, 1000)

	e := chat(t, sumUp(finishedRun(), []record.Sample{noPrompt, request(1, 2, 3, 1)}, in))
	near(t, "output tokens/s", e.OutputTokensPerS, 41)
	absent(t, "total tokens/s without a prompt's", e.TotalTokensPerS)

	e = chat(t, sumUp(finishedRun(), []record.Sample{noOutput}, in))
	absent(t, "output tokens/s", e.OutputTokensPerS)
	absent(t, "total tokens/s", e.TotalTokensPerS)
	near(t, "requests/s", e.RequestsPerS, 1)

	e = chat(t, sumUp(finishedRun(), []record.Sample{request(1, 2, 3, 1)}))
	absent(t, "requests/s without a window", e.RequestsPerS)

	e = chat(t, sumUp(finishedRun(), nil, in))
	near(t, "requests/s of an idle window", e.RequestsPerS, 0)

	sequential := with(request(1, 2, 3, 1), func(s *record.Sample) { s.Scenario = "ttft" })
	block := withBlock(in, func(b *record.Block) { b.Scenario = "ttft" })
	s := sumUp(finishedRun(), []record.Sample{sequential}, block)
	ttft := s.Scenarios[0].Engines[0]
	absent(t, "requests/s of single requests", ttft.RequestsPerS)
	if ttft.Requests != 1 || len(s.Scenarios[0].Timeline) > 0 {
		t.Errorf("%d single requests, %d points", ttft.Requests, len(s.Scenarios[0].Timeline))
	}
}

func withBlock(b record.Block, change func(*record.Block)) record.Block {
	change(&b)
	return b
}

func TestWindows(t *testing.T) {
	undone := func(b record.Block) record.Block { return withBlock(b, func(b *record.Block) { b.Done = false }) }
	samples := []record.Sample{request(1000, 100, 700, 5), failure(1500, record.StatusReset)}
	for _, c := range []struct {
		name   string
		blocks []record.Block
		want   spans
	}{
		{"in order", []record.Block{window("b", 50, 60), window("a", 10, 20)}, spans{{10, 20}, {50, 60}}},
		{"joined", []record.Block{window("a", 10, 30), window("b", 20, 40), window("c", 40, 50), window("d", 15, 16)}, spans{{10, 50}}},
		{"empty or senseless", []record.Block{window("a", 10, 10), window("b", 10, 5), window("c", -1e300, 1e300)}, nil},
		{"under way: the last known", []record.Block{undone(window("a", 0, 60_000))}, spans{{0, 1700}}},
		{"under way: the plan", []record.Block{undone(window("a", 0, 1600))}, spans{{0, 1600}}},
		{"killed before it began", []record.Block{undone(window("a", 5000, 60_000))}, nil},
	} {
		cell := newCell()
		for _, s := range samples {
			cell.add(s)
		}
		for _, b := range c.blocks {
			cell.addBlock(b)
		}
		if diff := cmp.Diff(c.want, cell.windows(), cmp.AllowUnexported(span{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A killed run's rates are over what is known to have been measured.
func TestRatesOfAKilledRun(t *testing.T) {
	block := withBlock(window("a", 0, 60_000), func(b *record.Block) { b.Done = false })
	e := chat(t, sumUp(finishedRun(), []record.Sample{request(0, 100, 1000, 90), request(1000, 100, 1000, 90)}, block))
	near(t, "requests/s", e.RequestsPerS, 1)
	near(t, "output tokens/s", e.OutputTokensPerS, 90)
}

// However windows are cut, the same requests and tokens flow through them, and
// where the windows hold all there is, nothing is lost.
func TestFlowsAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		c := newCell()
		tokens, requests := 0.0, 0.0
		for range 200 {
			s := request(rng.Float64()*50_000, rng.Float64()*2000, 0, rng.Int64N(300))
			s.E2EMS = record.Some(s.TTFTMS.Or(0) + rng.Float64()*8000*float64(rng.IntN(2)))
			c.add(s)
			tokens += float64(s.OutputTokens.Or(0))
			requests++
		}
		all := total(c.flows(spans{{0, 70_000}}, record.SLO{}))
		check(t, "output", all.output, tokens)
		check(t, "requests", all.requests, requests)
		check(t, "prompt", all.prompt, 10*requests)

		part := spans{{3000, 9500}, {12_000, 12_100}, {20_000, 48_123}}
		whole, cut := total(c.flows(part, record.SLO{})), total(c.flows(part.slices(), record.SLO{}))
		check(t, "output in slices", cut.output, whole.output)
		check(t, "requests in slices", cut.requests, whole.requests)
		check(t, "prompt in slices", cut.prompt, whole.prompt)
	}
}

func total(flows []flow) (all flow) {
	for _, f := range flows {
		all.output += f.output
		all.requests += f.requests
		all.prompt += f.prompt
	}
	return all
}

func check(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6*(1+want) {
		t.Errorf("%s = %g, want %g", what, got, want)
	}
}
