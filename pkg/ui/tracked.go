package ui

import (
	"maps"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// tracked is one engine in the scenario under way.
type tracked struct {
	name string
	// absent says that it did not pass preflight, givenUp that it failed every
	// request for too long.
	absent, givenUp bool

	done, failed, dropped, tokens int64
	errors                        map[record.Status]int64

	// active says that it is asked at present. A load asks it in turns, each of
	// turnLength.
	active     bool
	turns      int
	turnAt     time.Time
	turnLength time.Duration

	ttft, e2e *sampler
	trend     trend
	pace      *pace
}

func newTracked(name string) *tracked {
	return &tracked{name: name, errors: map[record.Status]int64{}, ttft: &sampler{}, e2e: &sampler{}, pace: &pace{}}
}

// take counts a request that ended or was dropped.
func (t *tracked) take(e bench.Event) {
	if e.Kind == bench.EventDropped {
		t.dropped++
		return
	}
	s := e.Sample
	if e.Kind != bench.EventRequest || s == nil {
		return
	}
	t.tokens += s.OutputTokens.Or(0)
	t.done++
	switch s.Status {
	case record.StatusOK:
		t.measure(s)
	case record.StatusCancelled:
	default:
		t.failed++
		t.errors[s.Status]++
	}
}

// measure takes the times of a successful request that counts. Those of a
// retry count from when its request was first scheduled, as in the results.
func (t *tracked) measure(s *record.Sample) {
	if s.Phase != record.PhaseMeasure {
		return
	}
	before := 0.0
	if s.Attempt > 1 {
		before = s.QueueMS.Or(0)
	}
	if v, known := s.TTFTMS.Get(); known {
		t.ttft.add(before + v)
		t.trend.add(before + v)
	}
	if v, known := s.E2EMS.Get(); known {
		t.e2e.add(before + v)
	}
}

// share is how much of the engine's part of a scenario is done, 0..1.
func (t *tracked) share(s record.PlannedScenario, now time.Time) float64 {
	switch {
	case t.givenUp:
		return 1
	case s.Shape.Arrival == record.ArrivalSequential:
		return min(float64(t.done)/float64(max(s.Requests+s.WarmupRequests, 1)), 1)
	case t.turns == 0:
		return 0
	}
	done := float64(t.turns)
	if t.active && t.turnLength > 0 {
		done += min(float64(now.Sub(t.turnAt))/float64(t.turnLength), 1) - 1
	}
	return min(done/float64(max(s.Shape.Rounds, 1)), 1)
}

// state names what the engine does at present.
func (t *tracked) state(s record.PlannedScenario) engineState {
	switch {
	case t.absent:
		return stateAbsent
	case t.givenUp:
		return stateGivenUp
	case t.active:
		return stateActive
	case s.Shape.Arrival != record.ArrivalSequential && t.turns >= max(s.Shape.Rounds, 1):
		return stateDone
	}
	return stateWaits
}

func (t *tracked) errorsNow() map[record.Status]int64 { return maps.Clone(t.errors) }
