package prompt

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/lengths"
)

// Synthetic describes prompts that are made up, in tokens as the engine counts
// them: its chat template is part of a prompt's length.
type Synthetic struct {
	// Input is how long prompts are. In a conversation it is that of the first
	// request, and of what the user adds in each later turn. Where all prompts
	// are Sized it need not be set; their mean makes the calibration better.
	Input lengths.Distribution
	// Output is how long answers are asked to be, zero where nothing asks.
	Output lengths.Distribution
	// SharedPrefix is how many tokens in front a prompt shares with others, and
	// Prefixes how many different such prefixes there are.
	SharedPrefix, Prefixes int
}

// NewSynthetic returns a source of made-up prompts. They are words, so that a
// model neither refuses them nor knows the answer by heart; no two requests
// begin alike, except for a shared prefix.
func NewSynthetic(shape Synthetic, opts Options) *Source {
	shape.Prefixes = max(shape.Prefixes, 1)
	s := New(nil, opts)
	s.synthetic = &shape
	return s
}

// The streams of numbers that a seed gives.
const (
	lengthStream = 0x6c656e6774687300
	wordStream   = 0x776f726473000000
	prefixStream = 0x7072656669780000
	turnStream   = 0x7475726e73000000
)

// drawn returns the lengths of a turn of a conversation, from 0. They depend on
// the seed alone, so that every engine and every attempt has the same.
func (s *Source) drawn(seq uint64, turn int) (input, output int) {
	key := mix(s.opts.Seed ^ lengthStream)
	r := rand.New(rand.NewPCG(mix(key^seq), uint64(turn))) //nolint:gosec // a length is no secret
	return s.synthetic.Input.Draw(r), s.synthetic.Output.Draw(r)
}

// Sized returns request seq with lengths of the caller's choice, in tokens, as
// a trace has them; an outputTokens of 0 asks for none. A source that is not
// synthetic makes such a request all the same. A prompt cannot be shorter than
// the engine's chat template and a word.
func (s *Source) Sized(seq uint64, promptTokens, outputTokens int) Request {
	own := s.salted(seq, 0)
	words, counted := s.prefix(seq)
	more, _ := own.fill(s.rule(), float64(promptTokens)-s.rule().Overhead-counted)
	return Request{
		Prompt:       Prompt{ID: fmt.Sprintf("synthetic-%d", seq), Category: "synthetic", Text: textOf(append(words, more...))},
		PromptTokens: promptTokens, OutputTokens: outputTokens, Force: outputTokens > 0,
	}
}

// salted is the stream of a request's own words. Where the prefix cache is to
// be busted it differs between runs and between the parts of one; that is all
// the salt there is, and it lies behind a shared prefix.
func (s *Source) salted(seq uint64, turn int) stream {
	keys := []uint64{wordStream, s.opts.Seed, seq, uint64(turn)} //nolint:gosec // turns count from 0
	if s.opts.PrefixCache == Bust {
		keys = append(keys, s.nonce)
	}
	return newStream(keys...)
}

// prefix returns the words that a request shares with others. They are the
// same in all parts of a run, and where the cache is to be busted they are not
// those of another run.
func (s *Source) prefix(seq uint64) (words []string, counted float64) {
	if s.synthetic == nil || s.synthetic.SharedPrefix == 0 {
		return nil, 0
	}
	which := mix(s.opts.Seed^mix(seq^prefixStream)) % uint64(s.synthetic.Prefixes) //nolint:gosec // at least 1
	keys := []uint64{prefixStream, s.opts.Seed, which}
	if s.opts.PrefixCache == Bust {
		keys = append(keys, hash(s.opts.Nonce))
	}
	return newStream(keys...).fill(s.rule(), float64(s.synthetic.SharedPrefix))
}

// addition is what the user says in a later turn: words alone.
func (s *Source) addition(seq uint64, turn int) Request {
	input, output := s.drawn(seq, turn)
	words, _ := s.salted(seq, turn).fill(s.rule(), float64(input))
	return Request{
		Prompt:       Prompt{ID: fmt.Sprintf("synthetic-%d-%d", seq, turn+1), Category: "synthetic", Text: strings.Join(words, " ")},
		OutputTokens: output, Force: output > 0,
	}
}
