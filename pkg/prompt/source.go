package prompt

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/lengths"
)

// Bust and Allow are what Options.PrefixCache takes.
const (
	Bust  = "bust"
	Allow = "allow"
)

// Options say how prompts are dealt out.
type Options struct {
	// Seed picks the order of the prompts.
	Seed uint64
	// PrefixCache is Bust to salt each prompt at its front, or Allow (also "")
	// to send it as it stands.
	PrefixCache string
	// Nonce makes the salts of this run differ from those of any other with
	// the same seed, whose prompts an engine may still hold in its cache.
	Nonce string
	// Turns is how many turns a conversation has; zero where each request stands
	// alone.
	Turns lengths.Distribution
}

// Source deals prompts out to the requests of a run. It is safe for
// concurrent use, and what it deals depends on nothing but New's arguments and
// a request's number.
type Source struct {
	prompts   []Prompt
	dialogues []Dialogue // beside prompts, where they were recorded
	synthetic *Synthetic // nil for prompts that are dealt out
	ruler     *Ruler
	opts      Options
	nonce     uint64

	mu     sync.Mutex
	orders map[uint64][]int // of the cycles asked for lately
}

// New returns a source over prompts, or over the built-in ones where there are
// none.
func New(prompts []Prompt, opts Options) *Source {
	if len(prompts) == 0 {
		prompts = builtin()
	}
	return &Source{prompts: prompts, opts: opts, nonce: hash(opts.Nonce), orders: map[uint64][]int{}}
}

// Scope returns a source that deals the same prompts in the same order, under
// other salts. Each part of a run that counts its requests from 0 (a
// scenario's warm-up, its measurement, a second attempt) needs a scope of its
// own, or the first part's prompts would be in the engine's prefix cache when
// the second sends them.
func (s *Source) Scope(name string) *Source {
	scoped := s.clone()
	scoped.nonce = mix(s.nonce) ^ hash(name)
	return scoped
}

func (s *Source) clone() *Source {
	return &Source{
		prompts: s.prompts, dialogues: s.dialogues, synthetic: s.synthetic, ruler: s.ruler,
		opts: s.opts, nonce: s.nonce, orders: map[uint64][]int{},
	}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // a hash never fails
	return h.Sum64()
}

// At returns the prompt of request seq, counted from 0. Requests go through
// all prompts before any comes again, in an order that each cycle shuffles
// anew.
func (s *Source) At(seq uint64) Prompt {
	if s.synthetic != nil {
		return s.Ask(seq).Prompt
	}
	p := s.prompts[s.place(seq)]
	if s.opts.PrefixCache == Bust {
		p.Text = s.salt(seq) + "\n\n" + p.Text
	}
	return p
}

// place is which prompt request seq gets.
func (s *Source) place(seq uint64) int {
	n := uint64(len(s.prompts))
	return s.order(seq / n)[seq%n]
}

// keptOrders bounds the memory of orders; engines that take turns ask for the
// same few cycles.
const keptOrders = 64

func (s *Source) order(cycle uint64) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, ok := s.orders[cycle]; ok {
		return o
	}
	if len(s.orders) >= keptOrders {
		clear(s.orders)
	}
	// Two words of state: equal cycles of different seeds are unrelated.
	o := rand.New(rand.NewPCG(s.opts.Seed, cycle)).Perm(len(s.prompts)) //nolint:gosec // an order is no secret
	s.orders[cycle] = o
	return o
}
