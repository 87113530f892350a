package ui

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// lines is Progress where nothing may move: a pipe or a log.
type lines struct {
	board *board
	mu    sync.Mutex
	w     io.Writer
	quit  chan struct{}
	gone  chan struct{}
	once  sync.Once
}

func newLines(w io.Writer, b *board, every time.Duration) *lines {
	l := &lines{board: b, w: w, quit: make(chan struct{}), gone: make(chan struct{})}
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
			if r := l.board.read(); r.number > 0 {
				l.say(readingText(r))
			}
		}
	}
}

// say writes lines, each with the time of day.
func (l *lines) say(all ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range all {
		_, _ = fmt.Fprintf(l.w, "%s %s\n", time.Now().Format(time.TimeOnly), text) // progress that nobody can read stops nothing
	}
}

// Notify implements Progress.
func (l *lines) Notify(e bench.Event) { l.say(l.board.take(e)...) }

// Log implements Progress.
func (l *lines) Log(format string, args ...any) { l.say(fmt.Sprintf(format, args...)) }

// Close implements Progress.
func (l *lines) Close(whole bool) {
	l.once.Do(func() {
		close(l.quit)
		<-l.gone
		if whole {
			l.say(l.board.close()...)
		}
	})
}

// readingText is a reading in one line.
func readingText(r reading) string {
	parts := make([]string, 0, len(r.engines))
	for _, e := range r.engines {
		if e.state != stateAbsent {
			parts = append(parts, engineText(e))
		}
	}
	share := ""
	if !r.searches() {
		share = fmt.Sprintf(" %d%%", int(r.share*100))
	}
	return fmt.Sprintf("%s%s: %s; %s", Printable(r.scenario.Name), share, strings.Join(parts, "; "), leftText(r))
}

// searches says that the scenario ends when something is found, which nobody knows
// before.
func (r reading) searches() bool { return r.scenario.Kind == record.KindCapacity }

// leftText says how long the run will take, as far as that is known: how long last
// answers do is not.
func leftText(r reading) string {
	switch {
	case r.searches():
		return "searching"
	case r.left <= 0:
		return "longer than expected"
	}
	return "about " + shortly(r.left) + " left"
}

func engineText(e engineReading) string {
	name := Printable(e.name)
	if e.done == 0 && e.state != stateActive {
		return name + " " + string(e.state)
	}
	text := fmt.Sprintf("%s %d done", name, e.done)
	if v, known := e.ttft50.value.Get(); known {
		text += fmt.Sprintf(", ttft p50 %s", msText(v))
	}
	if v, known := e.ttft95.value.Get(); known {
		text += fmt.Sprintf(", p95 %s", msText(v))
	}
	if v, known := e.tokensPerS.Get(); known {
		text += fmt.Sprintf(", %s tokens/s", number(record.Some(v)))
	}
	if v, known := e.inFlight.Get(); known && e.state == stateActive {
		text += fmt.Sprintf(", %d in flight", v)
	}
	text += fmt.Sprintf(", %d failed", e.failed)
	if failed := classes(e.errors); failed != "" {
		text += " (" + failed + ")"
	}
	if e.dropped > 0 {
		text += fmt.Sprintf(", %d dropped", e.dropped)
	}
	return text
}

func msText(v float64) string { return number(record.Some(v)) + " ms" }
