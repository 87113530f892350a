package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/capacity"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
)

// DividedSearch searches for the capacity of engines, one after the other, with
// clients that share each step's load. It sends nothing and has no clock: it
// decides by what the clients report, in whatever order that comes in, and decides
// the same again where it is told the same again. It is not safe for concurrent
// use.
//
// A step of one client is looked at while it runs. Of several nobody has all in
// view at once, so theirs are judged when they are over: one that nobody can judge
// is taken again, for twice as long.
type DividedSearch struct {
	scenario scenario
	index    int
	seed     uint64
	clients  int
	search   capacity.Search
	rules    capacity.Rules
	engines  []string
	out      DividedSink
	// runs are the searches on engines, up to the one under way.
	runs []*engineSearch
	lost bool
}

// DividedSink takes what a DividedSearch comes to.
type DividedSink struct {
	// Block takes a block of the first client again, with the step's point and, at
	// the end, the search's result.
	Block func(record.Block)
	// Notify takes steps that were judged.
	Notify Notify
}

// engineSearch is the search on one engine.
type engineSearch struct {
	engine string
	steps  []capacity.Step
	// taken are all steps, with those that were taken again. The first done of them
	// were judged.
	taken []*dividedStep
	done  int
	over  bool
	dead  int
}

// NewDividedSearch prepares the search of a configuration, which must have one, over
// engines, in their order.
func NewDividedSearch(cfg config.Config, seed uint64, engines []string, clients int, out DividedSink) (*DividedSearch, error) {
	all := scenarios(cfg, nil)
	index := slices.IndexFunc(all, func(s scenario) bool { return s.plan.Kind == record.KindCapacity })
	if index < 0 {
		return nil, errors.New("the configuration searches for no capacity")
	}
	limits, err := slo.Parse(all[index].capacity.SLO)
	if err != nil {
		return nil, fmt.Errorf("test_scenarios.capacity.slo: %w", err)
	}
	d := &DividedSearch{scenario: all[index], index: index, seed: seed, clients: clients, engines: engines, out: out}
	d.search, d.rules = d.scenario.searching(limits, cfg.Statistics.Confidence)
	return d, nil
}

// Took says that a client takes a step, by this search's order or by that of one
// before it.
func (d *DividedSearch) Took(s Step) {
	r := d.run(s.Engine)
	switch {
	case r == nil || s.N < len(r.taken):
	case s.N > len(r.taken):
		d.lost = true // what came before is not known any more
	default:
		r.take(s, d.clients)
	}
}

// run is the search on an engine, which begins where it is new; nil for an unknown
// one.
func (d *DividedSearch) run(engine string) *engineSearch {
	at := slices.Index(d.engines, engine)
	for at >= len(d.runs) {
		d.runs = append(d.runs, &engineSearch{engine: d.engines[len(d.runs)]})
	}
	if at < 0 {
		return nil
	}
	return d.runs[at]
}

func (r *engineSearch) take(s Step, clients int) {
	r.taken = append(r.taken, &dividedStep{Step: s, blocks: make([]*record.Block, clients), ended: make([]bool, clients), samples: map[int64]told{}})
}

// Sample takes a sample that a client told at an instant, in ms since the run's
// start.
func (d *DividedSearch) Sample(s record.Sample, toldMS float64) {
	if s.Scenario != CapacityScenario || s.Seq >= probeSeq {
		return
	}
	if step := d.step(s.Engine, int(s.Seq/seqStride)); step != nil && step.samples != nil && s.Attempt >= step.samples[s.Seq].Attempt {
		step.samples[s.Seq] = told{s, toldMS}
	}
}

// Server takes a reading of an engine's metrics.
func (d *DividedSearch) Server(v record.ServerSample) {
	for _, r := range d.runs {
		for n, step := range r.taken {
			if v.Block == blockID(d.index, r.engine, n) {
				step.readings = append(step.readings, v)
			}
		}
	}
}

// Block takes the state of a client's block.
func (d *DividedSearch) Block(b record.Block) {
	client := int(b.Worker.Or(-1))
	if step := d.step(b.Engine, b.Round); b.Scenario == CapacityScenario && step != nil && client >= 0 && client < d.clients {
		step.blocks[client] = &b
	}
}

// Ended says that a client has nothing of a block under way any more.
func (d *DividedSearch) Ended(client int, block string) {
	for _, r := range d.runs {
		for n, step := range r.taken {
			if block == blockID(d.index, r.engine, n) {
				step.ended[client] = true
			}
		}
	}
}

