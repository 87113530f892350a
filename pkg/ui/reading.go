package ui

import (
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// engineState says what an engine does in the scenario under way.
type engineState string

// The states of an engine.
const (
	stateWaits   engineState = "waits"
	stateActive  engineState = "active"
	stateDone    engineState = "done"
	stateGivenUp engineState = "given up"
	stateAbsent  engineState = "left out"
)

// reading is the board at one instant, for whoever draws it.
type reading struct {
	scenario record.PlannedScenario
	number   int // 0 before the first scenario
	of       int
	// level is that of the intervals.
	level float64
	// elapsed is of the run, left what the rest of it should take; share is of
	// the scenario.
	elapsed, left time.Duration
	share         float64
	engines       []engineReading
}

func (r reading) sequential() bool { return r.scenario.Shape.Arrival == record.ArrivalSequential }

// engineReading is one engine of a reading. Times are in milliseconds.
type engineReading struct {
	name  string
	state engineState
	share float64
	// searches says that share is of the step under way, and of nothing else.
	searches bool
	// total is how many requests there will be, 0 where time decides.
	done, total, failed, dropped int64
	errors                       map[record.Status]int64
	inFlight                     record.Int
	tokensPerS                   record.Float
	ttft50, ttft95, ttft99       estimate
	e2e50                        estimate
	trend                        []float64
}

// read takes a reading. One goroutine at a time may.
func (b *board) read() reading {
	counts := b.counts()
	now := time.Now()
	b.mu.Lock()
	r := reading{scenario: b.scenario, number: b.number, level: b.level, of: max(len(b.plan.Scenarios), b.number), elapsed: now.Sub(b.begun)}
	engines := make([]*tracked, len(b.engines))
	for i, e := range b.engines {
		engines[i] = e
		r.engines = append(r.engines, b.readEngine(e, counts, now))
	}
	r.share = share(r.engines)
	r.left = b.left(r, now)
	b.mu.Unlock()
	for i, e := range engines { // sorting a sample takes longer than an event may wait
		r.engines[i].take(e, b.level)
	}
	return r
}

func (e *engineReading) take(t *tracked, level float64) {
	ttft := t.ttft.estimates(level, 0.5, 0.95, 0.99)
	e.ttft50, e.ttft95, e.ttft99 = ttft[0], ttft[1], ttft[2]
	e.e2e50 = t.e2e.estimates(level, 0.5)[0]
}

// counts are the counter's, of the engines in the scenario under way.
func (b *board) counts() map[string]Count {
	if b.counter == nil {
		return nil
	}
	b.mu.Lock()
	scenario := b.scenario.Name
	b.mu.Unlock()
	now := map[string]Count{}
	for _, c := range b.counter.Read() {
		if c.Scenario == scenario {
			now[c.Engine] = c
		}
	}
	return now
}

func (b *board) readEngine(t *tracked, counts map[string]Count, now time.Time) engineReading {
	e := engineReading{
		name: t.name, state: t.state(b.scenario), share: t.share(b.scenario, now), searches: b.scenario.Kind == record.KindCapacity,
		done: t.done, failed: t.failed, dropped: t.dropped, errors: t.errorsNow(),
		trend: append([]float64(nil), t.trend.points...),
	}
	if b.sequential() {
		e.total = int64(b.scenario.Requests + b.scenario.WarmupRequests)
	}
	tokens := t.tokens
	if c, counted := counts[t.name]; counted {
		e.inFlight, tokens = record.Some(c.InFlight), c.Tokens
	}
	if !t.active || b.sequential() { // one request at a time says nothing of throughput
		t.pace.reset()
		return e
	}
	t.pace.note(now, tokens)
	e.tokensPerS = t.pace.perS()
	return e
}

// share is how much of a scenario is done, over the engines that take part.
func share(engines []engineReading) float64 {
	sum, n := 0.0, 0
	for _, e := range engines {
		if e.state != stateAbsent {
			sum, n = sum+e.share, n+1
		}
	}
	return sum / float64(max(n, 1))
}

// left is what the rest of the run should take: of the scenario under way by
// how it went so far, of the others as planned.
func (b *board) left(r reading, now time.Time) (left time.Duration) {
	for _, s := range b.plan.Scenarios[min(b.number, len(b.plan.Scenarios)):] {
		left += b.expected(s)
	}
	if b.number == 0 {
		return left
	}
	whole := b.expected(b.scenario)
	if past := now.Sub(b.since); b.sequential() && r.share > 0.05 {
		whole = time.Duration(float64(past) / r.share)
	}
	return left + time.Duration(float64(whole)*(1-r.share))
}
