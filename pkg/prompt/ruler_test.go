package prompt

import (
	"errors"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/lengths"
)

// The tokenizers that stand in for engines': byTheByte counts four bytes a
// token, pieces splits a tenth of the words in two and some in three, whole
// takes each word for a token. All add a template.
var tokenizers = map[string]func(string) int{
	"by the byte": func(text string) int { return 17 + (len(text)+3)/4 },
	"pieces": func(text string) int {
		n := 31
		for _, w := range strings.Fields(text) {
			h := fnv.New32a()
			h.Write([]byte(w))
			switch h.Sum32() % 20 {
			case 0:
				n += 2
			case 1:
				n += 1 + (len(w)+2)/3
			default:
				n++
			}
		}
		return n
	},
	"whole": func(text string) int { return len(strings.Fields(text)) },
}

func counter(tokens func(string) int) Counter {
	return func(texts []string) ([]int, error) {
		var counts []int
		for _, text := range texts {
			counts = append(counts, tokens(text))
		}
		return counts, nil
	}
}

func parsed(t testing.TB, text string) lengths.Distribution {
	t.Helper()
	d, err := lengths.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Where counting is cheap every prompt has its length within 2 tokens or 2 %,
// and the mean is within 2 % in any case.
func TestCalibratedLengths(t *testing.T) {
	for name, tokens := range tokenizers {
		for _, cheap := range []bool{true, false} {
			s := NewSynthetic(Synthetic{Input: parsed(t, "480±240 in 64..2048"), SharedPrefix: 20, Prefixes: 3}, Options{Seed: 3, PrefixCache: Bust, Nonce: "n"})
			r, err := s.Calibrate(counter(tokens), cheap)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			s = s.Under(r)
			sum, target, worst := 0.0, 0.0, 0.0
			for seq := range uint64(300) {
				ask := s.Ask(seq)
				got, want := float64(tokens(ask.Text)), float64(ask.PromptTokens)
				sum += got
				target += want
				worst = max(worst, math.Abs(got-want)-max(2, 0.02*want))
			}
			if math.Abs(sum/target-1) > 0.02 || cheap && (worst > 0 || math.Abs(sum/target-1) > 0.002) {
				t.Errorf("%s, cheap %t: %.1f tokens on the mean, want %.1f; the worst is %.1f beyond what it may", name, cheap, sum/300, target/300, worst)
			}
		}
	}
}

// A trace says the lengths; the source itself has none.
func TestSizedPromptsAreCalibratedToo(t *testing.T) {
	s := NewSynthetic(Synthetic{}, Options{Seed: 3, PrefixCache: Bust})
	for name, tokens := range tokenizers {
		r, err := s.Calibrate(counter(tokens), true)
		if err != nil {
			t.Fatal(err)
		}
		for seq, want := range []int{64, 500, 4000} {
			if got := tokens(s.Under(r).Sized(uint64(seq), want, 0).Text); math.Abs(float64(got-want)) > max(2, 0.02*float64(want)) {
				t.Errorf("%s: %d tokens, want %d", name, got, want)
			}
		}
	}
}

func TestWordsOfOneTokenAreCountedByTheGroup(t *testing.T) {
	asked := 0
	whole := counter(tokenizers["whole"])
	if _, err := measure(func(texts []string) ([]int, error) { asked += len(texts); return whole(texts) }); err != nil {
		t.Fatal(err)
	}
	if most := len(vocabulary())/groupWords + 10; asked > most {
		t.Errorf("counted %d texts, want at most %d", asked, most)
	}
}

func TestCountersThatCannotBeFollowed(t *testing.T) {
	broken := errors.New("broken")
	s := NewSynthetic(Synthetic{Input: parsed(t, "480")}, Options{})
	for name, c := range map[string]struct {
		count Counter
		want  error
	}{
		"an error":    {func([]string) ([]int, error) { return nil, broken }, broken},
		"a constant":  {counter(func(string) int { return 7 }), ErrUncalibrated},
		"ever longer": {counter(func(text string) int { return 100000 - len(text) }), ErrUncalibrated},
	} {
		for _, cheap := range []bool{true, false} {
			if _, err := s.Calibrate(c.count, cheap); !errors.Is(err, c.want) {
				t.Errorf("%s, cheap %t: %v", name, cheap, err)
			}
		}
	}
}

func TestRulerPredictsWhatWordsCount(t *testing.T) {
	r := Ruler{Overhead: 10, PerWord: 1.5}
	if got := r.Count(100); math.Abs(got-160) > 1e-6 {
		t.Errorf("100 words are %v tokens", got)
	}
	if got := r.Words(160); math.Abs(got-100) > 1e-6 {
		t.Errorf("160 tokens are %v words", got)
	}
	if got := r.Words(3); got != 0 {
		t.Errorf("fewer tokens than the overhead are %v words", got)
	}
}

func TestVocabulary(t *testing.T) {
	words := vocabulary()
	if len(words) < 900 || !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) {
		t.Errorf("%d words, which must be sorted and different", len(words))
	}
	for _, w := range words {
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%q is no plain word", w)
		}
	}
}