func (d *DividedSearch) step(engine string, n int) *dividedStep {
	for _, r := range d.runs {
		if r.engine == engine && n >= 0 && n < len(r.taken) {
			return r.taken[n]
		}
	}
	return nil
}

// GiveUp ends the search where a client is lost: the load that a step asks for is
// not there any more.
func (d *DividedSearch) GiveUp() { d.lost = true }

// Next is the step that is in force, for all engines but its own are over or have
// not begun. more is false where all are over.
func (d *DividedSearch) Next() (s Step, more bool) {
	d.run(d.engines[0])
	for i := 0; i < len(d.runs); i++ {
		r := d.runs[i]
		if len(r.taken) == 0 {
			d.begin(r)
		}
		for !r.over && r.taken[r.done].isOver() {
			d.judge(r)
		}
		if r.over && len(d.runs) == i+1 && len(d.engines) > i+1 {
			d.run(d.engines[i+1])
		}
	}
	r := d.runs[len(d.runs)-1]
	if r.over || d.lost {
		return Step{}, false
	}
	return r.taken[len(r.taken)-1].Step, true
}

// begin begins the search on an engine.
func (d *DividedSearch) begin(r *engineSearch) {
	rate, _ := d.search.Next(nil)
	r.take(Step{Engine: r.engine, RatePerS: rate, DurationS: d.rules.Looks()[0]}, d.clients)
}

// judge judges a step that has ended, and decides on the next one, where none
// before it has: another search, whose orders clients followed.
func (d *DividedSearch) judge(r *engineSearch) {
	step := r.taken[r.done]
	r.done++
	judged, failed := d.verdict(step)
	step.samples, step.readings = nil, nil
	last := r.done == len(r.taken)
	next := Step{Engine: r.engine, N: step.N + 1, RatePerS: step.RatePerS, DurationS: d.longer(step.DurationS)}
	again := judged.Point.Verdict == record.CapacityCannotSay && !judged.ClientBound && next.DurationS > 0
	switch {
	case !last:
		again = r.taken[r.done].Step == next
	case d.runs[len(d.runs)-1] != r:
		again = false
	}
	if !again {
		d.settle(r, step, judged, failed)
	}
	rate, more := d.search.Next(r.steps)
	ends := !again && (!more || r.dead == deadSteps || d.runs[len(d.runs)-1] != r)
	switch {
	case !last:
	case ends:
		d.conclude(r)
	case d.lost:
		r.over = true // without a result
	case again:
		r.take(next, d.clients)
	default:
		next.RatePerS, next.DurationS = rate, d.rules.Looks()[0]
		r.take(next, d.clients)
	}
}

// longer is for how long a step is taken again, 0 where it was the longest.
func (d *DividedSearch) longer(s float64) float64 {
	for _, look := range d.rules.Looks() {
		if look > s {
			return look
		}
	}
	return 0
}

// settle takes a step's verdict for good.
func (d *DividedSearch) settle(r *engineSearch, step *dividedStep, judged capacity.Step, failed bool) {
	r.steps = append(r.steps, judged)
	if r.dead++; !failed {
		r.dead = 0
	}
	b := step.first()
	b.Capacity = &judged.Point
	d.out.Block(b)
	d.out.Notify(Event{Kind: EventStep, Scenario: CapacityScenario, Engine: r.engine, Step: &judged.Point})
}

// conclude ends the search on an engine.
func (d *DividedSearch) conclude(r *engineSearch) {
	r.over = true
	if r.dead == deadSteps {
		f := searchGivenUp(r.engine)
		d.out.Notify(Event{Kind: EventFinding, Scenario: CapacityScenario, Engine: r.engine, Finding: &f})
	}
	found := d.search.Conclude(r.engine, d.rules, r.steps)
	found.Curve = []record.CapacityPoint{} // it is the steps' own
	b := r.taken[len(r.taken)-1].first()
	b.Capacity, b.CapacityResult = &r.steps[len(r.steps)-1].Point, &found
	d.out.Block(b)
}

// BlockID is what the blocks of a step's clients have in common.
func (d *DividedSearch) BlockID(s Step) string { return blockID(d.index, s.Engine, s.N) }

// Patience is how long after the end of a step's window an overloaded engine has
// to end what is under way, and Length how long a step takes until that end.
func (d *DividedSearch) Patience() time.Duration { return seconds(drainShare * d.rules.StepS) }

// Length is how long a step is, its warm-up included.
func (d *DividedSearch) Length(s Step) time.Duration {
	return seconds(d.scenario.capacity.WarmupSeconds + s.DurationS)
}
