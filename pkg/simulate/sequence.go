package simulate

// sequence is one answer in the making, as the batch sees it.
type sequence struct {
	prompt int      // tokens of the prompt
	blocks []uint64 // names of the prompt's full blocks, for the prefix cache
	want   int      // tokens that the answer will have
	// reserve is how many tokens of KV cache are set aside at admission by an
	// engine that never preempts; 0 where the cache grows with the answer.
	reserve int

	given    int // tokens handed out
	computed int // tokens whose KV entries exist
	goal     int // tokens that must be computed before the next token comes
	held     int // tokens of KV cache that it occupies
	cached   int // prompt tokens that came from the prefix cache
	evicted  bool
	// job is the owner, which the arithmetic never looks at.
	job *job
}

// decodes says that the prompt is computed and each step gives a token.
func (q *sequence) decodes() bool { return q.computed >= q.goal && q.given > 0 }

func (q *sequence) finished() bool { return q.given >= q.want }

// room is what the sequence needs of the cache now: its reserve, or else its
// prompt, what it has generated, and the token that comes next.
func (q *sequence) room() int {
	if q.reserve > 0 {
		return q.reserve
	}
	return q.prompt + q.given + 1
}
