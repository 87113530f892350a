package simulate

import (
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"strings"
)

// ask is what a request wants, in no engine's words.
type ask struct {
	prompt string // as the model sees it, template included
	// promptTokens is countTokens of the prompt, or fewer where the engine
	// has cut it.
	promptTokens int
	// most is how many tokens the answer may have; least is how many it must
	// have before it may end by itself; endless forbids it to.
	most, least int
	endless     bool
	// seed is the request's own; fixed says that the same request has the same
	// answer every time (a seed was given, or the sampling is greedy).
	seed  uint64
	fixed bool
	// reasoning is how many tokens of reasoning come before the answer, and
	// parsed whether the engine tells them from its text.
	reasoning int
	parsed    bool
	// reserve is what an engine without preemption sets aside in the KV cache.
	reserve int
}

// answer is a drawn answer: every token of it follows from its fields.
type answer struct {
	seed      uint64
	total     int // tokens, special ones included
	reasoning int
	parsed    bool
	ends      bool // its last token is the end-of-sequence token
}

// The natural length of an answer is lognormal: half of them are shorter than
// naturalMedian tokens, and about one in 120 is shorter than 16.
const (
	naturalMedian = 180
	naturalSigma  = 1.0
	naturalLeast  = 3
	lengthStream  = 0x6c656e6774680000
)

// draw makes the answer to an ask. salt tells requests apart that may differ
// in their answers.
func (a ask) draw(server, salt uint64) answer {
	h := fnv.New64a()
	_, _ = io.WriteString(h, a.prompt)
	seed := mix(server ^ mix(a.seed^h.Sum64()))
	if !a.fixed {
		seed = mix(seed ^ salt)
	}
	out := answer{seed: seed, total: a.most, reasoning: a.reasoning, parsed: a.parsed}
	natural := max(out.naturalLength(), a.least+1)
	if !a.endless && natural <= a.most {
		out.total, out.ends = natural, true
	}
	return out
}

func (a answer) naturalLength() int {
	r := rand.New(rand.NewPCG(a.seed, lengthStream)) //nolint:gosec // a simulation must repeat
	text := naturalLeast + int(naturalMedian*math.Exp(naturalSigma*r.NormFloat64()))
	if a.reasoning > 0 {
		text += a.reasoning + 1
	}
	return text + 1 // the end-of-sequence token
}

// token returns token i of the answer.
func (a answer) token(i int) token {
	n := uint64(i) //nolint:gosec // counts from 0
	switch {
	case a.ends && i == a.total-1:
		return lexicon.eos
	case i < a.reasoning:
		t := lexicon.pick(a.seed, n, i == 0)
		if a.parsed {
			t.kind = reasoningToken
		}
		return t
	case a.reasoning > 0 && i == a.reasoning:
		t := lexicon.marker
		if !a.parsed {
			t.kind = textToken
		}
		return t
	}
	return lexicon.pick(a.seed, n, i == 0 || a.reasoning > 0 && i == a.reasoning+1)
}

// texts returns the reasoning and the text of a whole answer.
func (a answer) texts() (reasoning, text string) {
	var r, t strings.Builder
	for i := range a.total {
		switch tok := a.token(i); tok.kind {
		case reasoningToken:
			r.WriteString(tok.text)
		case textToken:
			t.WriteString(tok.text)
		case markerToken, eosToken:
		}
	}
	return r.String(), t.String()
}

// finish is the reason in OpenAI's and Ollama's words.
func (a answer) finish() string {
	if a.ends {
		return "stop"
	}
	return "length"
}

// reasoningTokens counts the reasoning with the marker that ends it.
func (a answer) reasoningTokens() int {
	if a.reasoning == 0 || !a.parsed {
		return 0
	}
	return min(a.reasoning+1, a.total)
}
