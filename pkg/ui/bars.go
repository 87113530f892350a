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
	now counts
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
			b.mu.Lock()
			bar, at := b.bar, int64(b.now.share()*barSteps)
			b.mu.Unlock()
			if bar != nil { // outside the lock: the bar's own goroutine takes it to draw
				bar.SetCurrent(at)
			}
		}
	}
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
		b.now.take(e)
		b.mu.Unlock()
	}
}

func (b *bars) begin(scenario string) {
	b.finish(true)
	bar := b.container.AddBar(barSteps,
		mpb.PrependDecorators(decor.Name(scenario, decor.WC{C: decor.DindentRight | decor.DextraSpace, W: 18})),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return b.status() })))
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar, b.now = bar, counts{begun: time.Now(), expected: expectedTime(b.plan, scenario)}
}

func (b *bars) status() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now.begun.IsZero() {
		return ""
	}
	left := b.now.expected - time.Since(b.now.begun)
	text := fmt.Sprintf(" %s  %s", b.now.text(), b.now.engine)
	if left > 0 {
		text += fmt.Sprintf("  %s left", left.Round(time.Second))
	}
	return text
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
