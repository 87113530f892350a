package simulate

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
)

// tuning holds the flags that override an engine's default profile; only
// those that were given count.
type tuning struct {
	prefill             float64
	overhead, step, per time.Duration
	load                time.Duration
	slots, queue, kv    int
	context, chunk      int
	jitter              float64
}

func (t *tuning) bind(f *pflag.FlagSet) {
	f.Float64Var(&t.prefill, "prefill-rate", 0, "Prompt tokens prefilled per second")
	f.IntVar(&t.chunk, "chunk-tokens", 0, "Tokens that one step computes at most, prompts and answers together, as vLLM's max_num_batched_tokens")
	f.DurationVar(&t.overhead, "overhead", 0, "Time before the prefill of a request begins")
	f.DurationVar(&t.step, "step", 0, "Time of a decode step of one sequence")
	f.DurationVar(&t.per, "step-per-seq", 0, "Time that each further sequence adds to a step")
	f.DurationVar(&t.load, "load-time", 0, "Time a cold model takes to load (ollama)")
	f.IntVar(&t.slots, "slots", 0, "Sequences that run at once")
	f.IntVar(&t.queue, "queue-limit", 0, "Requests that may wait, more are refused as the engine would; -1 for no limit")
	f.IntVar(&t.kv, "kv-tokens", 0, "Tokens that the KV cache holds")
	f.IntVar(&t.context, "context-length", 0, "Tokens that a prompt and its answer may have together")
	f.Float64Var(&t.jitter, "jitter", 0, "Relative standard deviation of a step's time")
}

func (t *tuning) apply(f *pflag.FlagSet, p *simulate.Profile) {
	given := map[string]func(){
		"prefill-rate":   func() { p.PrefillTokensPerS = t.prefill },
		"chunk-tokens":   func() { p.ChunkTokens = t.chunk },
		"overhead":       func() { p.FirstTokenOverhead = t.overhead },
		"step":           func() { p.StepBase = t.step },
		"step-per-seq":   func() { p.StepPerSeq = t.per },
		"load-time":      func() { p.LoadTime = t.load },
		"slots":          func() { p.Slots = t.slots },
		"queue-limit":    func() { p.QueueLimit = t.queue },
		"kv-tokens":      func() { p.KVTokens = t.kv },
		"context-length": func() { p.ContextLength = t.context },
		"jitter":         func() { p.Jitter = t.jitter },
	}
	f.Visit(func(flag *pflag.Flag) {
		if set := given[flag.Name]; set != nil {
			set()
		}
	})
}
