package summary

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// In an open loop a request's user waited from when it was due, so an answer
// that was quick once it was asked for is no goodput where it was asked for late.
func TestGoodputOfAnOpenLoopCountsFromSchedule(t *testing.T) {
	late := with(request(2000, 100, 900, 10), func(s *record.Sample) {
		s.ScheduledMS, s.QueueMS = record.Some(1500.0), record.Some(500.0)
	})
	for name, c := range map[string]struct {
		run  record.Run
		slo  record.SLO
		want float64
	}{
		"open, TTFT":   {openRun(), record.SLO{TTFTMS: record.Some(200.0)}, 0.5},
		"open, E2E":    {openRun(), record.SLO{E2EMS: record.Some(1000.0)}, 0.5},
		"closed, TTFT": {finishedRun(), record.SLO{TTFTMS: record.Some(200.0)}, 1},
		"closed, E2E":  {finishedRun(), record.SLO{E2EMS: record.Some(1000.0)}, 1},
	} {
		c.run.Plan.SLO = c.slo
		a := New(c.run)
		a.Add(request(1000, 100, 900, 10))
		a.Add(late)
		a.AddBlock(window("b", 0, 10_000))
		e := a.Summary().Scenarios[1].Engines[0]
		if got := e.SLOAttainment.Or(-1); got != c.want {
			t.Errorf("%s: %g met the SLO, want %g", name, got, c.want)
		}
		if got, want := e.GoodputPerS.Or(-1), c.want*2/10; got != want {
			t.Errorf("%s: goodput %g, want %g", name, got, want)
		}
		if got := e.E2EFromSchedule.Max.Or(0); got != 1400 || e.E2E.Max.Or(0) != 900 {
			t.Errorf("%s: E2E from schedule up to %g", name, got)
		}
	}
}

func searchRun() record.Run {
	r := finishedRun()
	r.Plan.Scenarios = []record.PlannedScenario{{
		Name: "chat", Kind: record.KindCapacity, Shape: record.Shape{Arrival: "poisson", SLO: "ttft:p95<500ms", MaxInFlight: 9},
	}}
	return r
}

func stepBlock(id string, from, rate float64, verdict string) record.Block {
	b := window(id, from, from+1000)
	b.RatePerS, b.Capacity = rate, &record.CapacityPoint{OfferedPerS: rate, Verdict: verdict}
	return b
}

func TestACapacityIsPutTogetherFromItsSteps(t *testing.T) {
	a := New(searchRun())
	for i := range 30 {
		a.Add(request(float64(100*i), 100, 900, 10))
	}
	found := record.CapacityResult{
		Engine: "vllm", SLO: "ttft:p95<500ms", RatePerS: record.Some(4.0), CI: &record.Interval{4, 5.7}, Confidence: 0.95,
		LimitedBy: "queue", Reason: "it grew",
	}
	last := stepBlock("3", 2000, 5.7, record.CapacityMisses)
	last.CapacityResult, last.Dropped = &found, 3
	for _, b := range []record.Block{stepBlock("1", 0, 4, record.CapacityHolds), stepBlock("2", 1000, 8, record.CapacityMisses), last} {
		a.AddBlock(b)
	}
	s := a.Summary()
	want := found
	want.Curve = []record.CapacityPoint{
		{OfferedPerS: 4, Verdict: record.CapacityHolds}, {OfferedPerS: 5.7, Verdict: record.CapacityMisses}, {OfferedPerS: 8, Verdict: record.CapacityMisses},
	}
	sc := s.Scenarios[0]
	if diff := cmp.Diff([]record.CapacityResult{want}, sc.Capacity); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if e := sc.Engines[0]; e.Requests != 30 || e.Dropped != 3 || e.TTFT != nil || e.RequestsPerS.Known() {
		t.Errorf("the row mixes steps of all loads: %+v", e)
	}
	if len(sc.Timeline) == 0 {
		t.Error("no timeline")
	}
	if len(s.Findings) != 0 {
		t.Errorf("a search that overloads on purpose warns of it: %v", s.Findings)
	}
}

func TestACapacitySearchThatWasCutShort(t *testing.T) {
	run := searchRun()
	run.FinishedAt = nil
	a := New(run)
	open := window("3", 2000, 3000)
	open.Done, open.RatePerS = false, 5.7
	for _, b := range []record.Block{stepBlock("1", 0, 4, record.CapacityHolds), stepBlock("2", 1000, 8, record.CapacityMisses), open} {
		a.AddBlock(b)
	}
	got := a.Summary().Scenarios[0].Capacity
	if len(got) != 1 || got[0].RatePerS.Or(0) != 4 || !cmp.Equal(got[0].CI, &record.Interval{4, 8}) || len(got[0].Curve) != 2 || got[0].LimitedBy != "unknown" {
		t.Errorf("%+v", got)
	}
	if none := New(run).Summary().Scenarios[0].Capacity; none != nil {
		t.Errorf("a search that never began found %+v", none)
	}
}
