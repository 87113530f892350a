package prompt

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func numbered(n int) []Prompt {
	var all []Prompt
	for i := range n {
		all = append(all, Prompt{ID: fmt.Sprintf("p-%d", i), Text: fmt.Sprintf("text %d", i)})
	}
	return all
}

func deal(s *Source, n uint64) []Prompt {
	var got []Prompt
	for seq := range n {
		got = append(got, s.At(seq))
	}
	return got
}

func ids(prompts []Prompt) []string {
	var all []string
	for _, p := range prompts {
		all = append(all, p.ID)
	}
	return all
}

// Two engines, or two runs of the same seed and nonce, get the same prompts,
// in whatever order they ask.
func TestAtIsAPureFunction(t *testing.T) {
	opts := Options{Seed: 7, PrefixCache: Bust, Nonce: "run"}
	a, b := New(numbered(10), opts), New(numbered(10), opts)
	want := deal(a, 35)
	for seq := 34; seq >= 0; seq-- {
		if got := b.At(uint64(seq)); got != want[seq] {
			t.Errorf("prompt %d is %v, then %v", seq, want[seq], got)
		}
	}
}

func TestEachCycleDealsAllPromptsInAnOrderOfItsOwn(t *testing.T) {
	const n = 20
	s := New(numbered(n), Options{Seed: 1})
	orders := map[string]bool{}
	for cycle := range uint64(5) {
		seen := map[string]bool{}
		var order []string
		for i := range uint64(n) {
			p := s.At(cycle*n + i)
			seen[p.ID] = true
			order = append(order, p.ID)
		}
		if len(seen) != n {
			t.Errorf("cycle %d dealt %d of %d prompts", cycle, len(seen), n)
		}
		orders[strings.Join(order, " ")] = true
	}
	if len(orders) != 5 {
		t.Errorf("5 cycles had %d orders", len(orders))
	}
}

func TestSeedsDiffer(t *testing.T) {
	a, b := New(numbered(20), Options{Seed: 1}), New(numbered(20), Options{Seed: 2})
	if cmp.Equal(ids(deal(a, 20)), ids(deal(b, 20))) {
		t.Error("two seeds gave one order")
	}
}

func TestAllowSendsPromptsAsTheyStand(t *testing.T) {
	for _, mode := range []string{Allow, ""} {
		for _, p := range deal(New(numbered(3), Options{PrefixCache: mode}), 9) {
			if !strings.HasPrefix(p.Text, "text ") {
				t.Errorf("%q salted %q", mode, p.Text)
			}
		}
	}
}

// No two requests of a run, of two scopes or of two runs may share a salt, nor
// begin alike for as long as a cache's block of tokens.
func TestSaltsAreUnique(t *testing.T) {
	run := New(numbered(3), Options{Seed: 1, PrefixCache: Bust, Nonce: "one"})
	seen := map[string]string{}
	for name, s := range map[string]*Source{
		"one":            run,
		"one/warmup":     run.Scope("warmup"),
		"one/load":       run.Scope("load"),
		"one/load/again": run.Scope("load").Scope("again"),
		"two":            New(numbered(3), Options{Seed: 1, PrefixCache: Bust, Nonce: "two"}),
		"other seed":     New(numbered(3), Options{Seed: 2, PrefixCache: Bust, Nonce: "one"}),
	} {
		for seq := range uint64(2000) {
			text := s.At(seq).Text
			key := text[:10]
			at := fmt.Sprintf("%s %d", name, seq)
			if other, again := seen[key]; again {
				t.Fatalf("%s and %s both begin with %q", other, at, key)
			}
			seen[key] = at
			line, rest, _ := strings.Cut(text, "\n\n")
			if !strings.HasPrefix(rest, "text ") || len(line) > 80 || strings.ContainsAny(line, "\n") {
				t.Fatalf("%s is %q", at, text)
			}
		}
	}
}

func TestScopesDealTheSamePrompts(t *testing.T) {
	s := New(numbered(10), Options{Seed: 3, PrefixCache: Bust, Nonce: "n"})
	if diff := cmp.Diff(ids(deal(s, 30)), ids(deal(s.Scope("x"), 30))); diff != "" {
		t.Errorf("(-source +scope):\n%s", diff)
	}
	if one, other := s.Scope("x").At(4), s.Scope("x").At(4); one != other {
		t.Error("a scope is not a function of its name")
	}
}

func TestNoPromptsMeansTheBuiltInOnes(t *testing.T) {
	n := len(Builtin())
	seen := map[string]bool{}
	for _, p := range deal(New(nil, Options{}), uint64(n)) {
		seen[p.ID] = true
	}
	if len(seen) != n {
		t.Errorf("dealt %d of %d", len(seen), n)
	}
}

func TestSourceServesManyUsers(t *testing.T) {
	s := New(numbered(5), Options{Seed: 1, PrefixCache: Bust})
	want := deal(New(numbered(5), Options{Seed: 1, PrefixCache: Bust}), 2000)
	var users sync.WaitGroup
	for u := range 8 {
		users.Go(func() {
			for seq := u; seq < len(want); seq += 3 {
				if got := s.At(uint64(seq)); got != want[seq] {
					t.Errorf("prompt %d is %v, want %v", seq, got, want[seq])
				}
			}
		})
	}
	users.Wait()
	// Numbers far apart, as rounds use them, must not grow the memory.
	for i := range uint64(10 * keptOrders) {
		s.At(i << 20)
	}
	if len(s.orders) > keptOrders {
		t.Errorf("%d orders are kept", len(s.orders))
	}
}

func BenchmarkAt(b *testing.B) {
	s := New(Builtin(), Options{Seed: 1, PrefixCache: Bust})
	var seq uint64
	for b.Loop() {
		seq++
		s.At(seq)
	}
}
