package ui

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// board holds where a run stands, as its events tell it. Events come from many
// goroutines that measure, so none of them may wait for one who reads.
type board struct {
	plan    record.Plan
	counter Counter
	level   float64 // of intervals
	begun   time.Time

	mu       sync.Mutex
	engines  []*tracked // in the order of the plan
	scenario record.PlannedScenario
	number   int // of the scenario, from 1; 0 before the first
	since    time.Time
	skipped  bool
}

func newBoard(plan record.Plan, counter Counter) *board {
	b := &board{plan: plan, counter: counter, level: plan.Confidence, begun: time.Now()}
	if b.level <= 0 || b.level >= 1 {
		b.level = 0.95
	}
	for _, e := range plan.Engines {
		b.engines = append(b.engines, newTracked(e.Engine))
	}
	return b
}

// take takes an event and returns the lines that are worth keeping of it.
func (b *board) take(e bench.Event) (say []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e.Kind {
	case bench.EventPreflight:
		b.engine(e.Engine).absent = e.Finding != nil
		return []string{preflightText(e)}
	case bench.EventScenario:
		say = b.over()
		b.begin(e.Scenario)
		return append(say, fmt.Sprintf("%s: started, about %s", Printable(e.Scenario), shortly(b.expected(b.scenario))))
	case bench.EventBlock:
		b.turn(e)
	case bench.EventFinding:
		b.find(e)
	default:
		b.engine(e.Engine).take(e)
	}
	return nil
}

func (b *board) find(e bench.Event) {
	switch {
	case e.Finding == nil:
	case e.Finding.ID == "engine-given-up":
		b.engine(e.Engine).givenUp = true
	case e.Finding.ID == "scenario-skipped":
		b.skipped = true
	}
}

// engine finds an engine by its name; one that no plan named is added.
func (b *board) engine(name string) *tracked {
	for _, e := range b.engines {
		if e.name == name {
			return e
		}
	}
	e := newTracked(name)
	b.engines = append(b.engines, e)
	return e
}

func (b *board) begin(scenario string) {
	b.number++
	b.since, b.skipped = time.Now(), false
	b.scenario = record.PlannedScenario{Name: scenario}
	if i := slices.IndexFunc(b.plan.Scenarios, func(s record.PlannedScenario) bool { return s.Name == scenario }); i >= 0 {
		b.scenario, b.number = b.plan.Scenarios[i], i+1
	}
	for i, e := range b.engines {
		b.engines[i] = newTracked(e.name)
		b.engines[i].absent = e.absent
	}
}

// turn begins an engine's turn, which ends that of another; but where engines
// are asked one after the other all have theirs at once.
func (b *board) turn(e bench.Event) {
	if !b.sequential() {
		for _, other := range b.engines {
			other.active = false
		}
	}
	t := b.engine(e.Engine)
	t.active, t.turnAt = true, time.Now()
	if !b.sequential() {
		t.turns++
		t.turnLength = time.Duration(e.Total) * time.Millisecond
	}
}

func (b *board) sequential() bool { return b.scenario.Shape.Arrival == record.ArrivalSequential }

// over says how the scenario under way went.
func (b *board) over() []string {
	if b.number == 0 {
		return nil
	}
	var done, failed, dropped int64
	for _, e := range b.engines {
		done, failed, dropped = done+e.done, failed+e.failed, dropped+e.dropped
	}
	how := "done in"
	if b.skipped {
		how = "skipped after"
	}
	text := fmt.Sprintf("%s: %s %s, %d requests, %d failed", Printable(b.scenario.Name), how, shortly(time.Since(b.since)), done, failed)
	if dropped > 0 {
		text += fmt.Sprintf(", %d dropped", dropped)
	}
	return []string{text}
}

// close says how the last scenario went.
func (b *board) close() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.over()
}

// expected is how long a scenario should take with the engines that are there.
func (b *board) expected(s record.PlannedScenario) time.Duration {
	share := 1.0
	if n := len(b.plan.Engines); n > 0 {
		absent := 0
		for _, e := range b.engines {
			if e.absent {
				absent++
			}
		}
		share = float64(max(n-absent, 0)) / float64(n)
	}
	return time.Duration(s.ExpectedS * share * float64(time.Second))
}

// shortly writes a time as a person says it, to the second.
func shortly(d time.Duration) string { return d.Round(time.Second).String() }
