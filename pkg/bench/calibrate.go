package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// sharedWithin is the share by which one text's length may differ between
// engines for all to get the same text: half of what a length may miss by.
const sharedWithin = 0.01

// calibrate learns how each engine counts tokens, where prompts aim at lengths.
func (r *runner) calibrate(ctx context.Context) {
	if !r.Prompts.Calibrates() && !slices.ContainsFunc(scenarios(r.Config, r.Traces), func(s scenario) bool { return s.load.Arrival == config.ArrivalTrace }) {
		return
	}
	rulers := make([]*prompt.Ruler, len(r.Targets))
	var all sync.WaitGroup
	for i, t := range r.Targets {
		all.Go(func() {
			ruler, err := r.rulerOf(ctx, t)
			if err != nil && ctx.Err() == nil {
				r.find(uncalibrated(t, err))
			}
			rulers[i] = ruler
		})
	}
	all.Wait()
	r.settle(rulers)
}

func (r *runner) find(f record.Finding) {
	r.Notify(Event{Kind: EventFinding, Engine: f.Subject, Finding: &f})
}

func uncalibrated(t *Target, err error) record.Finding {
	return record.Finding{
		ID: "lengths-not-calibrated", Severity: record.SeverityWarn, Subject: t.Name,
		Message: fmt.Sprintf("how %s counts tokens could not be learnt, so its prompts may have other lengths than were asked for: %v", t.Name, err),
		Remedy:  "make the engine report usage (prompt_tokens), or allow its /tokenize route through",
	}
}

// settle gives every engine its ruler. Engines that count alike get one, and so
// the same texts. Recorded dialogues are the same texts in any case; one ruler
// asks all engines for answers of one length.
func (r *runner) settle(rulers []*prompt.Ruler) {
	r.rulers = map[*Target]*prompt.Ruler{}
	shared, alike := sharedRuler(rulers, r.Prompts.Aim())
	for i, t := range r.Targets {
		r.rulers[t] = rulers[i]
		if alike || rulers[i] == nil {
			r.rulers[t] = shared
		}
	}
	if !alike {
		r.find(r.differingTexts(shared))
	}
}

// sharedRuler returns the ruler with which all others agree the best, nil where
// there is none, and whether they agree well enough to share it.
func sharedRuler(rulers []*prompt.Ruler, aim float64) (best *prompt.Ruler, alike bool) {
	least := math.Inf(1)
	for _, one := range rulers {
		if one == nil {
			continue
		}
		worst := 0.0
		for _, other := range rulers {
			if other != nil && aim > 0 {
				worst = max(worst, math.Abs(other.Count(one.Words(aim))/aim-1))
			}
		}
		if worst < least {
			best, least = one, worst
		}
	}
	return best, best == nil || least <= sharedWithin
}

func (r *runner) differingTexts(base *prompt.Ruler) record.Finding {
	aim := r.Prompts.Aim()
	counts := make([]string, 0, len(r.Targets))
	for _, t := range r.Targets {
		counts = append(counts, fmt.Sprintf("%.0f on %s", r.rulers[t].Count(base.Words(aim)), t.Name))
	}
	return record.Finding{
		ID: "prompt-text-differs", Severity: record.SeverityInfo, Subject: "run",
		Message: "the engines count tokens differently (one text is " + strings.Join(counts, ", ") + "), so each gets texts of its own that have the length asked for by its own count",
		Remedy:  "a chat template that one adds and another does not explains a constant difference (services.api chooses the form); different tokenizers make tokens per second incomparable",
	}
}

// rulerOf has an engine count: by its own route for that where it has one, and
// else by what it reports of small trial requests. What it reports of a request
// goes before what its route says.
func (r *runner) rulerOf(ctx context.Context, t *Target) (*prompt.Ruler, error) {
	trials := trials{runner: r, target: t}
	source := r.deal("calibrate", t)
	if tokenizer, ok := t.Protocol.(engine.Tokenizer); ok {
		ruler, err := source.Calibrate(func(texts []string) ([]int, error) { return r.tokenize(ctx, t, tokenizer, texts) }, true)
		if err == nil {
			return ruler, ruler.Correct(source, 1, trials.count(ctx))
		}
		if !errors.Is(err, errNoTokenizer) && !errors.Is(err, prompt.ErrUncalibrated) {
			return nil, err
		}
	}
	return source.Calibrate(trials.count(ctx), false)
}

// errNoTokenizer says that an engine does not count for this form of request.
var errNoTokenizer = errors.New("the engine has no route that counts tokens")

// countedAtOnce is how many texts are counted at the same time.
const countedAtOnce = 8

// tokenize counts texts by the engine's own route.
func (r *runner) tokenize(ctx context.Context, t *Target, tokenizer engine.Tokenizer, texts []string) ([]int, error) {
	counts, faults := make([]int, len(texts)), make([]error, len(texts))
	var workers sync.WaitGroup
	for w := range countedAtOnce {
		workers.Go(func() {
			for i := w; i < len(texts); i += countedAtOnce {
				if counts[i], faults[i] = r.tokenizeOne(ctx, t, tokenizer, texts[i]); faults[i] != nil {
					return
				}
			}
		})
	}
	workers.Wait()
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func (r *runner) tokenizeOne(ctx context.Context, t *Target, tokenizer engine.Tokenizer, text string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, identifyTimeout)
	defer cancel()
	n, ok, err := tokenizer.CountTokens(ctx, getter{t}, r.trialCall(t, text))
	if err == nil && !ok {
		err = errNoTokenizer
	}
	return n, err
}

// trialCall asks for a single token.
func (r *runner) trialCall(t *Target, text string) engine.Call {
	a := r.callFor(shot{target: t, maxTokens: 1}, prompt.Request{}, []engine.Message{{Role: "user", Content: text}})
	a.call.ForceLength = false
	return a.call
}

// trials are small requests that are sent for the sake of their token counts.
// They leave no sample.
type trials struct {
	*runner
	target *Target
	sent   int
}

func (ts *trials) count(ctx context.Context) prompt.Counter {
	return func(texts []string) ([]int, error) {
		counts := make([]int, 0, len(texts))
		for _, text := range texts {
			n, err := ts.one(ctx, text)
			if err != nil {
				return nil, err
			}
			counts = append(counts, n)
		}
		return counts, nil
	}
}

func (ts *trials) one(ctx context.Context, text string) (int, error) {
	x := &exchange{target: ts.target, timeouts: ts.timeouts}
	ts.sent++
	out := x.do(ctx, ts.trialCall(ts.target, text), fmt.Sprintf("%s-%s-calibrate-%d", ts.RunID, ts.target.Name, ts.sent), false)
	if out.status != record.StatusOK {
		return 0, fmt.Errorf("a trial request ended in %s: %s", out.status, out.err.Message)
	}
	totals := x.decoder.Totals()
	n, known := totals.PromptTokens.Get()
	if !known {
		return 0, fmt.Errorf("%w: it reports no prompt_tokens", prompt.ErrUncalibrated)
	}
	return int(n), nil
}
