package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Barrier lets the clients of a divided load begin each block together.
type Barrier interface {
	// Begin returns at the instant at which every client begins the block. Its
	// error is that of ctx, or says that the others cannot be waited for.
	Begin(ctx context.Context, block string) error
	// End tells that nothing of the block is under way here any more, and where
	// everybody is true returns once that holds for every client.
	End(ctx context.Context, block string, everybody bool)
}

// begin waits for the other clients.
func (r *runner) begin(ctx context.Context, block string) error {
	if r.Barrier == nil {
		return nil
	}
	return r.Barrier.Begin(ctx, block)
}

// end tells the other clients. The one that reads the engines' metrics waits
// for them: a reading while they still send would miss what they were sent.
func (r *runner) end(ctx context.Context, block string) {
	if r.Barrier != nil {
		r.Barrier.End(ctx, block, r.leads())
	}
}

// leads says whether this client is the one that does what only one may: it
// sends the requests that go out one at a time, and reads engines' metrics.
func (r *runner) leads() bool { return r.Part.Index == 0 }

// emptyPart says whether nothing of a load is sent here.
func (r *runner) emptyPart(users int) bool { return r.Part.Share(users) == 0 }

// untilNow is an instant, or now where that is sooner.
func untilNow(to time.Time) time.Time {
	if now := time.Now(); now.Before(to) {
		return now
	}
	return to
}

// ownID is a block's ID among those of all clients.
func (r *runner) ownID(block string) string {
	if !r.Part.Shared() {
		return block
	}
	return fmt.Sprintf("%s-w%d", block, r.Part.Index)
}

// worker is this client's number in results.
func (r *runner) worker() record.Int {
	if !r.Part.Shared() {
		return record.Int{}
	}
	return record.Some(int64(r.Part.Index))
}
