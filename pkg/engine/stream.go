package engine

import (
	"maps"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// stream sets the readings of one response against each other: what rose,
// what is finished, what the totals are.
type stream struct {
	totals Totals
	// highest is the largest running count so far; uncounted is set once a
	// frame brought text without one, after which a count is no running count.
	highest   int64
	uncounted bool
	events    int64
	// seen and finished are sets of choices.
	seen, finished uint64
	// ended is set once the protocol has ended the stream: what comes behind
	// that changes no count.
	ended bool
}

// take adds a reading and says what its frame amounts to.
func (s *stream) take(r *reading) Delta {
	d := Delta{Token: r.answer || r.reasoning || r.event, Answer: r.answer, End: r.end, Failure: r.failure}
	if s.ended {
		if r.event {
			d.Tokens = 1
		}
		return d
	}
	s.ended = r.end
	switch {
	case r.event:
		d.Tokens = 1
		s.event()
	case r.choices != 0:
		s.rise(r, &d)
	}
	if r.usage.said() {
		// Gateways send the usage with a choice that is over and has no text.
		s.count(r, r.total || s.over() && !d.Token)
	} else if s.totals.Source == record.TokensEngine && d.Token {
		s.totals.OutputTokens, s.totals.Source = record.Int{}, "" // it was no total: more came
	}
	d.Finish = s.finish(r)
	if r.timings != nil {
		s.time(r.timings)
	}
	return d
}

// event counts a token by its event, as long as the engine gives no total.
func (s *stream) event() {
	s.events++
	if s.totals.Source != record.TokensEngine {
		s.totals.OutputTokens, s.totals.Source = record.Some(s.events), record.TokensEvents
	}
}

// rise finds how many tokens the frame adds to the running count. A frame
// without text is a token too where the count rises: the engine holds an
// unfinished character back, or the token has no text. A count that repeats or
// falls says nothing of its frame; with several choices it is of one choice.
// A usage that first comes after text is a total and no running count.
func (s *stream) rise(r *reading, d *Delta) {
	if !r.usage.said() {
		s.uncounted = s.uncounted || d.Token
		return
	}
	rise := r.usage.output - s.highest
	if rise <= 0 {
		return
	}
	s.highest = r.usage.output
	if !s.uncounted {
		d.Bare = !d.Token
		d.Token, d.Tokens = true, int(rise)
	}
}

// count keeps the last counts that are counts: the engine's total, or the
// running count where the stream breaks off before it.
func (s *stream) count(r *reading, total bool) {
	t := &s.totals
	if r.usage.prompt > 0 {
		t.PromptTokens = record.Some(r.usage.prompt)
	}
	if r.usage.cached.Known() {
		t.CachedTokens = r.usage.cached
	}
	if r.usage.output <= 0 {
		return
	}
	t.OutputTokens, t.Source = record.Some(r.usage.output), record.TokensChunks
	if total {
		t.Source = record.TokensEngine
	}
}

// finish reports the finish marker: of several choices, the one that ends the
// last of those seen so far.
func (s *stream) finish(r *reading) bool {
	if r.finish != "" {
		s.totals.FinishReason = r.finish
	}
	s.seen |= r.choices | r.finished
	s.finished |= r.finished
	return r.finished != 0 && s.over()
}

// over says that every choice seen so far has finished.
func (s *stream) over() bool { return s.seen != 0 && s.seen == s.finished }

func (s *stream) time(timings map[string]float64) {
	if s.totals.Timings == nil {
		s.totals.Timings = make(map[string]float64, len(timings))
	}
	maps.Copy(s.totals.Timings, timings)
}
