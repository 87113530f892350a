package summary

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// What tells a buffered stream: an answer long enough to show it whose frames
// nearly all came in one read, or faster than any engine generates.
const (
	burstFrames      = 8    // shorter answers show nothing
	burstFrameTokens = 16   // an answer in a single frame shows it from here on
	burstShared      = 0.9  // the share of frames that came with the one before
	burstGapMS       = 0.1  // the mean gap between frames: 10,000 a second
	burstAnswers     = 0.5  // the share of answers that must look so
	maxCancelled     = 0.05 // the share of requests that may have been cut off
)

// inOneBurst says whether a successful answer is long enough to show a
// buffered stream, and whether it does.
func inOneBurst(s record.Sample) (shows, burst bool) {
	if s.Frames == 1 {
		shows = s.OutputTokens.Or(0) >= burstFrameTokens
		return shows, shows
	}
	if s.Frames < burstFrames {
		return false, false
	}
	gaps := float64(s.Frames - 1)
	if float64(s.Coalesced) >= burstShared*gaps {
		return true, true
	}
	ttft, started := s.TTFTMS.Get()
	e2e, ended := s.E2EMS.Get()
	return true, started && ended && e2e-ttft < burstGapMS*gaps
}

// resultRow is one engine in one scenario as the rules look at it: its cell and
// the result that came of it.
type resultRow struct {
	c *cell
	e record.EngineResult
	// gapsErr says that a gap histogram could not be read, overTop how many
	// gaps were longer than it can tell.
	gapsErr error
	overTop int64
}

// rules find what a reader of one engine's row in one scenario should know.
// Each returns whether it applies; subject and scenario are filled in for it.
var rules = []func(resultRow) (f record.Finding, applies bool){
	noSuccess, bufferedStream, estimatedTokens, manyCancelled, clientBound, damagedGaps, longGaps,
}

func (v resultRow) findings(scenario string) []record.Finding {
	var found []record.Finding
	for _, rule := range rules {
		if f, applies := rule(v); applies {
			f.Subject, f.Message = v.e.Engine, fmt.Sprintf("in %s: %s", scenario, f.Message)
			found = append(found, f)
		}
	}
	return found
}

func noSuccess(v resultRow) (record.Finding, bool) {
	class, n := mostFrequent(v.e.Errors)
	return record.Finding{
		ID: "no-success", Severity: record.SeverityError,
		Message: fmt.Sprintf("none of %d requests succeeded; %d ended in %s", v.e.Requests, n, class),
		Remedy:  "read the error messages in raw/samples.jsonl, mend the engine or its endpoint, and measure again",
	}, v.e.Failed > 0 && v.e.Succeeded == 0
}

func mostFrequent(errors map[record.Status]int64) (class record.Status, n int64) {
	for _, c := range record.ErrorClasses() {
		if c != record.StatusCancelled && errors[c] > n {
			class, n = c, errors[c]
		}
	}
	return class, n
}

func bufferedStream(v resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "buffered-stream", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d of %d answers came in one burst, so something on the way holds the stream back and TTFT is the time of the whole answer", v.c.bursts, v.c.streams),
		Remedy:  "turn response buffering off in every proxy on the way (nginx: proxy_buffering off), or go around it",
	}, v.c.streams > 0 && float64(v.c.bursts) >= burstAnswers*float64(v.c.streams)
}

func estimatedTokens(v resultRow) (record.Finding, bool) {
	n := v.e.TokenSources[record.TokensEstimated]
	return record.Finding{
		ID: "estimated-tokens", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("the engine did not count the tokens of %d of %d answers; one a frame was assumed", n, v.e.Succeeded),
		Remedy:  "take TPOT and tokens/s as approximate, or make the engine report usage",
	}, n > 0
}

func manyCancelled(v resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "cancelled-requests", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d of %d requests were cut off before they ended; the slowest are the likeliest, so percentiles look better than they are", v.c.cancelled, v.e.Requests),
		Remedy:  "let the run come to its end, or measure for longer",
	}, float64(v.c.cancelled) > maxCancelled*float64(v.e.Requests)
}

func clientBound(v resultRow) (record.Finding, bool) {
	if v.e.Client == nil || v.e.Client.Verdict != record.ClientBound {
		return record.Finding{}, false
	}
	return record.Finding{
		ID: "client-bound", Severity: record.SeverityWarn, Message: strings.Join(v.e.Client.Reasons, "; "),
		Remedy: "these numbers may be the client's own: measure from a machine with more idle processors, or with fewer users at once",
	}, true
}

func damagedGaps(v resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "gap-histogram", Severity: record.SeverityError,
		Message: fmt.Sprintf("gaps and ITL are left out: %v", v.gapsErr),
		Remedy:  "raw/blocks.jsonl is damaged or was written by another program; measure again",
	}, v.gapsErr != nil
}

func longGaps(v resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "gap-over-an-hour", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d gaps between frames were longer than an hour and count as an hour", v.overTop),
		Remedy:  "lower timeouts.stall_seconds, so that a stream that stands still is a failure",
	}, v.overTop > 0
}
