package bench

import (
	"fmt"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/lengths"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// ask is what one attempt asks an engine for.
type ask struct {
	call engine.Call
	// promptTokens and outputTokens are the lengths aimed at, 0 where none is.
	promptTokens, outputTokens int
	turn                       int // of a conversation, from 1; else 0
}

// preflightPrompt is how long a made-up prompt of the trial stream is, in
// tokens by a guess: the engine's own count is not known yet.
const preflightPrompt = 32

// ask puts a shot's prompt, or the turn of its conversation, into a call.
func (r *runner) ask(s shot, turn *turn, attempt int) ask {
	if turn != nil {
		a := r.callFor(s, turn.request, append(turn.talk.messages, engine.Message{Role: "user", Content: turn.request.Text}))
		a.turn = turn.talk.turn + 1
		return a
	}
	source, seq := r.deal(s.part(attempt), s.target), uint64(s.arrival.Seq) //nolint:gosec // seq counts from 0
	request := source.Ask(seq)
	if wanted := s.arrival.Lengths; wanted.PromptTokens > 0 {
		request = source.Sized(seq, wanted.PromptTokens, wanted.OutputTokens)
	}
	if s.index < 0 && request.PromptTokens > 0 {
		request = source.Sized(seq, preflightPrompt, 0)
		request.PromptTokens = 0
	}
	return r.callFor(s, request, []engine.Message{{Role: "user", Content: request.Text}})
}

// callFor asks for an answer as long as the request wants it; what a scenario
// allows at most goes before that.
func (r *runner) callFor(s shot, request prompt.Request, messages []engine.Message) ask {
	g := r.Config.Generation
	tokens := request.OutputTokens
	switch {
	case tokens == 0:
		tokens = orDefault(s.maxTokens, g.MaxTokens)
	case s.maxTokens > 0:
		tokens = min(tokens, s.maxTokens)
	}
	a := ask{promptTokens: request.PromptTokens, call: engine.Call{
		Model: s.target.Model, API: s.target.API, MaxTokens: tokens, Messages: messages,
		ForceLength: g.ForceLength || request.Force, Seed: g.Seed, Temperature: g.Temperature,
		ContextLength: g.ContextLength, KeepAlive: keepAlive,
	}}
	if a.call.ForceLength || request.OutputTokens > 0 {
		a.outputTokens = tokens
	}
	return a
}

// bytes is the length of all that is said to the engine.
func (a ask) bytes() (n int) {
	for _, m := range a.call.Messages {
		n += len(m.Content)
	}
	return n
}

// describe notes in a sample what was asked for.
func (a ask) describe(s *record.Sample) {
	s.Turn = a.turn
	if a.promptTokens > 0 {
		s.PromptTargetTokens = record.Some(int64(a.promptTokens))
	}
	if a.outputTokens > 0 {
		s.OutputTargetTokens = record.Some(int64(a.outputTokens))
	}
}

// deal returns the source of prompts of a part of the run, as it is for an
// engine. Parts that count their requests from 0 each have one, with salts of
// their own, or the warm-up's prompts would be in the engine's prefix cache
// when they are measured.
func (r *runner) deal(part string, t *Target) *prompt.Source {
	ruler := r.rulers[t]
	key := struct {
		part  string
		ruler *prompt.Ruler
	}{part, ruler}
	if s, known := r.deals.Load(key); known {
		return s.(*prompt.Source)
	}
	s, _ := r.deals.LoadOrStore(key, r.Prompts.Scope(part).Under(ruler))
	return s.(*prompt.Source)
}

// promptsName says in results where prompts come from and how long they are.
func promptsName(cfg config.Config) string {
	p := cfg.Prompts
	name := "builtin"
	switch {
	case p.Source == config.SourceSynthetic:
		name = syntheticName(p.Synthetic)
	case p.Source == config.SourceShareGPT:
		name = fmt.Sprintf("sharegpt(%s)", p.File)
	case p.File != "":
		name = p.File
	}
	if turns := p.Conversation.Turns; turns != "" {
		name += fmt.Sprintf(", conversations of %s turns", lengthName(turns))
	}
	return name
}

func syntheticName(s config.Synthetic) string {
	parts := []string{"input " + lengthName(s.Input)}
	if s.Output != "" {
		parts = append(parts, "output "+lengthName(s.Output))
	}
	if s.SharedPrefixTokens > 0 {
		parts = append(parts, fmt.Sprintf("shared prefix %d of %d", s.SharedPrefixTokens, max(s.Prefixes, 1)))
	}
	return "synthetic(" + strings.Join(parts, ", ") + ")"
}

// lengthName writes a length in one of the ways in which it can be written.
func lengthName(text string) string {
	d, err := lengths.Parse(text)
	if err != nil {
		return text // the configuration was checked; this is for one made by hand
	}
	return d.String()
}

// answerTokens is about how long an answer may be, for the expected time.
func answerTokens(cfg config.Config, scenarioMost int) int {
	mean := cfg.Generation.MaxTokens
	if d, err := lengths.Parse(cfg.Prompts.Synthetic.Output); err == nil {
		mean = int(d.Mean())
		if scenarioMost > 0 {
			return min(mean, scenarioMost)
		}
	}
	return orDefault(scenarioMost, mean)
}

// mostTokens is the most an answer may have, 0 where each request has its own.
func mostTokens(cfg config.Config, scenarioMost int) int {
	p := cfg.Prompts
	if p.Source == config.SourceShareGPT || p.Synthetic.Output != "" {
		return scenarioMost
	}
	return orDefault(scenarioMost, cfg.Generation.MaxTokens)
}
