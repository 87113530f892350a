package capacity

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// steady is a window of n requests, one each 0.1 s, that take a second.
func steady(n int, change func(i int, r *Request)) Observation {
	o := Observation{NowS: float64(n) / 10, Over: true}
	for i := range n {
		at := float64(i) / 10
		r := Request{AtS: at, EndS: at + 1, Outcome: Succeeded, TTFT: 100, TTFA: 100, TPOT: 10, E2E: 1000}
		if change != nil {
			change(i, &r)
		}
		o.Requests = append(o.Requests, r)
	}
	return o
}

func TestJudge(t *testing.T) {
	fail := func(r *Request) { r.Outcome, r.TTFT, r.TPOT, r.E2E = Failed, math.NaN(), math.NaN(), math.NaN() }
	growing := steady(600, func(i int, r *Request) { r.EndS = r.AtS + float64(i)/20 })
	for _, tt := range []struct {
		name, slo string
		o         Observation
		want      string
		reason    string
	}{
		{"far below the limit", "ttft:p95<200ms,tpot:p95<20ms,success>=95%", steady(600, nil), record.CapacityHolds, "100 ms"},
		{"far above", "ttft:p95<50ms", steady(600, nil), record.CapacityMisses, "ttft:p95<50ms: 100 ms (100..100)"},
		{"too few", "ttft:p99<200ms", steady(300, nil), record.CapacityCannotSay, "too few requests"},
		{"few, but all too slow", "ttft:p99<50ms", steady(20, nil), record.CapacityMisses, "100 ms"},
		{"a few slow ones", "ttft:p95<200ms", steady(600, func(i int, r *Request) {
			if i%50 == 0 {
				r.TTFT = 900
			}
		}), record.CapacityHolds, "100 ms"},
		{"as many slow ones as may be", "ttft:p95<200ms", steady(600, func(i int, r *Request) {
			if i%20 == 0 {
				r.TTFT = 900
			}
		}), record.CapacityCannotSay, "ttft:p95<200ms"},
		{"failures have no first token", "ttft:p95<200ms", steady(600, func(i int, r *Request) {
			if i%5 == 0 {
				fail(r)
			}
		}), record.CapacityMisses, "too many requests failed"},
		{"failures", "success>=95%", steady(600, func(i int, r *Request) {
			if i%5 == 0 {
				fail(r)
			}
		}), record.CapacityMisses, "success>=95%: 80.0 %"},
		{"ever more under way", "ttft:p95<200ms", growing, record.CapacityMisses, "ever more requests"},
		{"dropped", "ttft:p95<200ms", func() Observation { o := steady(600, nil); o.Dropped = 1; return o }(), record.CapacityMisses, "1 requests were due"},
		{"the client was the limit", "ttft:p95<200ms", func() Observation { o := steady(600, nil); o.ClientBound = []string{"it was busy"}; return o }(), record.CapacityCannotSay, "it was busy"},
		{"the client was the limit of a miss", "ttft:p95<20ms", func() Observation { o := steady(600, nil); o.ClientBound = []string{"it was busy"}; return o }(), record.CapacityCannotSay, "it was busy"},
		{"nothing came", "ttft:p95<200ms,success>=95%", Observation{NowS: 60, Over: true}, record.CapacityCannotSay, "too few requests"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := rules(t, tt.slo, 30, 60).Judge(10, tt.o)
			if got.Point.Verdict != tt.want || !strings.Contains(got.Point.Reason, tt.reason) {
				t.Errorf("%s: %q; want %s: %q", got.Point.Verdict, got.Point.Reason, tt.want, tt.reason)
			}
		})
	}
}

// While a step runs, the slow requests are those that have not been answered.
func TestWhatIsUnderWayCountsForWhatItHasWaited(t *testing.T) {
	o := steady(600, func(i int, r *Request) {
		r.EndS = r.AtS + 0.2
		if i%4 == 0 { // never answered
			r.Outcome, r.EndS, r.TTFT, r.TPOT, r.E2E = Pending, math.Inf(1), math.NaN(), math.NaN(), math.NaN()
		}
	})
	o.Over = false
	got := rules(t, "ttft:p95<2000ms", 30, 60).Judge(10, o)
	if got.Point.Verdict != record.CapacityMisses {
		t.Errorf("%s: %s", got.Point.Verdict, got.Point.Reason)
	}
	if values := o.series("ttft", 0, 2); len(values) != 581 || values[0] != 60000 || values[1] != 100 {
		t.Errorf("%d values, the first %v", len(values), values[:2])
	}
	if values := o.series("tpot", 0, 2); len(values) != 435 {
		t.Errorf("%d values of tpot: one that is not known yet counts", len(values))
	}
}

