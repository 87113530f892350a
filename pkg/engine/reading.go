package engine

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// reading is what one payload says by itself, before it is set against the
// frames that came before it.
type reading struct {
	// answer and reasoning: it carries text of that kind, or a tool call.
	answer, reasoning bool
	// event: it is one token by protocol, whatever its text.
	event bool
	// choices and finished are the choices it speaks of and those it ends,
	// one bit each.
	choices, finished uint64
	finish            string
	end               bool

	usage usage
	// total: usage counts the whole generation, not what has come so far.
	total   bool
	timings map[string]float64
	failure *Failure
}

// usage holds an engine's counts, 0 where it does not say. Some servers send
// an all-zero usage before they know, so 0 is never a count.
type usage struct {
	prompt, output int64
	cached         record.Int // 0 is a count here: the cache answered for nothing
}

func (u usage) said() bool { return u.prompt > 0 || u.output > 0 }

// ordinary tells a frame from the midst of a generation, the kind a shape is
// learnt from: one with output, or with a count of output held back.
func (r *reading) ordinary() bool {
	carries := r.answer || r.reasoning || r.event || r.choices != 0 && r.usage.output > 0
	return carries && r.finished == 0 && r.timings == nil
}

// choiceBit is a choice's place in a set. Requests here ask for one choice, so
// it does not matter that the few past 63 share a bit.
func choiceBit(index tokenCount) uint64 { return 1 << min(index, 63) }
