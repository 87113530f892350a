package ui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
)

// redraws is how often a second the live view is drawn.
const redraws = 4

// live is Progress on a terminal: a few lines that are drawn again and again
// below what scrolls by. It draws where the cursor stands and not on a screen of
// its own, so that warnings and the closing tables stay in the scrollback.
type live struct {
	options ProgressOptions
	board   *board
	program *tea.Program
	quit    chan struct{}
	gone    chan struct{}
	leaving sync.Once
	closing sync.Once
	unwatch func() bool
	width   atomic.Int64 // of the terminal, 0 until it is known

	mu      sync.Mutex
	waiting []string // lines that are to stay
	// over says that the terminal has been given back: lines are written as
	// they come, by instead where the view broke.
	over    bool
	instead *lines
}

func newLive(ctx context.Context, o ProgressOptions, b *board) *live {
	l := &live{options: o, board: b, quit: make(chan struct{}), gone: make(chan struct{})}
	l.program = tea.NewProgram(&screen{live: l, now: b.read(), canvas: canvas{width: 80, height: 24, colour: o.Colour}},
		tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithFPS(redraws),
		tea.WithColorProfile(colorprofile.ANSI), // colours are in the text, or they are not
		tea.WithoutSignalHandler())              // signals are the program's
	l.unwatch = context.AfterFunc(ctx, l.leave)
	drawn := make(chan struct{})
	go l.drive(drawn)
	go l.run(drawn)
	return l
}

// drive feeds the view, and is the only one who does.
func (l *live) drive(drawn chan<- struct{}) {
	defer close(drawn)
	t := time.NewTicker(time.Second / redraws)
	defer t.Stop()
	for {
		select {
		case <-l.quit:
			l.program.Send(endMsg{})
			return
		case <-t.C:
			l.program.Send(readMsg(l.board.read()))
			for _, text := range l.stay() {
				l.program.Send(tea.Println(l.wrapped(text))())
			}
		}
	}
}

// wrapped breaks a line at words, where the terminal would break it anywhere.
func (l *live) wrapped(text string) string {
	if width := int(l.width.Load()); width > 0 {
		return ansi.Wrap(text, width, "")
	}
	return text
}

// stay hands over the lines that wait.
func (l *live) stay() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.waiting
	l.waiting = nil
	return all
}

// run shows the view until it ends. Where it breaks, lines take its place.
func (l *live) run(drawn <-chan struct{}) {
	defer close(l.gone)
	_, err := l.program.Run()
	l.leave()
	<-drawn
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	for _, text := range l.waiting {
		l.write(text)
	}
	l.waiting = nil
	if err != nil {
		l.write(fmt.Sprintf("the live view broke, a line every %s takes its place: %v", lineInterval, err))
		l.instead = newLines(l.options.Out, l.board, lineInterval)
	}
}

// leave lets the view end. It waits for nothing.
func (l *live) leave() { l.leaving.Do(func() { close(l.quit) }) }

func (l *live) write(text string) { _, _ = fmt.Fprintln(l.options.Out, text) } // as for lines

// mostWaiting bounds the lines that wait for a terminal.
const mostWaiting = 10_000

// Notify implements Progress.
func (l *live) Notify(e bench.Event) {
	for _, text := range l.board.take(e) {
		l.line(text)
	}
}

// Log implements Progress: the line goes above the view.
func (l *live) Log(format string, args ...any) { l.line(fmt.Sprintf(format, args...)) }

func (l *live) line(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.instead != nil:
		l.instead.say(text)
	case l.over:
		l.write(text)
	case len(l.waiting) < mostWaiting:
		l.waiting = append(l.waiting, strings.ReplaceAll(text, "\n", " "))
	}
}

// Close implements Progress.
func (l *live) Close(whole bool) {
	l.closing.Do(func() {
		l.unwatch()
		l.leave()
		<-l.gone
		if l.instead != nil {
			l.instead.Close(whole)
			return
		}
		if whole {
			for _, text := range l.board.close() {
				l.line(text)
			}
		}
	})
}
