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
	groupShared      = 0.5  // the share of frames that came with the one before, of a stream in groups
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

// buffered says that something on the way holds the streams of a cell back.
func (c *cell) buffered() bool {
	return c.streams > 0 && float64(c.bursts) >= burstAnswers*float64(c.streams)
}

// resultRow is one engine in one scenario as the rules look at it: its cell and
// the result that came of it.
type resultRow struct {
	c    *cell
	e    record.EngineResult
	info record.EngineInfo
	// framesPerS is the mean rate of frames over a load's windows, 0 elsewhere.
	framesPerS float64
	// gapsErr says that a gap histogram could not be read, overTop how many
	// gaps were longer than it can tell.
	gapsErr error
	overTop int64
	// open is how an open loop went, nil where the load was none.
	open *openLoad
	// check is how the engine's own account compares with ours.
	check crossCheck
}

// rules find what a reader of one engine's row in one scenario should know.
// Each returns whether it applies; subject and scenario are filled in for it.
var rules = []func(resultRow) (f record.Finding, applies bool){
	noSuccess, bufferedStream, groupedFrames, estimatedTokens, manyCancelled, clientBound, droppedArrivals, loadNotReached, tunnelBound, damagedGaps, longGaps,
	foreignTraffic, serverCountsLess, serverResidual, engineRestarted,
	lengthsMissed, outputNotForced,
}

func (r resultRow) findings(scenario string) []record.Finding {
	var found []record.Finding
	for _, rule := range rules {
		if f, applies := rule(r); applies {
			f.Subject, f.Message = r.e.Engine, fmt.Sprintf("in %s: %s", scenario, f.Message)
			found = append(found, f)
		}
	}
	return found
}

func noSuccess(r resultRow) (record.Finding, bool) {
	class, n := mostFrequent(r.e.Errors)
	return record.Finding{
		ID: "no-success", Severity: record.SeverityError,
		Message: fmt.Sprintf("none of %d requests succeeded; %d ended in %s", r.e.Requests, n, class),
		Remedy:  "read the error messages in raw/samples.jsonl, mend the engine or its endpoint, and measure again",
	}, r.e.Failed > 0 && r.e.Succeeded == 0
}

func mostFrequent(errors map[record.Status]int64) (class record.Status, n int64) {
	for _, c := range record.ErrorClasses() {
		if c != record.StatusCancelled && errors[c] > n {
			class, n = c, errors[c]
		}
	}
	return class, n
}

func bufferedStream(r resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "buffered-stream", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d of %d answers came in bursts, so something on the way holds the stream back and TTFT is the time of the first burst", r.c.bursts, r.c.streams),
		Remedy:  "turn response buffering off in every proxy on the way (nginx: proxy_buffering off; HAProxy, as a Route without TLS: option http-no-delay, or TLS), or go around it",
	}, r.c.buffered()
}

// groupedFrames finds streams that come in several groups: held back for a moment
// at a time, as HAProxy does it with the answers of slow engines, or sent so by the
// engine, as after several steps at once; or read late by this client. Which of them
// it is cannot be seen.
func groupedFrames(r resultRow) (record.Finding, bool) {
	busy := r.e.Client != nil && r.e.Client.Verdict == record.ClientBound
	return record.Finding{
		ID: "grouped-frames", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d of %d frames came together with the one before, so gaps between tokens are not the engine's steps, and the first token may be late by as long as a group is collected", r.c.together, r.c.between),
		Remedy:  "go around what collects small pieces on the way (HAProxy without http-no-delay, as a Route without TLS), see whether the engine itself sends several steps at once, or measure from a machine with more idle processors",
	}, !busy && !r.c.buffered() && r.c.between > 0 && float64(r.c.together) >= groupShared*float64(r.c.between)
}

func estimatedTokens(r resultRow) (record.Finding, bool) {
	n := r.e.TokenSources[record.TokensEstimated]
	return record.Finding{
		ID: "estimated-tokens", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("the engine did not count the tokens of %d of %d answers; one a frame was assumed", n, r.e.Succeeded),
		Remedy:  "take TPOT and tokens/s as approximate, or make the engine report usage",
	}, n > 0
}

func manyCancelled(r resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "cancelled-requests", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d of %d requests were cut off before they ended; the slowest are the likeliest, so percentiles look better than they are", r.c.cancelled, r.e.Requests),
		Remedy:  "let the run come to its end, or measure for longer",
	}, float64(r.c.cancelled) > maxCancelled*float64(r.e.Requests)
}

func clientBound(r resultRow) (record.Finding, bool) {
	if r.e.Client == nil || r.e.Client.Verdict != record.ClientBound {
		return record.Finding{}, false
	}
	return record.Finding{
		ID: "client-bound", Severity: record.SeverityWarn, Message: strings.Join(r.e.Client.Reasons, "; "),
		Remedy: "these numbers may be the client's own: measure from a machine with more idle processors, or with fewer users at once",
	}, true
}

// tunnelBound finds a load that sent more through a port-forward than the
// tunnel was seen to carry. A round trip is a message each way, a frame one.
func tunnelBound(r resultRow) (record.Finding, bool) {
	if r.info.Tunnel == nil {
		return record.Finding{}, false
	}
	carried, known := r.info.Tunnel.RoundTripsPerS.Get()
	return record.Finding{
		ID: "tunnel-capacity", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%.0f frames a second came through a port-forward that was seen to carry %.0f round trips a second, so the tunnel may be what was measured", r.framesPerS, carried),
		Remedy:  "measure from inside the cluster with --in-cluster, expose the engine with a Route or an Ingress, or lower the load",
	}, known && r.framesPerS > carried
}

func damagedGaps(r resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "gap-histogram", Severity: record.SeverityError,
		Message: fmt.Sprintf("gaps and ITL are left out: %v", r.gapsErr),
		Remedy:  "raw/blocks.jsonl is damaged or was written by another program; measure again",
	}, r.gapsErr != nil
}

func longGaps(r resultRow) (record.Finding, bool) {
	return record.Finding{
		ID: "gap-over-an-hour", Severity: record.SeverityWarn,
		Message: fmt.Sprintf("%d gaps between frames were longer than an hour and count as an hour", r.overTop),
		Remedy:  "lower timeouts.stall_seconds, so that a stream that stands still is a failure",
	}, r.overTop > 0
}
