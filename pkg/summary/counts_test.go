package summary

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

func TestOnlyMeasuredAttemptsCount(t *testing.T) {
	warmup := func(s *record.Sample) { s.Phase = record.PhaseWarmup }
	s := sumUp(finishedRun(), []record.Sample{
		request(10, 20, 100, 5), request(20, 30, 200, 5),
		with(request(5, 999, 9999, 5), warmup), with(failure(6, record.StatusReset), warmup),
		failure(30, record.StatusHTTP429), failure(31, record.StatusHTTP429), failure(32, record.StatusTruncated),
		with(failure(33, record.StatusCancelled), func(s *record.Sample) { s.TTFTMS = record.Some(1.0) }),
	}, window("b", 0, 1000))
	e := chat(t, s)
	if e.Requests != 6 || e.Succeeded != 2 || e.Failed != 3 {
		t.Errorf("requests %d, succeeded %d, failed %d; want 6, 2, 3", e.Requests, e.Succeeded, e.Failed)
	}
	want := map[record.Status]int64{record.StatusHTTP429: 2, record.StatusTruncated: 1, record.StatusCancelled: 1}
	if diff := cmp.Diff(want, e.Errors); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if e.TTFT.N != 2 || e.E2E.N != 2 {
		t.Errorf("TTFT of %d, E2E of %d samples; only the two successes count", e.TTFT.N, e.E2E.N)
	}
	near(t, "TTFT mean", e.TTFT.Mean, 25)
	near(t, "E2E max", e.E2E.Max, 200)
	if e.Clocks[record.ClockKernel] != 2 || e.TokenSources[record.TokensEngine] != 2 {
		t.Errorf("clocks %v, sources %v", e.Clocks, e.TokenSources)
	}
}

// The load decides what is measured by when a request was scheduled; one that
// ends long after the window, or is sent late, is in the distributions.
func TestRequestsThatOutliveTheWindowCount(t *testing.T) {
	e := chat(t, sumUp(finishedRun(), []record.Sample{
		request(990, 500, 60_000, 5),
		with(request(1500, 40, 50, 5), func(s *record.Sample) { s.ScheduledMS, s.QueueMS = record.Some(999.0), record.Some(501.0) }),
	}, window("b", 0, 1000)))
	if e.Requests != 2 || e.E2E.N != 2 {
		t.Errorf("%d requests, E2E of %d", e.Requests, e.E2E.N)
	}
	near(t, "E2E max", e.E2E.Max, 60_000)
	near(t, "TTFT from schedule", e.TTFTFromSchedule.Max, 541)
}

// A retry that is answered at once was preceded by a refusal and a backoff:
// its latency is what its user waited.
func TestRetriesDoNotLookFast(t *testing.T) {
	retry := with(request(2000, 20, 100, 5), func(s *record.Sample) {
		s.Attempt, s.ScheduledMS, s.QueueMS, s.TTFAMS, s.TPOTMS = 2, record.Some(500.0), record.Some(1500.0), record.Some(30.0), record.Some(20.0)
	})
	unknown := with(retry, func(s *record.Sample) { s.QueueMS = record.Float{} })
	run := finishedRun()
	run.Plan.SLO = record.SLO{TTFTMS: record.Some(100.0)}
	e := chat(t, sumUp(run, []record.Sample{failure(500, record.StatusHTTP429), retry, unknown}, window("b", 0, 10_000)))
	near(t, "TTFT", e.TTFT.Min, 1520)
	near(t, "TTFA", e.TTFA.Min, 1530)
	near(t, "E2E", e.E2E.Min, 1600)
	near(t, "TPOT", e.TPOT.Min, 20)
	near(t, "TTFT from schedule", e.TTFTFromSchedule.Min, 1520)
	near(t, "queue", e.Queue.Min, 1500)
	if e.TTFT.N != 1 || e.Succeeded != 2 {
		t.Errorf("TTFT of %d, succeeded %d; a retry whose wait is unknown has no TTFT", e.TTFT.N, e.Succeeded)
	}
	near(t, "SLO attainment", e.SLOAttainment, 0)
	near(t, "goodput", e.GoodputPerS, 0)
	if got := e.Client; got.Verdict != record.ClientOK {
		t.Errorf("a backoff is taken for slip: %v", got.Reasons)
	}
}

