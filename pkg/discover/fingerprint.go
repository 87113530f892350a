package discover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// healthRounds is how often the health endpoint is asked; the shortest round
// trip counts.
const healthRounds = 3

// fingerprint asks an endpoint what it is and how it is, and keeps the answer.
func (r *rung) fingerprint(ctx context.Context, g *getter, guess engine.Kind) *failure {
	address := r.answer.address
	r.answer = answer{address: address}
	protocol, identity, err := engine.Fingerprint(ctx, g)
	switch {
	case err == nil:
		r.answer.identity = identity
	case errors.Is(err, engine.ErrUnauthorized) && g.page == 0:
		r.answer.wantsToken = true
		r.answer.identity.Kind = guess
		if protocol, err = engine.ByKind(guess); err != nil {
			return nil // of no known kind, and its health unknown
		}
	default:
		return whyFailed(g, err)
	}
	r.health(ctx, g, protocol.HealthPath())
	return nil
}

// health asks the engine's health endpoint several times over a connection
// that is kept. A way that does not publish it is judged by the fingerprint.
func (r *rung) health(ctx context.Context, g *getter, path string) {
	var least time.Duration
	for range healthRounds {
		status, _, _, err := g.Get(ctx, path)
		switch {
		case err != nil:
			if !r.answer.healthy {
				r.answer.health = path + ": " + reasonOf(err)
			}
			return
		case status == http.StatusOK:
			r.answer.healthy = true
		case status == http.StatusNotFound && !r.answer.wantsToken:
			r.answer.healthy = true
			r.answer.health = path + " is not published here, so its health is judged by its other answers"
		default:
			r.answer.healthy, r.answer.health = false, fmt.Sprintf("%s answered HTTP %d", path, status)
		}
		if g.reused && (least == 0 || g.last < least) {
			least = g.last
			r.answer.rtt = record.Some(float64(least) / float64(time.Millisecond))
		}
	}
}
