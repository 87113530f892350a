package simulate

import (
	"fmt"
	"math"
	"time"
)

// Profile is the speed and size of a simulated engine. A request alone on an
// idle engine has its first token after FirstTokenOverhead + prompt tokens /
// PrefillTokensPerS, and each further token after StepBase.
type Profile struct {
	// PrefillTokensPerS is how many prompt tokens are computed in a second.
	PrefillTokensPerS float64
	// FirstTokenOverhead is spent once in every step that takes in new requests.
	FirstTokenOverhead time.Duration
	// StepBase is the time of a decode step of one sequence; StepPerSeq is what
	// each further sequence adds to it.
	StepBase, StepPerSeq time.Duration
	// LoadTime is how long a cold model takes to load. Only Ollama loads on
	// demand; the others have loaded when they start to listen.
	LoadTime time.Duration
	// Slots is how many sequences run at once.
	Slots int
	// QueueLimit is how many requests may wait for a slot before more are
	// refused; negative for no limit.
	QueueLimit int
	// KVTokens is how many tokens of prompts and answers the KV cache holds.
	KVTokens int
	// ContextLength is the most tokens of prompt and answer that one request
	// may have; 0 for the engine's default.
	ContextLength int
	// ChunkTokens is how many tokens one step computes at most, so that a long
	// prompt is prefilled in chunks between other requests' decode steps; 0 for
	// the engine's default.
	ChunkTokens int
	// Jitter is the relative standard deviation of a step's time.
	Jitter float64
}

// DefaultProfile returns the profile of an engine as it might run a small
// model on one GPU. An unknown engine has the zero profile; New says so.
func DefaultProfile(engine string) Profile { return dialects[engine].profile }

// filled completes what a caller left to the engine's default.
func (p Profile) filled(defaults Profile) Profile {
	if p == (Profile{}) {
		return defaults
	}
	if p.ContextLength == 0 {
		p.ContextLength = defaults.ContextLength
	}
	if p.ChunkTokens == 0 {
		p.ChunkTokens = defaults.ChunkTokens
	}
	return p
}

// limit is the most tokens one request may hold: engines refuse to start with
// a context that their cache could not hold, so the smaller of the two.
func (p Profile) limit() int { return min(p.ContextLength, p.KVTokens) }

// minKVTokens keeps room for a short prompt and its answer.
const minKVTokens = 64

func (p Profile) validate() error {
	switch {
	case !(p.PrefillTokensPerS > 0) || math.IsInf(p.PrefillTokensPerS, 0):
		return fmt.Errorf("prefill rate %v is not a positive number of tokens per second", p.PrefillTokensPerS)
	case p.FirstTokenOverhead < 0:
		return fmt.Errorf("overhead %s is negative", p.FirstTokenOverhead)
	case p.StepBase < 0 || p.StepPerSeq < 0:
		return fmt.Errorf("step times %s and %s must not be negative", p.StepBase, p.StepPerSeq)
	case p.LoadTime < 0:
		return fmt.Errorf("load time %s is negative", p.LoadTime)
	case p.Slots < 1:
		return fmt.Errorf("slots %d: at least one sequence must be able to run", p.Slots)
	case p.KVTokens < minKVTokens:
		return fmt.Errorf("KV cache of %d tokens is too small: give at least %d", p.KVTokens, minKVTokens)
	case p.ContextLength < minKVTokens:
		return fmt.Errorf("context length of %d tokens is too small: give at least %d", p.ContextLength, minKVTokens)
	case p.ChunkTokens < 1:
		return fmt.Errorf("chunk of %d tokens: a step must compute at least one", p.ChunkTokens)
	case !(p.Jitter >= 0 && p.Jitter <= 1):
		return fmt.Errorf("jitter %v is not between 0 and 1", p.Jitter)
	}
	return nil
}
