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
	done, failed int64
	engine       string
	begun        time.Time
	expected     time.Duration
}

func (c *counts) take(e bench.Event) {
	switch e.Kind {
	case bench.EventBlock:
		c.engine = e.Engine
	case bench.EventRequest:
		c.engine = e.Engine
		c.done++
		if e.Sample != nil && e.Sample.Status != record.StatusOK {
			c.failed++
		}
	}
}

func (c *counts) text() string {
	text := fmt.Sprintf("%d requests", c.done)
	if c.failed > 0 {
		text += fmt.Sprintf(", %d failed", c.failed)
	}
	return text
}

// share is the part of the expected time that has passed, below 1 until the
// scenario is over.
func (c *counts) share() float64 {
	if c.expected <= 0 {
		return 0
	}
	return min(float64(time.Since(c.begun))/float64(c.expected), 0.99)
}

func expectedTime(plan record.Plan, scenario string) time.Duration {
	for _, s := range plan.Scenarios {
		if s.Name == scenario {
			return time.Duration(s.ExpectedS * float64(time.Second))
		}
	}
	return 0
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
	now      counts
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
		l.scenario, l.now = e.Scenario, counts{}
		l.say("%s: started, about %s", e.Scenario, expectedTime(l.plan, e.Scenario).Round(time.Second))
	default:
		l.now.take(e)
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
