package bench

import (
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// ticket is what a sample must know beside its exchange.
type ticket struct {
	requestID string
	scenario  string
	phase     record.Phase
	seq       int64
	attempt   int
	scheduled time.Time
}

// sample turns an exchange and its outcome into a record. Times count from
// start, the run's own; what did not happen stays absent.
func (x *exchange) sample(start time.Time, tk ticket, out outcome) record.Sample {
	t, sent := &x.tally, x.timing.Sent
	s := record.Sample{
		RequestID: tk.requestID, Engine: x.target.Name, Endpoint: x.target.Info.Endpoint,
		Scenario: tk.scenario, Phase: tk.phase, Seq: tk.seq, Attempt: tk.attempt,
		ScheduledMS: since(start, tk.scheduled), SentMS: since(start, sent), QueueMS: since(tk.scheduled, sent),
		TTFTMS: since(sent, t.firstToken), TTFAMS: since(sent, t.firstAnswer),
		FirstEventMS: since(sent, t.firstEvent), E2EMS: since(sent, t.lastToken),
		Frames: t.frames, FramesAfterFinish: t.afterFinish, FramesAfterEnd: t.afterEnd,
		Coalesced: t.coalesced, Status: out.status, Error: out.err,
	}
	if !sent.IsZero() {
		s.ConnectMS = record.Some(millis(x.timing.DNS + x.timing.Dial + x.timing.TLS))
	}
	if t.frames > 1 {
		s.MaxStallMS = record.Some(millis(t.maxStall))
	}
	x.counts(&s)
	if t.frames > 0 {
		s.Clock = record.ClockKernel
		if t.userStamped {
			s.Clock = record.ClockUser
		}
	}
	for _, at := range t.arrivals {
		s.FramesMS = append(s.FramesMS, millis(at.Sub(sent)))
	}
	return s
}

func (x *exchange) counts(s *record.Sample) {
	totals := x.decoder.Totals()
	x.bounds.totals(&totals, x.tally.frames)
	s.PromptTokens, s.CachedTokens = totals.PromptTokens, totals.CachedTokens
	s.OutputTokens, s.TokenSource = x.tally.outputTokens(totals)
	s.EngineTimings = totals.Timings
	if n, known := s.OutputTokens.Get(); known {
		s.TPOTMS = x.tally.tpot(n)
	}
}
