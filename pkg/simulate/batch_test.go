package simulate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// plain is a profile whose arithmetic can be done in the head: a prompt token
// takes 1 ms, a step 10 ms and 1 ms for each further sequence.
func plain(change func(*Profile)) Profile {
	p := Profile{
		PrefillTokensPerS: 1000, FirstTokenOverhead: 20 * time.Millisecond,
		StepBase: 10 * time.Millisecond, StepPerSeq: time.Millisecond,
		Slots: 8, QueueLimit: -1, KVTokens: 1000, ContextLength: 1000, ChunkTokens: 100,
	}
	if change != nil {
		change(&p)
	}
	return p
}

// script runs a batch and describes each step in a line. Sequences are named
// a, b, c … in the order in which they are given.
func script(p Profile, steps int, seqs ...*sequence) []string {
	b := newBatch(p, 1)
	names := map[*sequence]string{}
	var lines []string
	for i, q := range seqs {
		names[q] = string(rune('a' + i))
		if !b.submit(q) {
			lines = append(lines, names[q]+" refused")
		}
	}
	list := func(label string, of []*sequence) string {
		var s strings.Builder
		for _, q := range of {
			s.WriteString(names[q])
		}
		if s.Len() == 0 {
			return ""
		}
		return " " + label + "=" + s.String()
	}
	for range steps {
		s, ok := b.advance()
		if !ok {
			return append(lines, "idle")
		}
		line := s.took.String() + list("in", s.admitted) + list("out", s.evicted) + list("token", s.given)
		if s.prefill > 0 {
			line += fmt.Sprintf(" prefill=%d", s.prefill)
		}
		b.settle(s)
		lines = append(lines, line+fmt.Sprintf(" kv=%d", b.used))
	}
	return lines
}

