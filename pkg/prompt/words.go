package prompt

import (
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/kubectl-llmbench/kubectl-llmbench/data"
)

// lead begins every synthetic prompt. It gives the model something to do, and
// lets each word behind it begin with a space, as tokenizers count words.
const lead = "Continue:"

// vocabulary is what synthetic prompts are made of.
var vocabulary = sync.OnceValue(func() []string { return strings.Fields(data.Words) })

// places tells where a word stands in the vocabulary.
var places = sync.OnceValue(func() map[string]int {
	at := map[string]int{}
	for i, w := range vocabulary() {
		at[w] = i
	}
	return at
})

// textOf writes words as a prompt does.
func textOf(words []string) string {
	if len(words) == 0 {
		return lead
	}
	return lead + " " + strings.Join(words, " ")
}

// stream draws words without end.
type stream struct{ rand *rand.Rand }

func newStream(keys ...uint64) stream {
	key := uint64(0)
	for _, k := range keys {
		key = mix(key ^ k)
	}
	return stream{rand.New(rand.NewPCG(key, mix(key)))} //nolint:gosec // a prompt is no secret
}

// fill draws words until they come as near to so many tokens as they can, and
// returns them with what they count. At least one word is drawn.
func (s stream) fill(r *Ruler, tokens float64) (words []string, counted float64) {
	all := vocabulary()
	for {
		i := s.rand.IntN(len(all))
		cost := r.cost(i)
		if len(words) > 0 && counted+cost/2 > tokens {
			return words, counted
		}
		words = append(words, all[i])
		counted += cost
	}
}
