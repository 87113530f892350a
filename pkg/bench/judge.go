package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// maxQuote bounds what a message quotes of an engine's answer, in runes.
const maxQuote = 200

func fail(status record.Status, phase, message string) outcome {
	return outcome{status: status, done: time.Now(), err: &record.SampleError{Message: message, Phase: phase}}
}

// judge gives a finished stream its one status. Only the engine's finish
// marker together with at least one token is success; an HTTP 200 is not.
func (x *exchange) judge(ctx context.Context, s *wire.Stream, err error) outcome {
	t := &x.tally
	phase := "stream"
	if t.frames == 0 {
		phase = "first_token"
	}
	var out outcome
	switch {
	case t.failure != nil:
		out = fail(t.failure.Class, phase, failureText(t.failure))
	case t.finished && t.frames > 0:
		return outcome{status: record.StatusOK, done: time.Now()}
	case err != nil:
		out = fail(classify(ctx, err, phase), phase, describe(ctx, err, t))
	case t.finished:
		out = fail(record.StatusEmpty, phase, "the engine finished without a single token")
	case t.frames == 0 && !streams(s.Header.Get("Content-Type")):
		out = fail(record.StatusMalformed, phase, fmt.Sprintf("the answer (%s) holds no token of a stream", printable(s.Header.Get("Content-Type"))))
	default:
		out = fail(record.StatusTruncated, phase, fmt.Sprintf("the stream ended after %d frames without the engine's finish marker", t.frames))
	}
	out.err.HTTPStatus = s.Status
	return out
}

// streams says whether a media type is one that engines stream in.
func streams(media string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(media), ";")
	switch strings.TrimSpace(kind) {
	case "text/event-stream", "application/x-ndjson", "application/ndjson", "":
		return true
	}
	return false
}

func failureText(f *engine.Failure) string {
	message := printable(f.Message)
	switch {
	case f.Class == record.StatusMalformed:
		return message
	case f.Type == "":
		return "the engine put an error into its stream: " + message
	}
	return fmt.Sprintf("the engine put an error into its stream: %s (%s)", message, printable(f.Type))
}

// classify finds the class of an error of the transport or of a reader. A
// cause set by the watch outranks what the cancelled read reports.
func classify(ctx context.Context, err error, phase string) record.Status {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errFirstToken) && phase == "connect":
		return record.StatusTimeoutConnect
	case errors.Is(cause, errFirstToken):
		return record.StatusTimeoutFirstToken
	case errors.Is(cause, errStall):
		return record.StatusTimeoutStall
	case errors.Is(cause, errTotal):
		return record.StatusTimeoutTotal
	case cause != nil && !errors.Is(cause, errEnded):
		return record.StatusCancelled
	}
	var tooLong *wire.FrameTooLongError
	var stray *strayError
	if errors.As(err, &tooLong) || errors.As(err, &stray) {
		return record.StatusMalformed
	}
	var we *wire.Error
	if errors.As(err, &we) {
		return we.Class
	}
	return wire.Classify(err)
}

func describe(ctx context.Context, err error, t *tally) string {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(cause, errStall):
		return fmt.Sprintf("%v after %d token frames", cause, t.frames)
	case cause != nil:
		return cause.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the connection ended within the answer, after %d token frames", t.frames)
	}
	return err.Error()
}

// printable makes engine text fit for a message: control characters gone,
// length bounded in runes.
func printable(s string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(clean); len(runes) > maxQuote {
		clean = string(runes[:maxQuote]) + "…"
	}
	return strings.TrimSpace(clean)
}

// parseRetryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3).
func parseRetryAfter(value string, now time.Time) time.Duration {
	s, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32)
	switch {
	case errors.Is(err, strconv.ErrRange) && s > 0:
		return math.MaxInt64
	case err == nil && s > 0:
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
