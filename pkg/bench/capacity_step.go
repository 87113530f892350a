package bench

import (
	"context"
	"math"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/capacity"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// capacityStep is one rate of a search, held until it can be judged.
type capacityStep struct {
	*capacitySearch
	rate  float64
	open  load.Open
	from  time.Time // the measured window's begin
	end   time.Time // and its end, once it is over
	block *block
	seen  *watched
	// readings are of the engine's metrics, until stopReading makes the last.
	readings    *readings
	stopReading func()
	// cut says that requests under way were cancelled.
	cut bool
}

// stepLoad is the n-th step's load.
func (s scenario) stepLoad(rate float64, duration time.Duration, seed uint64, n int) load.Open {
	open := load.Open{
		Pacer:  load.Gamma{Rate: rate, Burstiness: 1},
		Warmup: seconds(s.capacity.WarmupSeconds), Duration: duration,
		MaxInFlight: s.capacity.MaxInFlight, Seed: seed + uint64(n), //nolint:gosec // steps count from 0
	}
	if s.capacity.Arrival == config.ArrivalConstant {
		open.Pacer = load.Profile{{From: rate, To: rate, For: open.End()}}
	}
	return open
}

// newStep begins a step now, which lasts no longer than duration.
func (c *capacitySearch) newStep(rate float64, duration time.Duration) *capacityStep {
	open := c.scenario.stepLoad(rate, duration, c.Seed, c.taken)
	open.Part = c.Part
	from := time.Now().Add(open.Warmup)
	c.Notify(Event{Kind: EventBlock, Scenario: c.scenario.plan.Name, Engine: c.target.Name, Total: open.End().Milliseconds()})
	return &capacityStep{
		capacitySearch: c, rate: rate, open: open, from: from, seen: newWatched(from),
		block: newBlock(c.Start, record.Block{
			ID: c.ownID(c.blockID()), Worker: c.worker(), Engine: c.target.Name, Scenario: c.scenario.plan.Name, Round: c.taken, RatePerS: rate,
			StartMS: millis(from.Sub(c.Start)), EndMS: millis(from.Add(open.Duration).Sub(c.Start)),
		}).on(c.host),
	}
}

// take holds the rate, looks at what it does, and says how it came out.
func (s *capacityStep) take(ctx context.Context) capacity.Step {
	stopSaving := s.block.saveWhileRunning(s.Sink)
	defer stopSaving()
	uncount := s.block.countUsage(s.from, s.from.Add(s.open.Duration))
	sending, stop := context.WithCancel(ctx)
	defer stop()
	requests, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.send(sending, requests)
	}()
	judged := s.look(ctx)
	stop()
	s.end = time.Now()
	uncount()
	s.block.spend()
	if s.drain(ended, judged.Growing) {
		s.cut = true
		cancel()
		<-ended
	}
	s.stopReading()
	if judged.Growing && judged.Point.Verdict == record.CapacityMisses {
		return s.measured(judged) // what comes after an overload was cut short shows less of it
	}
	return s.measured(s.judge(s.length(), true))
}

// send fires what is due. That no more is due must not end what is under way,
// so requests have a context of their own.
func (s *capacityStep) send(sending, requests context.Context) {
	step := int64(s.taken)
	fire := func(_ context.Context, a load.Arrival) {
		i := s.seen.due(a)
		one := s.shot(a)
		one.block = s.block
		one.arrival.Seq += step * seqStride
		one.onFirst = func(at time.Time) { s.seen.first(i, at) }
		s.seen.ended(i, s.fire(requests, one))
	}
	drop := func(a load.Arrival) {
		s.seen.drop()
		if !a.Warmup {
			s.block.drop()
			s.Notify(Event{Kind: EventDropped, Scenario: s.scenario.plan.Name, Engine: s.target.Name})
		}
	}
	// It ends early where the step was judged or ctx ended, which take knows.
	_ = s.open.Run(sending, fire, drop)
}

// lookInterval is how often a step is held against overload.
const lookInterval = time.Second

// look watches the step until it is judged, its time is over or ctx ends.
func (s *capacityStep) look(ctx context.Context) capacity.Step {
	looks := s.rules.Looks()
	tick := time.NewTicker(min(lookInterval, seconds(s.rules.StepS/4)))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return capacity.Step{}
		case <-tick.C:
		}
		now := time.Since(s.from)
		if s.seen.observe(now).Overloaded() {
			return s.judge(max(now, 0), false)
		}
		if now.Seconds() < looks[0] {
			continue
		}
		judged := s.judge(min(now, s.open.Duration), false)
		if looks = looks[1:]; len(looks) == 0 || judged.Point.Verdict != record.CapacityCannotSay {
			return judged
		}
	}
}

// drainShare of the shortest step is how long an overloaded engine may take to
// end what is under way. Any other may take its time, which timeouts bound.
const drainShare = 0.5

// drain waits for the requests under way. It reports that they had to be left.
func (s *capacityStep) drain(ended <-chan struct{}, overloaded bool) (left bool) {
	var patience <-chan time.Time
	if overloaded {
		t := time.NewTimer(seconds(drainShare * s.rules.StepS))
		defer t.Stop()
		patience = t.C
	}
	select {
	case <-ended:
		return false
	case <-patience:
		return true
	}
}

// judge says how the step has come out so far, or in the end.
func (s *capacityStep) judge(now time.Duration, over bool) capacity.Step {
	o := s.seen.observe(now)
	o.Over = over
	row := s.row(now)
	if row.Client != nil && row.Client.Verdict == record.ClientBound {
		o.ClientBound = row.Client.Reasons
	}
	judged := s.rules.Judge(s.rate, o)
	judged.Server = row.Server
	return judged
}

// length is how long the measured window was open.
func (s *capacityStep) length() time.Duration {
	return max(min(s.end.Sub(s.from), s.open.Duration), 0)
}

// measured adds the step's rates to its point. Requests count where they ended:
// under overload the part of each that lies in the window adds up to more than
// the engine served.
func (s *capacityStep) measured(judged capacity.Step) capacity.Step {
	row := s.row(s.length())
	judged.Server = row.Server
	if window := s.length(); window > 0 {
		done, good := s.seen.observe(window).Done(s.rules.SLO)
		judged.Point.RequestsPerS = record.Some(float64(done) / window.Seconds())
		judged.Point.GoodputPerS = record.Some(float64(good) / window.Seconds())
		judged.Point.OutputTokensPerS = row.OutputTokensPerS
	}
	return judged
}

// close ends the step's block with its point.
func (s *capacityStep) close(ctx context.Context, judged capacity.Step) record.Block {
	b := s.block.finish(s.from.Add(s.length()), ctx.Err() != nil)
	if ctx.Err() == nil {
		point := judged.Point
		b.Capacity = &point
	}
	s.Sink.Block(b)
	return b
}

// absent is a latency that a request does not have.
var absent = math.NaN()
