package fleet

import (
	"context"
	"slices"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// steps is the bench.Steps of a worker: it takes the steps that its orders name, and
// says so.
type steps struct {
	box *mailbox
	say func(bench.Step)
	// engines are those of the run, in their order.
	engines []string
}

// Next implements bench.Steps.
func (s *steps) Next(ctx context.Context, engine string, n int) (bench.Step, bool, error) {
	over := false
	o, err := s.box.await(ctx, func(o Orders) bool {
		over = s.over(o.Step, engine)
		return over || o.Step.Engine == engine && o.Step.N == n
	})
	if err != nil || over {
		return bench.Step{}, false, err
	}
	s.say(o.Step.Step)
	return o.Step.Step, true, nil
}

// over says that an order leaves nothing to do on an engine.
func (s *steps) over(o StepOrder, engine string) bool {
	return o.Over || slices.Index(s.engines, o.Engine) > slices.Index(s.engines, engine)
}

// Cut implements bench.Steps.
func (s *steps) Cut(ctx context.Context, step bench.Step) bool {
	_, err := s.box.await(ctx, func(o Orders) bool { return o.Step.Step == step && o.Step.Cut })
	return err == nil
}

// divided is the conductor's part in a search for the capacity that its workers
// share; nil where there is none.
type divided struct {
	*bench.DividedSearch

	// cut is the last step whose rest was cut off, and looked when it was asked
	// whether one should be.
	cut    bench.Step
	looked time.Time
}

// divides says that workers search for a capacity together.
func (c *conductor) divides() bool {
	return len(c.crew) > 1 && slices.ContainsFunc(c.Plan.Run.Plan.Scenarios, func(s record.PlannedScenario) bool { return s.Kind == record.KindCapacity })
}

// divide prepares the search, once it is known which engines take part.
func (c *conductor) divide() error {
	if c.divided != nil || !c.divides() || len(c.engines) == 0 {
		return nil
	}
	loaded, err := config.Load([]config.Source{{Name: "the plan", Data: []byte(c.Plan.Run.Config)}}, "")
	if err != nil {
		return err
	}
	search, err := bench.NewDividedSearch(loaded.Config, c.Plan.Run.Plan.Seed, c.engines, len(c.crew), bench.DividedSink{
		Block: c.Sink.Block,
		Notify: func(e bench.Event) {
			if e.Kind == bench.EventFinding {
				c.find(*e.Finding)
				return
			}
			c.Notify(e)
		},
	})
	if err != nil {
		return err
	}
	c.divided = &divided{DividedSearch: search}
	return nil
}

// hear takes what a worker said.
func (d *divided) hear(m *member, msg *Message, toldMS float64) {
	if msg.Step != nil {
		d.Took(*msg.Step)
	}
	for _, s := range msg.Samples {
		d.Sample(s, toldMS)
	}
	for _, v := range msg.Server {
		d.Server(v)
	}
	for _, b := range msg.Blocks {
		d.Block(b)
	}
	if g := msg.Gate; g != nil && g.State == GateEnded {
		d.Ended(m.index, g.Block)
	}
}

// search orders the step that is due.
func (c *conductor) search() {
	order := StepOrder{Over: true}
	if d := c.divided; d != nil {
		if slices.ContainsFunc(c.crew, func(m *member) bool { return !m.live() }) {
			d.GiveUp()
		}
		step, more := d.Next()
		order = StepOrder{Step: step, Over: !more, Cut: more && c.toCut(step)}
	}
	for _, m := range c.crew {
		if m.live() && m.ordered().Step != order {
			c.order(m, func(o *Orders) { o.Step = order })
		}
	}
}

// toCut says whether the rest of a step is to be cut off. It looks now and then,
// once the step's window has been closed for longer than an engine may take.
func (c *conductor) toCut(s bench.Step) bool {
	d := c.divided
	if d.cut == s || c.block != d.BlockID(s) {
		return d.cut == s
	}
	if now := c.Now(); now.After(c.openAt.Add(d.Length(s)+d.Patience()+flushEvery)) && now.Sub(d.looked) > lookEvery {
		d.looked = now
		if d.ToCut() {
			d.cut = s
		}
	}
	return d.cut == s
}