func TestLooksShareTheError(t *testing.T) {
	r := rules(t, "ttft:p95<200ms,tpot:p95<20ms,success>=95%", 30, 200)
	if diff := cmp.Diff([]float64{30, 60, 120, 200}, r.Looks()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if level := r.level(); math.Abs(level-(1-0.05/8)) > 1e-12 {
		t.Errorf("level %v", level)
	}
}

// Wilson's interval of 8 in 10 at 95 % is 0.490..0.943 (Newcombe, Statistics in
// Medicine 17, 1998, gives the method; the values follow from its formula).
func TestWilson(t *testing.T) {
	low, high := wilson(0.8, 10, 0.95)
	if math.Abs(low-0.4902) > 1e-4 || math.Abs(high-0.9433) > 1e-4 {
		t.Errorf("%.4f..%.4f", low, high)
	}
}

// For an AR(1) series with the coefficient f the variance of the mean is that of
// independent values times (1+f)/(1-f).
func TestInflation(t *testing.T) {
	for _, f := range []float64{0, 0.5, 0.9} {
		rng := rand.New(rand.NewPCG(1, 2))
		x, values := 0.0, make([]float64, 20000)
		for i := range values {
			x = f*x + rng.NormFloat64()
			values[i] = x
		}
		want := (1 + f) / (1 - f)
		if got := inflationOf(values); math.Abs(got/want-1) > 0.2 {
			t.Errorf("f = %g: %.2f, want %.2f", f, got, want)
		}
	}
	if got := inflation([]bool{false, false, false, false, false}); got != 1 {
		t.Errorf("a series of one value: %g", got)
	}
	runs := make([]bool, 4000) // runs of 100: each is one observation
	rng := rand.New(rand.NewPCG(3, 4))
	for i := 0; i < len(runs); i += 100 {
		on := rng.IntN(2) == 0
		for k := range 100 {
			runs[i+k] = on
		}
	}
	if got := inflation(runs); got < 50 || got > 200 {
		t.Errorf("runs of 100: %.1f", got)
	}
}

// A stable queue, however long, is not taken for one that grows; one with more
// arrivals than it can serve is.
func TestBacklog(t *testing.T) {
	const runs = 40
	grows := func(rate float64, served func(*rand.Rand) float64) (growing, overloaded int) {
		for seed := range uint64(runs) {
			o := newQueue(rate, seed, served, 10).until(60)
			if o.backlog(clearRise).growing {
				growing++
			}
			if o.Overloaded() {
				overloaded++
			}
		}
		return growing, overloaded
	}
	even := func(*rand.Rand) float64 { return 0.01 } // M/D/1 at 100/s
	for _, tt := range []struct {
		name        string
		rate        float64
		served      func(*rand.Rand) float64
		least, most int
	}{
		{"M/M/1 at 70 %", 70, exponential(100), 0, 0},
		{"M/M/1 at 90 %", 90, exponential(100), 0, 1},
		{"M/M/1 at 97 %", 97, exponential(100), 0, 3},
		{"M/D/1 at 95 %", 95, even, 0, 1},
		{"M/M/1 at 125 %", 125, exponential(100), runs, runs},
		{"M/D/1 at 120 %", 120, even, runs - 2, runs},
	} {
		growing, overloaded := grows(tt.rate, tt.served)
		t.Logf("%s: %d growing, %d overloaded", tt.name, growing, overloaded)
		if growing < tt.least || growing > tt.most || overloaded > growing {
			t.Errorf("%s: %d of %d are growing, %d overloaded", tt.name, growing, runs, overloaded)
		}
	}
}

func TestDoneCountsWhatEndedInTheWindow(t *testing.T) {
	o := steady(100, func(i int, r *Request) {
		switch {
		case i < 20:
			r.TTFT = 900
		case i < 30:
			r.TPOT = math.NaN()
		case i < 35:
			r.Outcome = Failed
		}
	})
	// The last ten end a second after they were due, behind the window's end.
	all, good := o.Done(rules(t, "ttft:p95<200ms,tpot:p95<20ms,success>=95%", 1, 1).SLO)
	if all != 86 || good != 66 {
		t.Errorf("%d done, %d of them good", all, good)
	}
}

// Long answers fill the engine for as long as they take, at any rate. That is no
// backlog that grows, and what came meanwhile does not show the load.
func TestALoadThatHasNotSettled(t *testing.T) {
	long := func(windowS float64) Observation {
		o := Observation{NowS: windowS}
		for at := -10.0; at < windowS; at += 0.1 {
			r := Request{AtS: at, EndS: at + 25, Outcome: Succeeded, TTFT: 300, TPOT: 10, E2E: 25000}
			if at < 15 { // the engine is not full yet
				r.TTFT = 20
			}
			if r.EndS > windowS {
				r.EndS, r.Outcome, r.E2E = math.Inf(1), Pending, math.NaN()
			}
			o.Requests = append(o.Requests, r)
		}
		return o
	}
	r := rules(t, "ttft:p95<200ms", 30, 120)
	for window, want := range map[float64]string{10: record.CapacityCannotSay, 20: record.CapacityMisses, 120: record.CapacityMisses} {
		o := long(window)
		if o.Overloaded() || o.backlog(clearRise).growing {
			t.Errorf("after %g s it is overloaded", window)
		}
		if got := r.Judge(10, o); got.Point.Verdict != want {
			t.Errorf("after %g s: %s: %s", window, got.Point.Verdict, got.Point.Reason)
		}
	}
	if got := rules(t, "ttft:p95<2000ms", 20, 120).Judge(10, long(26)); got.Point.Verdict != record.CapacityCannotSay || !strings.Contains(got.Point.Reason, "settled") {
		t.Errorf("%s: %s", got.Point.Verdict, got.Point.Reason)
	}
}