func TestPercentilesAppearWhereTheSampleBearsThem(t *testing.T) {
	for _, c := range []struct {
		statistic string
		p, level  float64
	}{
		{"p50", 0.5, 0.95}, {"p90", 0.9, 0.95}, {"p95", 0.95, 0.95}, {"p99", 0.99, 0.95}, {"p99_9", 0.999, 0.95},
		{"p50", 0.5, 0.99}, {"p95", 0.95, 0.99},
	} {
		enough := stats.MinSamples(c.p, c.level)
		for n, want := range map[int]bool{enough - 1: false, enough: true, enough + 1: true} {
			run := finishedRun()
			run.Plan.Confidence = c.level
			var samples []record.Sample
			for i := range n {
				samples = append(samples, request(float64(i), float64(i+1), float64(2*i+3), 5))
			}
			d := chat(t, sumUp(run, samples)).TTFT
			if got := d.Statistic(c.statistic); got.Known() != want {
				t.Errorf("%s at %g of %d samples = %s", c.statistic, c.level, n, text(got))
			}
			if d.CI.Level != c.level {
				t.Errorf("level = %g, want %g", d.CI.Level, c.level)
			}
		}
	}
}

func TestDistributionHoldsItsPercentiles(t *testing.T) {
	var samples []record.Sample
	for i := range 100 {
		samples = append(samples, request(float64(i), float64((i*37)%100+1), 200, 5)) // 1..100, shuffled
	}
	d := chat(t, sumUp(finishedRun(), samples)).TTFT
	want := &record.Distribution{
		N: 100, Mean: record.Some(50.5), Min: record.Some(1.0), Max: record.Some(100.0),
		P50: record.Some(50.0), P90: record.Some(90.0), P95: record.Some(95.0),
		CI: &record.Intervals{Level: 0.95, P50: &record.Interval{40, 61}, P90: &record.Interval{84, 96}, P95: &record.Interval{90, 100}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("TTFT of 1..100 (-want +got):\n%s", diff)
	}
}

func TestSLOAttainmentIsOfAttempts(t *testing.T) {
	run := finishedRun()
	run.Plan.SLO = record.SLO{TTFTMS: record.Some(100.0), TPOTMS: record.Some(30.0)}
	tpot := func(v float64) func(*record.Sample) {
		return func(s *record.Sample) { s.TPOTMS = record.Some(v) }
	}
	samples := []record.Sample{
		with(request(0, 100, 500, 5), tpot(30)), // both at the limit: met
		with(request(0, 101, 500, 5), tpot(10)),
		with(request(0, 50, 500, 5), tpot(31)),
		request(0, 50, 50, 1), // one token: no TPOT to break
		failure(0, record.StatusReset),
		failure(0, record.StatusCancelled), // not the engine's
		with(request(0, 1, 1, 1), func(s *record.Sample) { s.Phase = record.PhaseWarmup }),
	}
	near(t, "attainment", chat(t, sumUp(run, samples)).SLOAttainment, 2.0/5)
	absent(t, "attainment of nothing", chat(t, sumUp(run, nil)).SLOAttainment)
	without := chat(t, sumUp(finishedRun(), samples, window("b", 0, 1000)))
	absent(t, "attainment without an SLO", without.SLOAttainment)
	absent(t, "goodput without an SLO", without.GoodputPerS)
}

func TestGapsComeFromTheLatestBlocks(t *testing.T) {
	block := func(id string, gaps, itl *Gaps) record.Block {
		b := window(id, 0, 1000)
		b.GapHistogram, b.ITLHistogram = gaps.Encode(), itl.Encode()
		return b
	}
	whole := sumUp(finishedRun(), nil, block("a", gapsOf(1), gapsOf(1)), block("a", gapsOf(1, 2, 0), gapsOf(1, 2, 0, 0)), block("b", gapsOf(2), gapsOf(2)))
	e := chat(t, whole)
	if e.Gap.N != 4 || e.ITL.N != 5 {
		t.Errorf("%d gaps, %d token gaps; want 4 and 5", e.Gap.N, e.ITL.N)
	}
	near(t, "mean gap", e.Gap.Mean, 1.25)
	uncounted := chat(t, sumUp(finishedRun(), nil, block("a", gapsOf(1, 2, 3), gapsOf(1, 2))))
	if uncounted.Gap.N != 3 || uncounted.ITL != nil {
		t.Errorf("ITL = %+v though a frame did not tell its tokens", uncounted.ITL)
	}
	none := chat(t, sumUp(finishedRun(), []record.Sample{request(1, 2, 3, 1)}, window("a", 0, 1000)))
	if none.Gap != nil || none.ITL != nil {
		t.Errorf("gaps of nothing: %+v, %+v", none.Gap, none.ITL)
	}
}

func TestPartialAndInterrupted(t *testing.T) {
	undone, stopped := window("a", 0, 1000), window("a", 0, 1000)
	undone.Done, stopped.Interrupted = false, true
	killed, interrupted := finishedRun(), finishedRun()
	killed.FinishedAt, interrupted.Interrupted = nil, true
	for _, c := range []struct {
		name                 string
		run                  record.Run
		block                record.Block
		partial, interrupted bool
	}{
		{"whole", finishedRun(), window("a", 0, 1000), false, false},
		{"killed", killed, window("a", 0, 1000), true, false},
		{"interrupted", interrupted, window("a", 0, 1000), true, true},
		{"block under way", finishedRun(), undone, true, false},
		{"block interrupted", finishedRun(), stopped, true, true},
	} {
		s := sumUp(c.run, nil, c.block)
		if s.Partial != c.partial || s.Interrupted != c.interrupted {
			t.Errorf("%s: partial %t, interrupted %t", c.name, s.Partial, s.Interrupted)
		}
	}
}

// Rows follow the plan, whether or not there is anything in them, and the run
// may be completed after the fact.
func TestRowsFollowThePlan(t *testing.T) {
	run := finishedRun()
	run.Plan.Engines = append(run.Plan.Engines, record.EngineInfo{Engine: "tgi", Endpoint: "http://tgi"})
	a := New(record.Run{})
	a.Add(with(request(1, 2, 3, 1), func(s *record.Sample) { s.Engine = "zephyr" }))
	a.Add(with(request(1, 2, 3, 1), func(s *record.Sample) { s.Engine = "alpaca" }))
	a.Add(with(request(1, 2, 3, 1), func(s *record.Sample) { s.Engine, s.Phase = "ghost", record.PhaseWarmup }))
	a.SetRun(run)
	s := a.Summary()
	type row struct {
		Scenario, Engine, Endpoint string
		Requests                   int64
	}
	var got []row
	for _, sc := range s.Scenarios {
		for _, e := range sc.Engines {
			got = append(got, row{sc.Name, e.Engine, e.Endpoint, e.Requests})
		}
	}
	want := []row{
		{"ttft", "vllm", "http://vllm:8000", 0}, {"ttft", "tgi", "http://tgi", 0}, {"ttft", "alpaca", "", 0}, {"ttft", "zephyr", "", 0},
		{"chat", "vllm", "http://vllm:8000", 0}, {"chat", "tgi", "http://tgi", 0}, {"chat", "alpaca", "http://vllm:8000", 1}, {"chat", "zephyr", "http://vllm:8000", 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if s.RunID != "r1" || s.Partial {
		t.Errorf("run %q, partial %t", s.RunID, s.Partial)
	}
}

func TestTargets(t *testing.T) {
	run := finishedRun()
	run.Plan.Engines = append(run.Plan.Engines, record.EngineInfo{Engine: "tgi"})
	run.Plan.Targets = []record.Target{
		{Scenario: "chat", Metric: "ttft_ms", Statistic: "p50", Limit: 20},
		{Scenario: "chat", Metric: "ttft_ms", Statistic: "p50", Limit: 19.9},
		{Scenario: "chat", Metric: "ttft_ms", Statistic: "p95", Limit: 1000},
		{Scenario: "chat", Metric: "e2e_ms", Statistic: "mean", Limit: 100},
		{Scenario: "nowhere", Metric: "ttft_ms", Statistic: "p50", Limit: 1},
		{Scenario: "chat", Metric: "speed", Statistic: "p50", Limit: 1},
	}
	var samples []record.Sample
	for i := range 10 {
		samples = append(samples, request(float64(i), 20, 100, 5))
	}
	type result struct{ Engine, Actual, Met string }
	var got []result
	for _, r := range sumUp(run, samples).Targets {
		met := "cannot say"
		if r.Met != nil {
			met = map[bool]string{true: "met", false: "missed"}[*r.Met]
		}
		got = append(got, result{r.Engine, text(r.Actual), met})
	}
	nothing := result{"tgi", "absent", "cannot say"}
	want := []result{
		{"vllm", "20", "met"}, nothing, {"vllm", "20", "missed"}, nothing, {"vllm", "absent", "cannot say"}, nothing,
		{"vllm", "100", "met"}, nothing, {"vllm", "absent", "cannot say"}, nothing, {"vllm", "absent", "cannot say"}, nothing,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}
