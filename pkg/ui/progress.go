package ui

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Progress follows a run for a person who waits.
type Progress interface {
	// Notify takes the run's events; it may be called from many goroutines, and
	// never waits for a terminal.
	Notify(bench.Event)
	// Log writes a line that stays.
	Log(format string, args ...any)
	// Close ends the display and gives the terminal back; whole says that the
	// run reached its end. A second call does nothing.
	Close(whole bool)
}

// ProgressOptions say what is followed and how it is shown.
type ProgressOptions struct {
	// Name is the run's, Plan what it intends.
	Name string
	Plan record.Plan
	// Out is drawn on, In brings the keys; a live view needs terminals as both.
	Out io.Writer
	In  io.Reader
	// Live asks for the view that is drawn again and again; without it there is
	// a line now and then.
	Live   bool
	Colour Colour
	// Counter counts what goes on between the ends of requests, nil where
	// nothing does.
	Counter Counter
	// Skip asks for the end of a scenario and says whether it was heard. Stop
	// ends the run as an interrupt does. Either may be nil.
	Skip func(scenario string) bool
	Stop func()
}

// Count is what one engine does in one scenario at this moment.
type Count struct {
	Engine, Scenario string
	// InFlight is how many requests are under way. Tokens, Done and Failed only
	// grow while their scenario lasts.
	InFlight, Tokens, Done, Failed int64
}

// Counter gives the counts of every engine that a scenario has asked so far.
type Counter interface{ Read() []Count }

// NewProgress returns a live view where one is asked for, and elsewhere lines.
// When ctx ends the view gives the terminal back, so that a second interrupt
// reaches the program.
func NewProgress(ctx context.Context, o ProgressOptions) Progress {
	b := newBoard(o.Plan, o.Counter)
	if o.Live {
		return newLive(ctx, o, b)
	}
	return newLines(o.Out, b, lineInterval)
}

// lineInterval is how often progress is said where there is no terminal.
const lineInterval = 10 * time.Second

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