func TestBatchSteps(t *testing.T) {
	tests := []struct {
		name    string
		profile Profile
		seqs    []*sequence
		want    []string
	}{
		{
			"alone: overhead and prompt, then a step a token", plain(nil),
			[]*sequence{{prompt: 30, want: 3}},
			[]string{
				"50ms in=a token=a prefill=30 kv=31",
				"10ms token=a kv=32",
				"10ms token=a kv=0",
				"idle",
			},
		},
		{
			"a batch pays the overhead once and a little for each further sequence", plain(nil),
			[]*sequence{{prompt: 10, want: 2}, {prompt: 20, want: 3}, {prompt: 30, want: 2}},
			[]string{
				"80ms in=abc token=abc prefill=60 kv=63",
				"12ms token=abc kv=22",
				"10ms token=b kv=0",
				"idle",
			},
		},
		{
			"a long prompt is prefilled in chunks between others' tokens", plain(nil),
			[]*sequence{{prompt: 10, want: 4}, {prompt: 200, want: 1}},
			[]string{
				"120ms in=ab token=a prefill=100 kv=212", // 10 of a, 90 of b
				"109ms token=a prefill=99 kv=213",
				"21ms token=ab prefill=11 kv=13",
				"10ms token=a kv=0",
				"idle",
			},
		},
		{
			"slots are taken in order, and a freed one at once", plain(func(p *Profile) { p.Slots = 1 }),
			[]*sequence{{prompt: 10, want: 2}, {prompt: 10, want: 1}},
			[]string{
				"30ms in=a token=a prefill=10 kv=11",
				"10ms token=a kv=0",
				"30ms in=b token=b prefill=10 kv=0",
				"idle",
			},
		},
		{
			"a full cache keeps the head of the queue waiting, and all behind it", plain(func(p *Profile) { p.KVTokens = 64 }),
			[]*sequence{{prompt: 40, want: 2}, {prompt: 40, want: 1}, {prompt: 5, want: 1}},
			[]string{
				"60ms in=a token=a prefill=40 kv=41",
				"10ms token=a kv=0",
				"65ms in=bc token=bc prefill=45 kv=0",
				"idle",
			},
		},
		{
			"the youngest makes way and is computed again", plain(func(p *Profile) { p.KVTokens = 64 }),
			[]*sequence{{prompt: 30, want: 4}, {prompt: 30, want: 3}},
			[]string{
				"80ms in=ab token=ab prefill=60 kv=62",
				"11ms token=ab kv=64",
				"10ms out=b token=a kv=33",
				"10ms token=a kv=0",
				"52ms in=b token=b prefill=32 kv=0",
				"idle",
			},
		},
		{
			"an engine that reserves never preempts", plain(func(p *Profile) { p.KVTokens = 64 }),
			[]*sequence{{prompt: 30, want: 3, reserve: 33}, {prompt: 30, want: 2, reserve: 32}},
			[]string{
				"50ms in=a token=a prefill=30 kv=33",
				"10ms token=a kv=33",
				"10ms token=a kv=0",
				"50ms in=b token=b prefill=30 kv=32",
				"10ms token=b kv=0",
				"idle",
			},
		},
		{
			"more than slots and queue are refused", plain(func(p *Profile) { p.Slots, p.QueueLimit = 1, 1 }),
			[]*sequence{{prompt: 1, want: 1}, {prompt: 1, want: 1}, {prompt: 1, want: 1}},
			[]string{
				"c refused",
				"21ms in=a token=a prefill=1 kv=0",
				"21ms in=b token=b prefill=1 kv=0",
				"idle",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, script(test.profile, 10, test.seqs...)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBatchPrefixCache(t *testing.T) {
	prompt := strings.Repeat("sixteen tokens of four bytes each make one block of this cache. ", 4)
	names := blockNames(prompt)
	tokens := countTokens(prompt)
	if len(names) != 4 || tokens != 64 {
		t.Fatalf("the prompt has %d blocks and %d tokens, want 4 and 64", len(names), tokens)
	}
	salted := blockNames("salt" + prompt)
	got := script(plain(nil), 10,
		&sequence{prompt: tokens, blocks: names, want: 1},
		// The budget of the first step is used up, so that these come later.
		&sequence{prompt: 36, want: 1},
		&sequence{prompt: tokens, blocks: names, want: 1},
		&sequence{prompt: tokens + 1, blocks: salted, want: 1},
	)
	want := []string{
		"120ms in=ab token=ab prefill=100 kv=0",
		// 48 of 64 come from the cache, for the last token must be computed; the
		// salted prompt has none of it.
		"101ms in=cd token=cd prefill=81 kv=0",
		"idle",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestPrefixCacheForgetsTailsFirst(t *testing.T) {
	c := newPrefixCache(4)
	c.insert([]uint64{1, 2, 3})
	c.insert([]uint64{7, 8})
	for _, test := range []struct {
		blocks []uint64
		limit  int
		want   int
	}{
		{[]uint64{1, 2, 3}, 1000, 2 * blockTokens},
		{[]uint64{7, 8}, 1000, 2 * blockTokens},
		{[]uint64{7, 8}, 2*blockTokens - 1, blockTokens},
		{[]uint64{9, 8}, 1000, 0},
	} {
		if got := c.lookup(test.blocks, test.limit); got != test.want {
			t.Errorf("lookup(%v, %d) = %d tokens, want %d", test.blocks, test.limit, got, test.want)
		}
	}
}

func TestBatchRemove(t *testing.T) {
	b := newBatch(plain(func(p *Profile) { p.Slots = 1 }), 1)
	first, second, third := &sequence{prompt: 10, want: 5}, &sequence{prompt: 10, want: 1}, &sequence{prompt: 10, want: 1}
	for _, q := range []*sequence{first, second, third} {
		if !b.submit(q) {
			t.Fatal("refused without a limit")
		}
	}
	s, _ := b.advance()
	b.remove(first) // in the middle of its step
	b.remove(second)
	b.settle(s)
	b.remove(first)
	if b.used != 0 || first.given != 0 {
		t.Errorf("after removal: %d tokens of cache in use, %d given; want none", b.used, first.given)
	}
	if s, _ = b.advance(); len(s.admitted) != 1 || s.admitted[0] != third {
		t.Errorf("the freed slot did not go to the next in the queue: %+v", s)
	}
	b.settle(s)
	if !b.empty() {
		t.Error("the batch is not empty at the end")
	}
}

// TestBatchKeepsItsBooks drives random loads and checks what must hold always.
func TestBatchKeepsItsBooks(t *testing.T) {
	for seed := range uint64(30) {
		p := plain(func(p *Profile) { p.Slots, p.KVTokens, p.ContextLength, p.Jitter = 4, 160, 100, 0.3 })
		b := newBatch(p, seed)
		var all []*sequence
		for i := range uint64(40) {
			q := &sequence{prompt: 1 + int(mix(seed^i)%60), want: 1 + int(mix(seed^i^999)%40)}
			all = append(all, q)
			b.submit(q)
		}
		for steps := 0; ; steps++ {
			s, ok := b.advance()
			if !ok {
				break
			}
			held := 0
			for _, q := range b.running {
				held += q.held
			}
			if held != b.used || b.used > p.KVTokens || len(b.running) > p.Slots {
				t.Fatalf("seed %d step %d: held %d, used %d of %d, running %d of %d", seed, steps, held, b.used, p.KVTokens, len(b.running), p.Slots)
			}
			if s.took <= 0 || s.prefill+s.decoders > p.ChunkTokens {
				t.Fatalf("seed %d step %d: took %s for %d+%d tokens", seed, steps, s.took, s.prefill, s.decoders)
			}
			b.settle(s)
			if steps > 10_000 {
				t.Fatalf("seed %d: no end", seed)
			}
		}
		for i, q := range all {
			if q.given != q.want || q.held != 0 {
				t.Fatalf("seed %d: sequence %d has %d of %d tokens and holds %d", seed, i, q.given, q.want, q.held)
			}
		}
		if b.preemptions == 0 || b.used != 0 {
			t.Fatalf("seed %d: %d preemptions, %d tokens in use at the end; want some, and none", seed, b.preemptions, b.used)
		}
	}
}

func TestJitterHasItsMoments(t *testing.T) {
	b := newBatch(plain(func(p *Profile) { p.Jitter = 0.2 }), 7)
	const n = 20_000
	var sum, squares float64
	for range n {
		v := float64(b.duration(&step{decoders: 1})) / float64(10*time.Millisecond)
		sum += v
		squares += v * v
	}
	mean := sum / n
	variance := squares/n - mean*mean
	if mean < 0.99 || mean > 1.01 || variance < 0.035 || variance > 0.045 {
		t.Errorf("mean %.4f and variance %.4f, want 1 and 0.04", mean, variance)
	}
}
