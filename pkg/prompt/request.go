package prompt

import "math/rand/v2"

// Request is one thing to ask and the lengths it aims at, in tokens; a length
// of 0 is not aimed at.
type Request struct {
	Prompt
	PromptTokens, OutputTokens int
	// Force says that the answer is to have exactly OutputTokens, where the
	// engine can be made to; otherwise they are the most it may have.
	Force bool
}

// Under returns the source as it is for an engine that counts tokens by the
// ruler; nil stands for a guess.
func (s *Source) Under(r *Ruler) *Source {
	under := s.clone()
	under.ruler = r
	return under
}

// rule is the ruler in force.
func (s *Source) rule() *Ruler {
	if s.ruler == nil {
		return guess
	}
	return s.ruler
}

// Ask returns request seq, counted from 0: the prompt of At and its lengths.
func (s *Source) Ask(seq uint64) Request {
	if s.synthetic != nil {
		input, output := s.drawn(seq, 0)
		return s.Sized(seq, input, output)
	}
	r := Request{Prompt: s.At(seq)}
	if s.dialogues != nil {
		r.OutputTokens = s.proseTokens(s.dialogues[s.place(seq)].Turns[0].AnswerBytes)
	}
	return r
}

// Converses says whether requests are turns of conversations.
func (s *Source) Converses() bool { return !s.opts.Turns.IsZero() }

// Turn returns what the user says in a turn, from 0, of conversation seq, and
// whether the conversation goes that far. Its length is drawn from Options.Turns;
// a recorded dialogue may end sooner. Only the first turn is salted, because the
// later ones are to find the conversation in the engine's cache. A later turn
// aims at no prompt length: answers decide that.
func (s *Source) Turn(seq uint64, turn int) (Request, bool) {
	key := mix(s.opts.Seed ^ turnStream)
	turns := s.opts.Turns.Draw(rand.New(rand.NewPCG(key, seq))) //nolint:gosec // a length is no secret
	switch {
	case turn >= max(turns, 1):
		return Request{}, false
	case turn == 0:
		return s.Ask(seq), true
	case s.synthetic != nil:
		return s.addition(seq, turn), true
	case s.dialogues != nil:
		d := s.dialogues[s.place(seq)]
		if turn >= len(d.Turns) {
			return Request{}, false
		}
		return Request{
			Prompt:       Prompt{ID: d.ID, Text: d.Turns[turn].Ask},
			OutputTokens: s.proseTokens(d.Turns[turn].AnswerBytes),
		}, true
	}
	next := (s.place(seq) + turn) % len(s.prompts)
	return Request{Prompt: s.prompts[next]}, true
}

// proseTokens is about how many tokens a text of so many bytes has.
func (s *Source) proseTokens(bytes int) int {
	if bytes == 0 {
		return 0
	}
	return max(int(float64(bytes)*s.rule().Prose+0.5), 1)
}
