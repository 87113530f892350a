package simulate

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAnswersEndBySeed(t *testing.T) {
	var ended, short int
	const n = 4000
	for salt := range uint64(n) {
		a := ask{prompt: "hello", most: 256}.draw(1, salt)
		if a.total < 1 || a.total > 256 || a.ends != (a.token(a.total-1).kind == eosToken) {
			t.Fatalf("answer %d: %+v", salt, a)
		}
		if !a.ends && a.total != 256 {
			t.Fatalf("answer %d stops at %d without an end", salt, a.total)
		}
		if a.ends {
			ended++
		}
		if a.total < 16 {
			short++
		}
	}
	if ended < n*55/100 || ended > n*70/100 || short == 0 || short > n*2/100 {
		t.Errorf("of %d answers %d ended by themselves and %d had less than 16 tokens", n, ended, short)
	}
}

func TestAnswersObeyTheirLengths(t *testing.T) {
	for salt := range uint64(500) {
		if a := (ask{most: 400, endless: true}).draw(1, salt); a.total != 400 || a.ends {
			t.Fatalf("an answer that may not end has %d tokens, ends %v", a.total, a.ends)
		}
		if a := (ask{most: 400, least: 300}).draw(1, salt); a.total <= 300 {
			t.Fatalf("an answer of at least 300 tokens and its end has %d", a.total)
		}
		if a := (ask{most: 1}).draw(1, salt); a.total != 1 || a.finish() != "length" {
			t.Fatalf("an answer of one token has %d, finish %s", a.total, a.finish())
		}
	}
}

func TestAnswersRepeatWhenFixed(t *testing.T) {
	base := ask{prompt: "hello", most: 40, endless: true}
	text := func(a ask, server, salt uint64) string {
		_, s := a.draw(server, salt).texts()
		return s
	}
	fixed := base
	fixed.fixed, fixed.seed = true, 7
	other := fixed
	other.prompt = "hello!"
	if text(fixed, 1, 1) != text(fixed, 1, 2) {
		t.Error("a fixed answer differs between requests")
	}
	for name, differs := range map[string]string{
		"another request": text(base, 1, 2), "another server": text(base, 2, 1), "another prompt": text(other, 1, 1),
	} {
		if differs == text(base, 1, 1) || differs == text(fixed, 1, 1) {
			t.Errorf("%s has the same answer", name)
		}
	}
}

func TestAnswersParts(t *testing.T) {
	a := answer{seed: 3, total: 12, reasoning: 4, parsed: true, ends: true}
	var kinds []kind
	var text strings.Builder
	for i := range a.total {
		tok := a.token(i)
		kinds = append(kinds, tok.kind)
		text.WriteString(tok.text)
		if !utf8.ValidString(tok.text) {
			t.Errorf("token %d is no UTF-8: %q", i, tok.text)
		}
	}
	want := []kind{0, 0, 0, 0, markerToken, textToken, textToken, textToken, textToken, textToken, textToken, eosToken}
	for i := range want {
		if kinds[i] != want[i] {
			t.Fatalf("kinds %v, want %v", kinds, want)
		}
	}
	reasoning, answered := a.texts()
	if reasoning+markerText+answered+eosText != text.String() || reasoning == "" || answered == "" {
		t.Errorf("parts %q and %q of %q", reasoning, answered, text.String())
	}
	if a.reasoningTokens() != 5 {
		t.Errorf("%d tokens of reasoning, want 4 and the marker", a.reasoningTokens())
	}
	a.parsed = false
	if _, all := a.texts(); !strings.Contains(all, markerText) || a.reasoningTokens() != 0 {
		t.Errorf("an engine that does not parse reasoning shows it as text, not %q", all)
	}
}

func TestTokensAreEscapedOnce(t *testing.T) {
	all := append(append(append(append([]token{lexicon.marker, lexicon.eos}, lexicon.starts...), lexicon.opens...), lexicon.words...), lexicon.marks...)
	quotes := 0
	for _, tok := range all {
		var back string
		if err := json.Unmarshal([]byte(`"`+tok.json+`"`), &back); err != nil || back != tok.text {
			t.Errorf("token %q is sent as %s, which reads %q (%v)", tok.text, tok.json, back, err)
		}
		if tok.json != tok.text {
			quotes++
		}
	}
	if quotes == 0 {
		t.Error("no token needs escaping: decoders are not exercised")
	}
}

func TestTokenIDs(t *testing.T) {
	for _, text := range []string{"", "a", "abcd", "abcde", strings.Repeat("x", 999)} {
		if got := len(tokenIDs(text)); got != countTokens(text) {
			t.Errorf("%d numbers for %d tokens of %q", got, countTokens(text), text)
		}
	}
}
