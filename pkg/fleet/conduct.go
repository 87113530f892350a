package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Options are what the caller's side needs.
type Options struct {
	Pods Pods
	Plan Plan
	// Sink takes what workers measured.
	Sink bench.Sink
	// Notify shows how the run goes; it may be nil.
	Notify bench.Notify
	// Say takes a sentence for a person, as soon as there is something to say.
	Say func(string)
	// Stop ends the workers, in an interrupt. Where it is nil they are left as they
	// are, and an interrupt ends Conduct at once.
	Stop func(ctx context.Context) error
	// StartTimeout is how long workers may take until all are ready.
	StartTimeout time.Duration
	// Detach returns as soon as every worker has begun.
	Detach bool
	// Now is the caller's clock; nil is time.Now.
	Now func() time.Time
}

// Outcome is what became of the workers.
type Outcome struct {
	Workers []record.Worker
	// Engines are those that were measured, as the first worker knows them.
	Engines  []record.EngineInfo
	Findings []record.Finding
}

const (
	// lookEvery is how often the workers' pods are looked at, lookEach how much less
	// often for each of them: a list of a thousand pods has megabytes.
	lookEvery = time.Second
	lookEach  = 10 * time.Millisecond
	// askAgain is at how many looks once the cluster's warnings are asked for when
	// the workers have begun; until then it is at each.
	askAgain = 10
	// patience is for how long the API server may fail before the run is given up
	// here; workers go on.
	patience = 5 * time.Minute
	// afterInterrupt is how long workers may take to tell what they have.
	afterInterrupt = 10 * time.Second
	// afterEnd is how long the log of a pod that has ended may take to end.
	afterEnd = 15 * time.Second
)

// ErrNotStarted says that the workers did not come about, so nothing was
// measured.
var ErrNotStarted = errors.New("the workers did not start")

// conductor is a Conduct under way.
type conductor struct {
	Options
	crew  []*member
	in    chan heard
	seen  chan sighting
	begun time.Time
	// readySince is when the last worker was ready.
	readySince time.Time
	running    bool
	engines    []string
	out        Outcome
	said       map[string]bool
	troubles   []Trouble
	follow     context.Context
	work       sync.WaitGroup
	// stopping says that the caller was interrupted.
	stopping bool
	// settled says that the workers have begun.
	settled atomic.Bool
	leading leading
	divided *divided
	// block is the last that was let begin, and openAt when it begins, by this
	// caller's clock.
	block  string
	openAt time.Time
	// failing is since when the API server fails, zero where it does not.
	failing time.Time
}

// Conduct runs the workers to their end and returns what became of them. It may
// be called for workers that another caller conducted before: all that it needs
// to know stands in their logs. Where ctx ends first, the workers are stopped,
// where there is a Stop, and the error is that of ctx. Other errors say why nothing
// could be measured, that the API server is out of reach, or (ErrLed) that another
// caller has taken the run up; with the last two the workers go on.
func Conduct(ctx context.Context, o Options) (Outcome, error) {
	if o.Notify == nil {
		o.Notify = func(bench.Event) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	follow, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c := &conductor{
		Options: o, in: make(chan heard, 64), seen: make(chan sighting), begun: time.Now(),
		said: map[string]bool{}, follow: follow, leading: newLeading(),
	}
	for i := range o.Plan.Workers {
		c.crew = append(c.crew, &member{index: i, clock: newClock(), now: o.Now, wake: make(chan struct{}, 1)})
	}
	c.work.Go(func() { c.look(follow) })
	err := c.loop(ctx)
	cancel()
	c.drain()
	c.sum()
	return c.out, err
}

// drain lets the goroutines end.
func (c *conductor) drain() {
	done := make(chan struct{})
	go func() { c.work.Wait(); close(done) }()
	for {
		select {
		case <-c.in:
		case <-c.seen:
		case <-done:
			return
		}
	}
}

func (c *conductor) loop(ctx context.Context) error {
	interrupted, giveUp := ctx.Done(), (<-chan time.Time)(nil)
	tick := time.NewTicker(lookEvery / 4)
	defer tick.Stop()
	for {
		select {
		case h := <-c.in:
			c.hear(h)
		case s := <-c.seen:
			if err := c.see(s); err != nil {
				return err
			}
		case <-tick.C:
		case <-interrupted:
			if c.Stop == nil {
				return ctx.Err() // the workers are left as they are
			}
			interrupted, giveUp = nil, time.After(afterInterrupt)
			c.stop(ctx)
		case <-giveUp:
			return ctx.Err()
		}
		if over, err := c.advance(); over || err != nil {
			return cmp.Or(ctx.Err(), err)
		}
		if giveUp != nil && c.nobodyBegan() {
			return ctx.Err()
		}
	}
}

// nobodyBegan says that there is no worker to wait for.
func (c *conductor) nobodyBegan() bool {
	for _, m := range c.crew {
		if m.unfollow != nil && !m.over {
			return false
		}
	}
	return true
}

func (c *conductor) stop(ctx context.Context) {
	c.stopping = true
	c.work.Go(func() {
		if err := c.Stop(context.WithoutCancel(ctx)); err != nil {
			c.Say("the workers could not be stopped: " + err.Error())
		}
	})
}

// advance does what is due next. over says that every worker has ended.
func (c *conductor) advance() (over bool, err error) {
	if !c.running {
		if err := c.starting(); err != nil {
			return false, err
		}
	}
	c.beat()
	if c.running {
		c.settled.Store(true)
		if c.divides() {
			c.search()
		}
		c.openGates()
	}
	for _, m := range c.crew {
		c.explain(m)
		if !m.over || m.unexplained() {
			return c.Detach && c.allStarted(), nil
		}
	}
	return true, nil
}

func (c *conductor) allStarted() bool {
	for _, m := range c.crew {
		if m.started == nil {
			return false
		}
	}
	return true
}

func (c *conductor) sayOnce(text string) {
	if !c.said[text] {
		c.said[text] = true
		c.Say(text)
	}
}

// sum makes the outcome.
func (c *conductor) sum() {
	if first := c.crew[0].ready; first != nil {
		for _, e := range first.Engines {
			if slices.Contains(c.engines, e.Engine) {
				c.out.Engines = append(c.out.Engines, e)
			}
		}
	}
	for _, m := range c.crew {
		c.out.Workers = append(c.out.Workers, m.record())
		if m.final != nil && m.final.Error != "" {
			c.out.Findings = append(c.out.Findings, record.Finding{
				ID: "worker-failed", Severity: record.SeverityError, Subject: fmt.Sprintf("worker %d", m.index), Message: strings.TrimSpace(m.final.Error),
			})
		}
	}
}
