package ui

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// barSteps is a bar's full length; time moves it.
const barSteps = 1000

// bars is Progress on a terminal: one bar a scenario.
type bars struct {
	container *mpb.Progress
	plan      record.Plan
	quit      chan struct{}
	gone      chan struct{}

	mu  sync.Mutex
	bar *mpb.Bar
	now *counts
}

func newBars(w io.Writer, plan record.Plan) *bars {
	b := &bars{
		container: mpb.New(mpb.WithOutput(w), mpb.WithWidth(30), mpb.WithRefreshRate(200*time.Millisecond), mpb.WithAutoRefresh()),
		plan:      plan, quit: make(chan struct{}), gone: make(chan struct{}),
	}
	go b.move()
	return b
}

func (b *bars) move() {
	defer close(b.gone)
	t := time.NewTicker(200 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-b.quit:
			return
		case <-t.C:
			bar, at := b.position()
			if bar != nil { // outside the lock: the bar's own goroutine takes it to draw
				bar.SetCurrent(at)
			}
		}
	}
}

func (b *bars) position() (*mpb.Bar, int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar == nil {
		return nil, 0
	}
	return b.bar, int64(b.now.share() * barSteps)
}

// Notify implements Progress.
func (b *bars) Notify(e bench.Event) {
	switch e.Kind {
	case bench.EventPreflight:
		b.Log("%s", preflightText(e))
	case bench.EventScenario:
		b.begin(e.Scenario)
	default:
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.now != nil {
			b.now.take(e)
		}
	}
}

func (b *bars) begin(scenario string) {
	b.finish(true)
	now := newCounts(b.plan, scenario)
	bar := b.container.AddBar(barSteps,
		mpb.PrependDecorators(decor.Name(scenario, decor.WC{C: decor.DindentRight | decor.DextraSpace, W: 18})),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return b.status(now) })))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar, b.now = bar, now
}

// status is what stands beside a scenario's bar.
func (b *bars) status(c *counts) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c != b.now || b.bar == nil {
		return " " + c.text()
	}
	return fmt.Sprintf(" %s  %s  %s left", c.text(), c.engine, c.left().Round(time.Second))
}

// finish ends the bar under way: filled where its scenario is over, left as it
// stands where it was cut short.
func (b *bars) finish(whole bool) {
	b.mu.Lock()
	bar := b.bar
	b.bar = nil
	b.mu.Unlock()
	if bar == nil {
		return
	}
	if whole {
		bar.SetCurrent(barSteps)
	} else {
		bar.Abort(false)
	}
	bar.Wait()
}

// Log implements Progress: the line goes above the bars.
func (b *bars) Log(format string, args ...any) {
	_, _ = fmt.Fprintf(b.container, format+"\n", args...) // as for lines
}

// Close implements Progress.
func (b *bars) Close(whole bool) {
	close(b.quit)
	<-b.gone
	b.finish(whole)
	b.container.Wait()
}
