package bench

import (
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// tally follows one response frame by frame and keeps the stamps that its
// sample is made of. Adding a frame allocates nothing once the slices have grown.
type tally struct {
	firstEvent, firstToken, firstAnswer, lastToken time.Time

	frames, coalesced int64
	userStamped       bool
	// firstTokens is how many tokens the first token-bearing frame carried,
	// 0 where it did not say; counted is false once any frame did not say.
	firstTokens int
	uncounted   bool
	maxStall    time.Duration

	gaps []gap
	// arrivals are kept only where frames are recorded.
	keepArrivals bool
	arrivals     []time.Time

	finished, ended bool
	failure         *engine.Failure
	// afterFinish are frames with text behind the finish marker, which count as
	// the others do; afterEnd are those behind the end of the stream, which do not.
	afterFinish, afterEnd int64
}

// gap is the time between two token-bearing frames and the tokens of the
// second, 0 where it did not say.
type gap struct {
	length time.Duration
	tokens int
}

func (t *tally) reset(keepArrivals bool) {
	*t = tally{gaps: t.gaps[:0], arrivals: t.arrivals[:0], keepArrivals: keepArrivals}
}

// add takes one frame. It reports whether the frame was the first token.
func (t *tally) add(f *wire.Frame, d engine.Delta) (first bool) {
	if t.firstEvent.IsZero() {
		t.firstEvent = f.At
	}
	switch {
	case d.Token && !t.ended:
		if t.finished && !d.Bare {
			t.afterFinish++
		}
		first = t.token(f, d)
	case d.Token && !d.End: // one that ends the stream again is the last frame, sent twice
		t.afterEnd++
	}
	t.finished = t.finished || d.Finish
	t.ended = t.ended || d.End
	if d.Failure != nil && t.failure == nil {
		t.failure = d.Failure
	}
	return first
}

func (t *tally) token(f *wire.Frame, d engine.Delta) (first bool) {
	first = t.frames == 0
	if first {
		t.firstToken, t.firstTokens = f.At, d.Tokens
	} else {
		t.between(f, d)
	}
	if d.Answer && t.firstAnswer.IsZero() {
		t.firstAnswer = f.At
	}
	t.frames++
	t.lastToken = f.At
	t.userStamped = t.userStamped || !f.Kernel
	t.uncounted = t.uncounted || d.Tokens == 0
	if t.keepArrivals {
		t.arrivals = append(t.arrivals, f.At)
	}
	return first
}

func (t *tally) between(f *wire.Frame, d engine.Delta) {
	length := f.At.Sub(t.lastToken)
	t.gaps = append(t.gaps, gap{length: length, tokens: d.Tokens})
	t.maxStall = max(t.maxStall, length)
	if f.Coalesced {
		t.coalesced++
	}
}

// outputTokens is how many tokens came and who says so: the engine where it
// counted, else one a frame.
func (t *tally) outputTokens(totals engine.Totals) (record.Int, record.TokenSource) {
	if totals.OutputTokens.Known() && totals.Source != "" {
		return totals.OutputTokens, totals.Source
	}
	if t.frames == 0 {
		return record.Int{}, ""
	}
	return record.Some(t.frames), record.TokensEstimated
}

// tpot is the time per output token after the first frame, as
// (last - first) / (n - k) with k the tokens of the first frame.
func (t *tally) tpot(n int64) record.Float {
	k := int64(max(t.firstTokens, 1))
	if n <= k || t.frames < 2 {
		return record.Float{}
	}
	return record.Some(millis(t.lastToken.Sub(t.firstToken)) / float64(n-k))
}
