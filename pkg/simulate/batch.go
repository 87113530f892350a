package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// batch is the scheduling arithmetic of continuous batching: a state machine
// without a clock or a goroutine. advance plans the next step and says how
// long it takes; settle ends it. Between the two, sequences may come and go.
//
// It follows vLLM's scheduler (v1/core/sched/scheduler.py) in what a client
// can see: running sequences decode first, prompts are prefilled in chunks out
// of the step's remaining token budget, waiting ones are admitted in order
// while slots and cache last, and when the cache runs out the youngest goes
// back to the head of the queue and is computed again. Simplified: a prompt's
// cache is taken whole at admission, blocks are counted in tokens, and blocks
// that requests share are not shared in that count.
type batch struct {
	profile Profile
	cache   *prefixCache
	jitter  *rand.Rand

	waiting, running []*sequence
	used             int // tokens of KV cache in use
	preemptions      int
	last             step
}

// step is what one pass of the engine does. Its slices are valid until the
// next advance.
type step struct {
	took     time.Duration
	admitted []*sequence
	evicted  []*sequence
	given    []*sequence // have one more token when the step ends
	first    []*sequence // those of given whose prompt was completed by it
	prefill  int         // prompt tokens computed
	decoders int
}

func newBatch(p Profile, seed uint64) *batch {
	return &batch{
		profile: p,
		cache:   newPrefixCache(p.KVTokens / blockTokens),
		jitter:  rand.New(rand.NewPCG(seed, jitterStream)), //nolint:gosec // a simulation must repeat
	}
}

// jitterStream keeps the jitter's numbers apart from other uses of the seed.
const jitterStream = 0x6a69747465720000

// submit queues a sequence. It returns false where the engine is full.
func (b *batch) submit(q *sequence) bool {
	if limit := b.profile.QueueLimit; limit >= 0 && len(b.waiting)+len(b.running) >= b.profile.Slots+limit {
		return false
	}
	b.waiting = append(b.waiting, q)
	return true
}

// advance plans a step. ok is false where there is nothing to do.
func (b *batch) advance() (s *step, ok bool) {
	s = &b.last
	*s = step{admitted: s.admitted[:0], evicted: s.evicted[:0], given: s.given[:0], first: s.first[:0]}
	b.decode(s)
	budget := max(b.profile.ChunkTokens-s.decoders, 1)
	budget = b.prefill(s, b.running, budget)
	b.admit(s, budget)
	if len(s.given) == 0 && s.prefill == 0 {
		return s, false
	}
	s.took = b.duration(s)
	return s, true
}

// decode gives a token to every sequence whose prompt is computed, and makes
// room for it, at the cost of the youngest.
func (b *batch) decode(s *step) {
	for i := 0; i < len(b.running); i++ {
		q := b.running[i]
		if !q.decodes() {
			continue
		}
		if !b.grow(s, q) {
			return // q was the youngest and has gone itself
		}
		s.decoders++
		s.given = append(s.given, q)
	}
}

// grow takes the cache for q's next token. It returns false where q itself
// had to make way.
func (b *batch) grow(s *step, q *sequence) bool {
	need := max(q.room()-q.held, 0)
	for b.used+need > b.profile.KVTokens {
		youngest := b.running[len(b.running)-1]
		b.evict(s, youngest)
		if youngest == q {
			return false
		}
	}
	q.held += need
	b.used += need
	return true
}

func (b *batch) evict(s *step, q *sequence) {
	b.running = b.running[:len(b.running)-1]
	b.used -= q.held
	q.held, q.computed, q.evicted = 0, 0, true
	b.waiting = slices.Insert(b.waiting, 0, q)
	b.preemptions++
	s.evicted = append(s.evicted, q)
}

// prefill spends the step's token budget on prompts, oldest first, and returns
// what is left of it.
func (b *batch) prefill(s *step, queue []*sequence, budget int) int {
	for _, q := range queue {
		n := min(q.goal-q.computed, budget)
		if n <= 0 {
			continue
		}
		q.computed += n
		s.prefill += n
		budget -= n
		if q.computed == q.goal {
			s.given = append(s.given, q)
			s.first = append(s.first, q)
		}
	}
	return budget
}

// admit moves waiting sequences into the batch, in order. None is admitted in
// a step that had to evict.
func (b *batch) admit(s *step, budget int) {
	for len(b.waiting) > 0 && len(s.evicted) == 0 && budget > 0 && len(b.running) < b.profile.Slots {
		q := b.waiting[0]
		need := q.room()
		if b.used+need > b.profile.KVTokens {
			return
		}
		b.waiting = slices.Delete(b.waiting, 0, 1)
		b.used += need
		q.held, q.goal = need, q.prompt+q.given
		if !q.evicted {
			q.cached = b.cache.lookup(q.blocks, q.prompt-1)
			q.computed = q.cached
		}
		b.running = append(b.running, q)
		s.admitted = append(s.admitted, q)
		budget = b.prefill(s, b.running[len(b.running)-1:], budget)
	}
}

// duration is the time of a step: the decoders' share, the prompts' share, and
// the overhead of taking in requests, times a lognormal factor of mean 1.
func (b *batch) duration(s *step) time.Duration {
	p := b.profile
	d := float64(time.Second) * float64(s.prefill) / p.PrefillTokensPerS
	if s.decoders > 0 {
		d += float64(p.StepBase) + float64(s.decoders-1)*float64(p.StepPerSeq)
	}
	if len(s.admitted) > 0 {
		d += float64(p.FirstTokenOverhead)
	}
	if p.Jitter > 0 {
		variance := math.Log1p(p.Jitter * p.Jitter)
		d *= math.Exp(math.Sqrt(variance)*b.jitter.NormFloat64() - variance/2)
	}
	return time.Duration(math.Min(d, math.MaxInt64/2))
}

// settle ends the planned step: tokens are handed out, completed prompts enter
// the prefix cache, finished sequences leave.
func (b *batch) settle(s *step) {
	for _, q := range s.first {
		if q.held > 0 {
			b.cache.insert(q.blocks)
		}
	}
	for _, q := range s.given {
		if q.held > 0 {
			q.given++
		}
	}
	b.running = slices.DeleteFunc(b.running, func(q *sequence) bool {
		if q.finished() {
			b.release(q)
		}
		return q.finished()
	})
}

func (b *batch) release(q *sequence) {
	b.used -= q.held
	q.held = 0
}

// remove takes a sequence out, wherever it is. Removing one that has left
// already does nothing.
func (b *batch) remove(q *sequence) {
	is := func(other *sequence) bool { return other == q }
	b.waiting = slices.DeleteFunc(b.waiting, is)
	b.running = slices.DeleteFunc(b.running, is)
	b.release(q)
}

func (b *batch) empty() bool { return len(b.waiting)+len(b.running) == 0 }
