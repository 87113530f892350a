package ui

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Progress follows a run for a person who waits.
type Progress interface {
	// Notify takes the run's events; it may be called from many goroutines.
	Notify(bench.Event)
	// Log writes a line that stays.
	Log(format string, args ...any)
	// Close ends the display; whole says that the run reached its end.
	// Nothing may be written afterwards.
	Close(whole bool)
}

// NewProgress returns bars on a terminal, and elsewhere a line now and then.
func NewProgress(w io.Writer, terminal bool, plan record.Plan) Progress {
	if terminal {
		return newBars(w, plan)
	}
	return newLines(w, plan, lineInterval)
}

// lineInterval is how often progress is said where there is no terminal.
const lineInterval = 10 * time.Second

// counts are the running totals of one scenario.
type counts struct {
	done, failed, dropped int64
	// total is how many requests there will be, 0 where time decides.
	total    int64
	engine   string
	begun    time.Time
	expected time.Duration
}

func newCounts(plan record.Plan, scenario string) *counts {
	c := &counts{begun: time.Now()}
	for _, s := range plan.Scenarios {
		if s.Name == scenario {
			c.expected = time.Duration(s.ExpectedS * float64(time.Second))
			if s.Requests > 0 && !s.Shape.IsOpen() {
				c.total = int64((s.Requests + s.WarmupRequests) * len(plan.Engines))
			}
		}
	}
	return c
}

func (c *counts) take(e bench.Event) {
	switch e.Kind {
	case bench.EventBlock:
		c.engine = e.Engine
	case bench.EventRequest:
		c.engine = e.Engine
		c.done++
		if s := e.Sample; s != nil && s.Status != record.StatusOK && s.Status != record.StatusCancelled {
			c.failed++
		}
	case bench.EventDropped:
		c.dropped++
	}
}

func (c *counts) text() string {
	text := fmt.Sprintf("%d requests", c.done)
	if c.failed > 0 {
		text += fmt.Sprintf(", %d failed", c.failed)
	}
	if c.dropped > 0 {
		text += fmt.Sprintf(", %d dropped", c.dropped)
	}
	return text
}

// share is how much of the scenario is done, below 1 until it is over: of its
// requests where their number is known, else of the expected time.
func (c *counts) share() float64 {
	switch {
	case c.total > 0:
		return min(float64(c.done)/float64(c.total), 0.99)
	case c.expected > 0:
		return min(float64(time.Since(c.begun))/float64(c.expected), 0.99)
	}
	return 0
}

// left is the time that the rest should take, 0 where nothing tells.
func (c *counts) left() time.Duration {
	past := time.Since(c.begun)
	if c.total > 0 && c.done > 0 {
		return time.Duration(float64(past) / float64(c.done) * float64(max(c.total-c.done, 0)))
	}
	return max(c.expected-past, 0)
}

// preflightText says how an engine's preflight went.
func preflightText(e bench.Event) string {
	if e.Finding == nil {
		return fmt.Sprintf("%s: ready", Printable(e.Engine))
	}
	text := fmt.Sprintf("%s: cannot be measured: %s", Printable(e.Engine), Printable(e.Finding.Message))
	if e.Finding.Remedy != "" {
		text += "; " + Printable(e.Finding.Remedy)
	}
	return text
}

// lines is Progress where nothing may move: a pipe or a log.
type lines struct {
	mu       sync.Mutex
	w        io.Writer
	plan     record.Plan
	scenario string
	now      *counts
	quit     chan struct{}
	gone     chan struct{}
}

func newLines(w io.Writer, plan record.Plan, every time.Duration) *lines {
	l := &lines{w: w, plan: plan, quit: make(chan struct{}), gone: make(chan struct{})}
	go l.tick(every)
	return l
}

func (l *lines) tick(every time.Duration) {
	defer close(l.gone)
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-l.quit:
			return
		case <-t.C:
			l.mu.Lock()
			if l.scenario != "" {
				l.say("%s: %s: %s", l.scenario, l.now.engine, l.now.text())
			}
			l.mu.Unlock()
		}
	}
}

func (l *lines) say(format string, args ...any) {
	_, _ = fmt.Fprintf(l.w, format+"\n", args...) // progress that nobody can read stops nothing
}

// Notify implements Progress.
func (l *lines) Notify(e bench.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e.Kind {
	case bench.EventPreflight:
		l.say("%s", preflightText(e))
	case bench.EventScenario:
		l.over()
		l.scenario, l.now = e.Scenario, newCounts(l.plan, e.Scenario)
		l.say("%s: started, about %s", e.Scenario, l.now.expected.Round(time.Second))
	default:
		if l.now != nil {
			l.now.take(e)
		}
	}
}

func (l *lines) over() {
	if l.scenario != "" {
		l.say("%s: done, %s", l.scenario, l.now.text())
	}
}

// Log implements Progress.
func (l *lines) Log(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.say(format, args...)
}

// Close implements Progress.
func (l *lines) Close(whole bool) {
	close(l.quit)
	<-l.gone
	l.mu.Lock()
	defer l.mu.Unlock()
	if whole {
		l.over()
	}
}
