package simulate

import (
	"context"
	"net/http"
	"time"
)

// plan is a request as its engine's file has read it.
type plan struct {
	ask    ask
	form   form
	stream bool
	// media is the content type of the answer.
	media string
	// headers go with the answer, beside its content type.
	headers [][2]string
	// eager engines send the response's head before the first token.
	eager bool
	// prefix begins a frame, for faults that send half of one.
	prefix string
	// full answers a request that found the engine full.
	full refusal
	// keepAlive is sent whenever a stream has been silent for so long; 0 for never.
	keepAlive time.Duration
	// prepare, where set, runs before the request is queued (a model loads).
	prepare func(context.Context) error
	// release, where set, ends what prepare began.
	release func()
}

// form is how an engine words an answer on one of its routes.
type form interface {
	// open sends what comes before the first token, when that is there.
	open(t *turn)
	// say sends tokens [from, to) of the answer. It is called once with two
	// zeroes for an answer without a token.
	say(t *turn, from, to int)
	// end sends what comes after the last token.
	end(t *turn)
	// fail sends the engine's error in the middle of a stream.
	fail(t *turn)
	// whole is the body of an answer that is not streamed.
	whole(t *turn) string
	// failed is the response to a request that is not streamed and fails.
	failed() refusal
}

// reader reads a request into a plan, or says why not.
type reader func(r *http.Request, body []byte) (*plan, *refusal)

const typeSSE = "text/event-stream"
