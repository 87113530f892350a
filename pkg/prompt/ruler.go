package prompt

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Ruler predicts how many tokens an engine counts in a synthetic prompt, with
// the chat template and the special tokens it puts around it.
type Ruler struct {
	// Overhead is what is counted whatever the words, in tokens.
	Overhead float64
	// PerWord and PerByte are what a word counts in tokens, and each byte of it
	// with the space before it.
	PerWord, PerByte float64
	// Costs are the words' own counts by their place in the vocabulary, where
	// they were measured; they go before PerWord and PerByte.
	Costs []float64
	// Prose is how many tokens a byte of ordinary text counts, 0 where unknown.
	Prose float64
}

// guess is the ruler of an engine that nobody has measured: a token a word.
var guess = &Ruler{PerWord: 1, Prose: 0.25}

func (r *Ruler) cost(word int) float64 {
	if r.Costs != nil {
		return r.Costs[word]
	}
	return r.PerWord + r.PerByte*float64(len(vocabulary()[word])+1)
}

// mean is what a word counts on average.
func (r *Ruler) mean() float64 {
	sum := 0.0
	for i := range vocabulary() {
		sum += r.cost(i)
	}
	return sum / float64(len(vocabulary()))
}

// Count predicts the tokens of a prompt of so many words, on average.
func (r *Ruler) Count(words float64) float64 { return r.Overhead + words*r.mean() }

// Words is how many words a prompt of so many tokens has, on average.
func (r *Ruler) Words(tokens float64) float64 { return max(tokens-r.Overhead, 0) / r.mean() }

// Counter counts the tokens of each text as the engine would in a request. It
// may count several at once.
type Counter func(texts []string) ([]int, error)

// ErrUncalibrated is wrapped by the error of an engine whose counts no ruler
// follows, because it counts nothing or something else than tokens of the text.
var ErrUncalibrated = errors.New("the engine's token counts do not follow the length of its prompts")

// groupWords is how many words are counted together, and repeats how often a
// word that is more than one token is repeated to learn its share.
const (
	groupWords = 20
	repeats    = 24
)

// measure learns what each word counts, with a counter that costs little. Words
// that are one token each, which is most of them, are recognised by the group;
// the others are counted by themselves.
func measure(count Counter) (*Ruler, error) {
	groups := slices.Collect(slices.Chunk(vocabulary(), groupWords))
	texts := make([]string, 0, len(groups))
	for _, g := range groups {
		texts = append(texts, textOf(g))
	}
	counts, err := count(texts)
	if err != nil {
		return nil, err
	}
	r := &Ruler{Costs: make([]float64, len(vocabulary()))}
	if r.Overhead, err = overhead(count, groups, counts); err != nil {
		return nil, err
	}
	var rest []int
	for g, group := range groups {
		ones := math.Abs(float64(counts[g])-r.Overhead-float64(len(group))) < 0.5
		for i := range group {
			at := g*groupWords + i
			r.Costs[at] = 1
			if !ones {
				rest = append(rest, at)
			}
		}
	}
	return r, r.single(count, rest)
}

// single measures words one by one.
func (r *Ruler) single(count Counter, words []int) error {
	texts := make([]string, 0, len(words))
	for _, w := range words {
		texts = append(texts, textOf(slices.Repeat(vocabulary()[w:w+1], repeats)))
	}
	counts, err := count(texts)
	if err != nil {
		return err
	}
	for i, w := range words {
		r.Costs[w] = (float64(counts[i]) - r.Overhead) / repeats
		if r.Costs[w] <= 0 {
			return fmt.Errorf("%w: %d times %q is %d tokens", ErrUncalibrated, repeats, vocabulary()[w], counts[i])
		}
	}
	return nil
}

// overhead is what two texts count more than both in one.
func overhead(count Counter, groups [][]string, counts []int) (float64, error) {
	const pairs = 8
	var joined []string
	for i := range pairs {
		joined = append(joined, textOf(slices.Concat(groups[2*i], groups[2*i+1])))
	}
	together, err := count(joined)
	if err != nil {
		return 0, err
	}
	sum := 0
	for i, n := range together {
		sum += counts[2*i] + counts[2*i+1] - n
	}
	return float64(sum) / pairs, nil
}

// The words of the texts by which fit measures: few, and many where prompts
// are long, but no more than a trial request may cost.
const (
	fewWords  = 16
	mostWords = 1024
)

// fit measures with a counter that is dear, a request for each text: short and
// long words, few and many of them. From the slope of each follow the shares of
// words and bytes. The key keeps the texts of one run from those of another,
// which an engine may still have in its cache.
func fit(count Counter, words int, key uint64) (*Ruler, error) {
	words = min(max(words, 8*fewWords), mostWords)
	short, long := byLength()
	var texts []string
	for _, class := range [][]string{short, long} {
		for _, n := range []int{fewWords, words} {
			texts = append(texts, textOf(sample(class, key+uint64(len(texts)), n)))
		}
	}
	counts, err := count(texts)
	if err != nil {
		return nil, err
	}
	slope := func(a, b int) (perWord, bytesPerWord float64) {
		more := float64(words - fewWords)
		return float64(counts[b]-counts[a]) / more, float64(len(texts[b])-len(texts[a])) / more
	}
	shortSlope, shortBytes := slope(0, 1)
	longSlope, longBytes := slope(2, 3)
	r := &Ruler{PerByte: (longSlope - shortSlope) / (longBytes - shortBytes)}
	r.PerWord = shortSlope - r.PerByte*shortBytes
	for i, text := range texts {
		n := float64(strings.Count(text, " "))
		r.Overhead += (float64(counts[i]) - r.PerWord*n - r.PerByte*float64(len(text)-len(lead))) / float64(len(texts))
	}
	for i := range vocabulary() {
		if r.cost(i) <= 0 {
			return nil, fmt.Errorf("%w: %d to %d words are %v tokens", ErrUncalibrated, fewWords, words, counts)
		}
	}
	return r, nil
}

// byLength parts the vocabulary into a shorter and a longer half.
func byLength() (short, long []string) {
	sorted := slices.Clone(vocabulary())
	slices.SortStableFunc(sorted, func(a, b string) int { return len(a) - len(b) })
	return sorted[:len(sorted)/2], sorted[len(sorted)/2:]
}

func sample(words []string, key uint64, n int) []string {
	s := newStream(key)
	picked := make([]string, n)
	for i := range picked {
		picked[i] = words[s.rand.IntN(len(words))]
	}
	return picked
}
