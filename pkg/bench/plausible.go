package bench

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// What an engine's counts may be at most, so that a defect of one engine is not
// printed as a throughput. An answer may be longer than was asked, because not
// every server keeps to max_tokens, but then it shows in its frames; a frame
// holds many tokens only where several are decoded at once, and those stay
// within what was asked. A byte of a prompt is one token at most, and templates
// and system prompts of the server's own come to it.
const (
	mostOverAsked    = 2
	slackAsked       = 64
	mostPerFrame     = 16
	slackPrompt      = 1 << 17
	mostWhereUnasked = 1 << 20
)

// plausible is what bounds the counts of one exchange.
type plausible struct {
	asked       int // tokens of the answer, 0 where nothing was asked for
	promptBytes int
	// odd is the first count that was not believed, "" where all were.
	odd string
}

func boundsOf(call engine.Call) plausible {
	p := plausible{asked: call.MaxTokens}
	for _, m := range call.Messages {
		p.promptBytes += len(m.Content)
	}
	return p
}

// mostOutput is the largest count of output tokens that is believed.
func (p *plausible) mostOutput(frames int64) int64 {
	most := int64(mostWhereUnasked)
	if p.asked > 0 {
		most = mostOverAsked*int64(p.asked) + slackAsked
	}
	return max(most, mostPerFrame*frames)
}

// frame drops what a frame says of its tokens where that cannot be. One that
// has no text has then no token either.
func (p *plausible) frame(d *engine.Delta, frames int64) {
	if int64(d.Tokens) > p.mostOutput(frames) {
		p.doubt("tokens of one frame", int64(d.Tokens))
		d.Token, d.Tokens = d.Token && !d.Bare, 0
	}
}

// totals drops the counts that cannot be.
func (p *plausible) totals(t *engine.Totals, frames int64) {
	if n := t.OutputTokens.Or(0); n > p.mostOutput(frames) {
		p.doubt("output tokens", n)
		t.OutputTokens, t.Source = record.Int{}, ""
	}
	most := int64(p.promptBytes) + slackPrompt
	if n := t.PromptTokens.Or(0); n > most {
		p.doubt("prompt tokens", n)
		t.PromptTokens = record.Int{}
	}
	if n := t.CachedTokens.Or(0); n > most {
		p.doubt("cached tokens", n)
		t.CachedTokens = record.Int{}
	}
}

func (p *plausible) doubt(what string, n int64) {
	if p.odd == "" {
		p.odd = fmt.Sprintf("%d %s", n, what)
	}
}

// warnOfCounts says once for each engine that it gave a count which cannot be.
func (r *runner) warnOfCounts(t *Target, scenario string, p plausible) {
	if p.odd == "" {
		return
	}
	if _, known := r.doubted.LoadOrStore(t.Name, true); known {
		return
	}
	r.Notify(Event{Kind: EventFinding, Scenario: scenario, Engine: t.Name, Finding: &record.Finding{
		ID: "count-not-believed", Severity: record.SeverityWarn, Subject: t.Name,
		Message: fmt.Sprintf("it counts %s for a prompt of %d bytes and at most %d tokens asked; such counts are left out, and frames are counted in place of output tokens", p.odd, p.promptBytes, p.asked),
		Remedy:  "look at the engine's usage in an answer of its own, and at proxies that write it",
	}})
}
