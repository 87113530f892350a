package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// maxRefusal bounds what is read of a response that is no stream.
const maxRefusal = 64 << 10

// exchange is one request and its response. An exchange may be used again
// for another request, but not concurrently.
type exchange struct {
	target   *Target
	timeouts Timeouts
	tally    tally
	decoder  engine.Decoder
	timing   wire.Timing
	live     liveCounter
	bounds   plausible
	// onFirst, where set, is told when the first token arrived.
	onFirst func(at time.Time)
	// retryAfter is what a refusal asked for, 0 where it did not.
	retryAfter time.Duration
	// transcript is the answer's frames, kept only where the text is wanted.
	keepText   bool
	transcript transcript
}

// outcome is how an exchange ended.
type outcome struct {
	status record.Status
	err    *record.SampleError
	done   time.Time
}

// do sends one call and follows its stream to the end. Frames are stamped by
// the wire before they are decoded here.
func (x *exchange) do(parent context.Context, call engine.Call, requestID string, keepArrivals bool) outcome {
	x.tally.reset(keepArrivals)
	x.timing, x.retryAfter = wire.Timing{}, 0
	x.transcript.reset()
	x.bounds = boundsOf(call)
	x.decoder = x.target.Protocol.NewDecoder(x.target.API)

	ctx, w := startWatch(parent, x.timeouts)
	defer w.stop()
	stream, out := x.open(ctx, call, requestID)
	if stream == nil {
		return out
	}
	defer stream.Close() //nolint:errcheck // everything of interest was read
	err := x.follow(stream, w)
	return x.judge(ctx, stream, err)
}

// open sends the request and returns the stream of its answer, or the
// outcome where there is none to read.
func (x *exchange) open(ctx context.Context, call engine.Call, requestID string) (*wire.Stream, outcome) {
	ask, err := x.target.Protocol.Encode(call)
	if err != nil {
		return nil, fail(record.StatusMalformed, "send", "cannot put the request into the engine's words: "+err.Error())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, x.target.url(ask.Path), bytes.NewReader(ask.Body))
	if err != nil {
		return nil, fail(record.StatusMalformed, "send", err.Error())
	}
	setHeaders(req, ask.Accept, requestID)
	stream, err := x.target.measured.Stream(req)
	if err != nil {
		return nil, x.transportFailure(ctx, err)
	}
	x.timing = stream.Timing
	if out, refused := x.refused(stream); refused {
		stream.Close() //nolint:errcheck // the answer was read
		return nil, out
	}
	return stream, outcome{}
}

func (x *exchange) transportFailure(ctx context.Context, err error) outcome {
	phase := "connect"
	var we *wire.Error
	if errors.As(err, &we) {
		x.timing, phase = we.Timing, we.Phase
	}
	return fail(classify(ctx, err, phase), phase, err.Error())
}

// refused tells a response that holds no stream: another status than 200, a
// page, or a compressed body that nobody asked for.
func (x *exchange) refused(s *wire.Stream) (outcome, bool) {
	media := strings.ToLower(s.Header.Get("Content-Type"))
	encoding := s.Header.Get("Content-Encoding")
	switch {
	case s.Status >= 300 && s.Status < 400:
		out := fail(record.StatusMalformed, "headers", fmt.Sprintf("the endpoint redirects (HTTP %d) to %s", s.Status, printable(s.Header.Get("Location"))))
		out.err.HTTPStatus = s.Status
		return out, true
	case s.Status != http.StatusOK:
		body, _ := io.ReadAll(io.LimitReader(s, maxRefusal)) //nolint:errcheck // a part of the reason is better than none
		f := x.target.Protocol.Refusal(s.Status, body)
		out := fail(f.Class, "headers", fmt.Sprintf("HTTP %d: %s", s.Status, f.Message))
		out.err.HTTPStatus = s.Status
		x.retryAfter = parseRetryAfter(s.Header.Get("Retry-After"), time.Now())
		return out, true
	case strings.HasPrefix(media, "text/html"):
		body, _ := io.ReadAll(io.LimitReader(s, maxRefusal)) //nolint:errcheck // as above
		f := x.target.Protocol.Refusal(s.Status, body)
		return fail(record.StatusMalformed, "headers", "the answer is "+f.Message+", not a stream of tokens"), true
	case encoding != "" && encoding != "identity":
		return fail(record.StatusMalformed, "headers", fmt.Sprintf("the answer is compressed (%s) though no compression was asked for", printable(encoding))), true
	}
	return outcome{}, false
}

// follow reads frames until the stream ends. The error is nil at a clean end.
func (x *exchange) follow(s *wire.Stream, w *watch) error {
	frames := x.frames(s)
	var frame wire.Frame
	for {
		if err := frames.Next(&frame); err != nil {
			if errors.Is(err, io.EOF) {
				return x.strayError(frames)
			}
			return err
		}
		d := x.decoder.Decode(frame.Data)
		if frame.Unterminated && d.Failure != nil && d.Failure.Class == record.StatusMalformed {
			return nil // half a frame: the stream was cut, and judge says so
		}
		x.bounds.frame(&d, x.tally.frames)
		ended := x.tally.ended
		if x.tally.add(&frame, d) {
			s.TokenSeen()
			if x.onFirst != nil {
				x.onFirst(frame.At)
			}
		}
		if d.Token && !ended {
			w.token(frame.At)
			x.live.frame(d.Tokens)
		}
		if x.keepText && !ended {
			x.transcript.add(frame.Data)
		}
		if x.tally.ended && !ended {
			w.ended()
		}
	}
}

func (x *exchange) frames(s *wire.Stream) wire.FrameReader {
	if x.target.Protocol.Framing(x.target.API) == engine.NDJSON {
		return wire.NewNDJSON(s)
	}
	return wire.NewSSE(s)
}

// strayError names a body that had no frame of the protocol in it at all.
func (x *exchange) strayError(frames wire.FrameReader) error {
	stray := frames.Stray()
	if stray == "" || !x.tally.firstEvent.IsZero() {
		return nil
	}
	return &strayError{excerpt: printable(stray)}
}

// strayError is a body that is no stream of the expected kind.
type strayError struct{ excerpt string }

func (e *strayError) Error() string {
	return fmt.Sprintf("the answer is no stream of tokens; it begins %q", e.excerpt)
}
