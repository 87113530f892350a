package bench

import (
	"context"
	"errors"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// errSkipped ends a scenario that somebody asked to skip.
var errSkipped = errors.New("the scenario was skipped")

// skippable runs a scenario until its end or until Skip names it. What was
// measured of a skipped one stays, in blocks that are marked interrupted, and
// the run goes on.
func (r *runner) skippable(ctx context.Context, s scenario, index int) error {
	own, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for {
			select {
			case name := <-r.Skip:
				if name == s.plan.Name {
					cancel(errSkipped)
				}
			case <-quit:
				return
			}
		}
	}()
	err := s.run(own, r, s, index)
	close(quit)
	<-gone
	if ctx.Err() != nil || !errors.Is(context.Cause(own), errSkipped) {
		return err
	}
	if err != nil { // it may have come to its end all the same
		r.skipped(s.plan.Name)
	}
	return nil
}

func (r *runner) skipped(scenario string) {
	r.Notify(Event{Kind: EventFinding, Scenario: scenario, Finding: &record.Finding{
		ID: "scenario-skipped", Severity: record.SeverityWarn, Subject: scenario,
		Message: "it was skipped while it was under way, so its numbers rest on less than was planned and may not hold every engine",
		Remedy:  "run it again before comparing engines by it",
	}})
}
