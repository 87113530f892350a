package capacity

import (
	"math"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
)

func rules(t testing.TB, text string, stepS, maxS float64) Rules {
	t.Helper()
	s, err := slo.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return Rules{SLO: s, Confidence: 0.95, StepS: stepS, MaxStepS: maxS}
}

// The time in an M/M/1 queue with the service rate m and the arrival rate l is
// exponential with the rate m - l, so its p95 is ln 20 / (m - l), and a limit T
// of it holds up to l = m - ln 20 / T (Kleinrock, Queueing Systems I, 1975, 5.6).
func TestTheKneeOfAnMM1QueueIsFoundWithinFivePercent(t *testing.T) {
	const served, limitS = 100.0, 0.2
	knee := served - math.Log(20)/limitS // 85.0
	r, s := rules(t, "ttft:p95<200ms", 120, 1920), Search{StartPerS: 40, MaxPerS: 1000, Precision: 0.03}
	covered := 0
	for seed := range uint64(10) {
		steps := search(s, func(rate float64) Step {
			return step(r, rate, newQueue(rate, seed, exponential(served), 20))
		})
		got := s.Conclude("e", r, steps)
		found := got.RatePerS.Or(0)
		if math.Abs(found/knee-1) > 0.05 {
			t.Errorf("seed %d: %.2f requests/s, the law says %.2f: %s", seed, found, knee, got.Reason)
		}
		if got.CI != nil && got.CI[0] <= knee && knee <= got.CI[1] {
			covered++
		}
		if got.LimitedBy != limitedByQueue {
			t.Errorf("seed %d: limited by %s: %s", seed, got.LimitedBy, got.Reason)
		}
		t.Logf("seed %d: %.2f, %v, %d steps", seed, found, got.CI, len(steps))
	}
	if covered < 8 {
		t.Errorf("%d of 10 brackets hold the law's rate", covered)
	}
}

// A step's verdict is wrong no more often than its confidence says, near the
// knee where it is hard, although neighbours in a queue depend on each other.
func TestAStepIsWrongNoMoreOftenThanItSays(t *testing.T) {
	const served, limitS = 100.0, 0.2
	knee := served - math.Log(20)/limitS
	r := rules(t, "ttft:p95<200ms", 30, 240)
	for _, share := range []float64{0.95, 1.05} {
		const runs = 40
		verdicts, wrong := map[string]int{}, record.CapacityMisses
		if share > 1 {
			wrong = record.CapacityHolds
		}
		for seed := range uint64(runs) {
			rate := knee * share
			verdicts[step(r, rate, newQueue(rate, seed, exponential(served), 20)).Point.Verdict]++
		}
		t.Logf("%.2f of the knee: %v", share, verdicts)
		if verdicts[wrong] > 5 { // of which 5 % would make 2; more than 5 come by chance once in 70
			t.Errorf("at %.2f of the knee %d of %d steps were judged %q", share, verdicts[wrong], runs, wrong)
		}
	}
}
