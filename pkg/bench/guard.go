package bench

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// failurePause is how long a user waits after a request that failed, so that
// an engine which refuses at once is not asked thousands of times a second.
const failurePause = 250 * time.Millisecond

// The failures in a row after which an engine is given up for a scenario: of
// single requests, and for each user of a load. An open loop goes on asking
// while an engine restarts, so what is given up there is one that has failed
// for as long as patience.
const (
	mostFailuresInTurn  = 5
	mostFailuresPerUser = 3
	patience            = 10 * time.Second
)

// errGivenUp ends a block whose engine fails every request.
var errGivenUp = errors.New("the engine fails every request")

// guard counts the failures in a row of one engine in one scenario.
type guard struct {
	most int64
	row  atomic.Int64
	rate errorRate
	gone atomic.Bool // the engine was given up
}

func (r *runner) newGuard(most int) *guard {
	return &guard{most: int64(most), rate: errorRate{most: r.MaxErrorRate}}
}

// note takes a request's outcome and reports whether it was the failure that
// makes the engine be given up. A cancelled request says nothing of the engine.
func (g *guard) note(s record.Status) (givenUp bool) {
	switch s {
	case record.StatusOK:
		g.row.Store(0)
		return g.rate.note(false) && !g.gone.Swap(true)
	case record.StatusCancelled:
		return false
	default:
		inRow, over := g.row.Add(1) == g.most, g.rate.note(true)
		return (inRow || over) && !g.gone.Swap(true)
	}
}

// dropped takes a request that was due and not sent, because as many as may be
// were under way: an engine that cannot keep up hurts those it serves as well.
func (g *guard) dropped() (givenUp bool) { return g.rate.note(true) && !g.gone.Swap(true) }

// giveUp says that an engine is left out of the rest of a scenario.
func (r *runner) giveUp(t *Target, scenario string, g *guard, last record.Sample) {
	message := fmt.Sprintf("%d requests in a row failed in scenario %q (%s), so the rest of it was not asked of %s", g.most, scenario, last.Status, t.Name)
	if bad, of, over := g.rate.share(); over {
		message = fmt.Sprintf("%d of the last %d requests failed or could not be sent in scenario %q, more than the share of %g that --max-error-rate bears, so the rest of it was not asked of %s",
			bad, of, scenario, r.MaxErrorRate, t.Name)
	}
	why, advice := apart(last, t)
	if why != "" {
		message += ": " + why
	}
	r.Notify(Event{Kind: EventFinding, Scenario: scenario, Engine: t.Name, Finding: &record.Finding{
		ID: "engine-given-up", Severity: record.SeverityError, Subject: t.Name, Message: message, Remedy: advice,
	}})
}
