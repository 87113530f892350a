package prompt

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSyntheticIsAPureFunction(t *testing.T) {
	shape := Synthetic{Input: parsed(t, "100..200"), Output: parsed(t, "50±10")}
	opts := Options{Seed: 7, PrefixCache: Bust, Nonce: "run", Turns: parsed(t, "3")}
	a, b := NewSynthetic(shape, opts), NewSynthetic(shape, opts).Under(&Ruler{PerWord: 1})
	for seq := uint64(20); seq > 0; seq-- {
		for turn := range 3 {
			one, _ := a.Turn(seq, turn)
			other, _ := b.Turn(seq, turn)
			if one != other {
				t.Fatalf("turn %d of %d is %v, then %v", turn, seq, one, other)
			}
		}
		if at := a.At(seq); at != a.Ask(seq).Prompt {
			t.Errorf("At(%d) is %v", seq, at)
		}
	}
}

// Lengths follow the seed alone; words are new in each part of a run and in each
// run, unless the prefix cache is allowed to know them.
func TestSyntheticSalts(t *testing.T) {
	shape := Synthetic{Input: parsed(t, "100..200")}
	for _, mode := range []string{Bust, Allow} {
		base := NewSynthetic(shape, Options{Seed: 1, PrefixCache: mode, Nonce: "one"})
		others := []*Source{base.Scope("w"), base.Scope("w").Scope("again"), NewSynthetic(shape, Options{Seed: 1, PrefixCache: mode, Nonce: "two"})}
		for seq := range uint64(20) {
			for i, other := range others {
				a, b := base.Ask(seq), other.Ask(seq)
				if a.PromptTokens != b.PromptTokens {
					t.Errorf("%s: request %d has %d tokens, and elsewhere %d", mode, seq, a.PromptTokens, b.PromptTokens)
				}
				if same := a.Text == b.Text; same != (mode == Allow) {
					t.Errorf("%s: request %d and that of source %d: same text is %t", mode, seq, i, same)
				}
			}
		}
	}
}

func TestSyntheticPromptsBeginDifferently(t *testing.T) {
	run := NewSynthetic(Synthetic{Input: parsed(t, "40")}, Options{Seed: 1, PrefixCache: Bust, Nonce: "n"})
	seen := map[string]string{}
	for _, part := range []string{"a", "b"} {
		s := run.Scope(part)
		for seq := range uint64(3000) {
			begin := strings.Join(strings.Fields(s.At(seq).Text)[:6], " ")
			if other, again := seen[begin]; again {
				t.Fatalf("%s %d begins as %s does: %q", part, seq, other, begin)
			}
			seen[begin] = fmt.Sprint(part, seq)
		}
	}
}

func TestSharedPrefixes(t *testing.T) {
	shape := Synthetic{Input: parsed(t, "100..120"), SharedPrefix: 60, Prefixes: 3}
	run := NewSynthetic(shape, Options{Seed: 1, PrefixCache: Bust, Nonce: "n"})
	prefixes := func(s *Source) map[string]int {
		seen := map[string]int{}
		for seq := range uint64(300) {
			words := strings.Fields(s.At(seq).Text)
			seen[strings.Join(words[:61], " ")]++ // the lead and 60 words
		}
		return seen
	}
	first := prefixes(run)
	if len(first) != 3 {
		t.Errorf("%d prefixes, want 3", len(first))
	}
	for p, n := range first {
		if n < 70 {
			t.Errorf("a prefix of three stands before %d of 300 prompts: %.40s", n, p)
		}
	}
	if diff := cmp.Diff(first, prefixes(run.Scope("other part"))); diff != "" {
		t.Errorf("another part of the run has other prefixes:\n%s", diff)
	}
	for p := range prefixes(NewSynthetic(shape, Options{Seed: 1, PrefixCache: Bust, Nonce: "next"})) {
		if first[p] > 0 {
			t.Error("another run begins with a prefix that the engine may still have in its cache")
		}
	}
}

func TestSized(t *testing.T) {
	s := NewSynthetic(Synthetic{Input: parsed(t, "100")}, Options{Seed: 1, PrefixCache: Bust}).Under(&Ruler{Overhead: 20, PerWord: 2})
	for _, want := range []int{1, 21, 40, 1000} {
		r := s.Sized(4, want, 30)
		words := len(strings.Fields(r.Text)) - 1
		if near := max((want-20+1)/2, 1); words < near-1 || words > near+1 || words < 1 {
			t.Errorf("%d tokens are %d words", want, words)
		}
		if r.PromptTokens != want || r.OutputTokens != 30 || !r.Force {
			t.Errorf("got %+v", r)
		}
	}
	if r := s.Sized(4, 100, 0); r.Force {
		t.Error("an answer of no length is forced")
	}
}

func TestTurns(t *testing.T) {
	listed := New(numbered(5), Options{Seed: 1, PrefixCache: Bust, Turns: parsed(t, "3")})
	made := NewSynthetic(Synthetic{Input: parsed(t, "50"), Output: parsed(t, "9")}, Options{Seed: 1, Turns: parsed(t, "1..4")})
	texts := map[string]bool{}
	for turn := range 3 {
		r, ok := listed.Turn(2, turn)
		if !ok || strings.Contains(r.Text, "reference of this") != (turn == 0) {
			t.Errorf("turn %d is %q (%t)", turn, r.Text, ok)
		}
		texts[r.ID] = true
	}
	if _, more := listed.Turn(2, 3); more || len(texts) != 3 {
		t.Errorf("a fourth turn: %t; prompts %v", more, texts)
	}
	lasted := map[int]int{}
	for seq := range uint64(200) {
		turn := 0
		for {
			r, ok := made.Turn(seq, turn)
			if !ok {
				break
			}
			if turn > 0 && (r.PromptTokens != 0 || len(strings.Fields(r.Text)) != 50 || r.OutputTokens != 9) {
				t.Fatalf("turn %d is %+v", turn, r)
			}
			turn++
		}
		lasted[turn]++
	}
	if len(lasted) != 4 || lasted[1] < 20 || lasted[4] < 20 {
		t.Errorf("conversations had so many turns: %v", lasted)
	}
	if New(nil, Options{}).Converses() || !listed.Converses() {
		t.Error("conversations where none were asked for, or none where they were")
	}
}

func BenchmarkSized(b *testing.B) {
	s := NewSynthetic(Synthetic{Input: parsed(b, "480")}, Options{Seed: 1, PrefixCache: Bust})
	var seq uint64
	for b.Loop() {
		seq++
		s.Ask(seq)
	}
}
