package simulate

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// turn is one request being answered.
type turn struct {
	s       *Server
	r       *http.Request
	out     *output
	strikes *strikes
	ordinal uint64

	*plan
	answer   answer
	job      *job
	received time.Time
	// merge is how many tokens a frame holds, where a fault sets it.
	merge int
	line  truthLine
	// broken is set where the connection must not end properly.
	broken bool
}

// run answers the request and returns its outcome.
func (t *turn) run(read reader, body []byte) string {
	if outcome := t.beforeHead(); outcome != "" {
		return outcome
	}
	p, no := read(t.r, body)
	if no != nil {
		no.write(t.out.w)
		if no.outcome != "" {
			return no.outcome
		}
		t.s.meter.refuse(outcomeInvalid)
		return outcomeInvalid
	}
	t.plan = p
	t.answer = p.ask.draw(t.s.options.Seed, t.ordinal)
	t.line.PromptTokens = p.ask.promptTokens
	t.adapt()
	if p.prepare != nil {
		if err := p.prepare(t.r.Context()); err != nil {
			return t.interrupted()
		}
		defer p.release()
	}
	return t.generate()
}

// generate has the answer computed and sends it.
func (t *turn) generate() string {
	t.job = newJob(t.ask, t.answer, t.received)
	if t.answer.total > 0 {
		if !t.s.pump.submit(t.job) {
			t.full.write(t.out.w)
			t.s.meter.refuse(outcomeRefused)
			return outcomeRefused
		}
		defer t.s.pump.leave(t.job)
	}
	t.setHeaders()
	outcome := t.whole
	if t.stream {
		outcome = t.flow
	}
	result := outcome()
	t.out.release()
	if t.out.err != nil {
		return t.interrupted()
	}
	return result
}

func (t *turn) setHeaders() {
	h := t.out.w.Header()
	h.Set("Content-Type", t.media)
	for _, pair := range t.headers {
		h.Set(pair[0], pair[1])
	}
}

// flow streams the answer.
func (t *turn) flow() string {
	if t.eager {
		t.out.head()
	}
	for sent := 0; sent < t.answer.total; {
		ready, err := t.await(sent)
		if err != nil {
			return t.interrupted()
		}
		for sent < ready {
			if outcome := t.strike(sent); outcome != "" {
				return outcome
			}
			ready = int(t.job.given.Load()) // more may have come meanwhile
			if sent == 0 {
				t.form.open(t)
			}
			next := t.boundary(sent, ready)
			if next == sent {
				break
			}
			t.form.say(t, sent, next)
			sent = next
			t.line.OutputTokens = sent
		}
	}
	return t.conclude()
}

func (t *turn) conclude() string {
	if outcome := t.strike(t.answer.total); outcome != "" {
		return outcome
	}
	if t.answer.total == 0 {
		t.form.open(t)
		t.form.say(t, 0, 0)
	}
	t.form.end(t)
	return t.strikes.outcome(outcomeComplete)
}

// boundary is up to where the next frames may go: not past a fault, and no
// further than a frame where frames do not merge. It is sent where a frame
// that is to be filled has to wait.
func (t *turn) boundary(sent, ready int) int {
	next := t.strikes.limit(sent, ready)
	switch {
	case t.merge > 0 && ready < min(sent+t.merge, t.answer.total):
		return sent
	case t.merge > 0:
		return min(next, sent+t.merge)
	case !t.s.dialect.merges:
		return sent + 1
	}
	return next
}

// await returns how many tokens there are, once there are more than sent (or,
// where frames are to be filled, enough for a frame).
func (t *turn) await(sent int) (int, error) {
	enough := min(sent+max(t.merge, 1), t.answer.total)
	for {
		if n := int(t.job.given.Load()); n >= enough {
			return n, t.out.err
		}
		if err := t.pause(); err != nil {
			return 0, err
		}
	}
}

// pause waits for news of the job and keeps the stream alive meanwhile.
func (t *turn) pause() error {
	var silence <-chan time.Time
	if t.keepAlive > 0 && t.stream {
		timer := time.NewTimer(t.keepAlive)
		defer timer.Stop()
		silence = timer.C
	}
	select {
	case <-t.job.ready:
	case <-silence:
		t.out.frame([]byte(":\n\n"), 0)
		return t.out.err
	case <-t.r.Context().Done():
		return context.Cause(t.r.Context())
	}
	return nil
}

// whole sends the answer in one document.
func (t *turn) whole() string {
	if t.answer.total > 0 {
		if _, err := t.await(t.answer.total - 1); err != nil {
			return t.interrupted()
		}
	}
	if outcome := t.strike(t.answer.total); outcome != "" {
		return outcome
	}
	t.line.OutputTokens = t.answer.total
	body := t.form.whole(t)
	t.out.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	t.out.frame([]byte(body), t.answer.total)
	return t.strikes.outcome(outcomeComplete)
}

// interrupted ends a response whose client has gone, or whose server is going.
func (t *turn) interrupted() string {
	t.broken = true
	return outcomeCancelled
}
