package document

import (
	"strings"
	"unicode/utf8"
)

// wrap cleans a text and breaks it into lines of a width: at spaces, a word that
// is too long at its punctuation, and where it has none anywhere.
func (t *typefaces) wrap(s string, f face, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Split(t.clean(s), " ") {
		if word == "" {
			continue
		}
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if t.width(longer, f) <= width {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for t.width(word, f) > width {
			n := t.head(word, f, width)
			if n == len(word) {
				break
			}
			lines, word = append(lines, word[:n]), word[n:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// head is how many bytes of a word fit, one letter at least; fewer where the
// word can be broken after punctuation in the second half of those.
func (t *typefaces) head(word string, f face, width float64) int {
	fits, soft := 0, 0
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		if i > 0 && t.width(word[:end], f) > width {
			break
		}
		fits = end
		if strings.ContainsRune("-/_.:,;=@+&?", r) {
			soft = end
		}
	}
	if soft > fits/2 {
		return soft
	}
	return fits
}

// longest is the width of the longest word of a text.
func (t *typefaces) longest(s string, f face) float64 {
	most := 0.0
	for _, word := range strings.Split(t.clean(s), " ") {
		most = max(most, t.width(word, f))
	}
	return most
}

// fit cleans a text and shortens it to a width by leaving out its middle, because
// names differ at either end.
func (t *typefaces) fit(s string, f face, width float64) string {
	s = t.clean(s)
	if t.width(s, f) <= width {
		return s
	}
	runes := []rune(s)
	for keep := len(runes) - 1; keep >= 2; keep-- {
		short := string(runes[:(keep+1)/2]) + "…" + string(runes[len(runes)-keep/2:])
		if t.width(short, f) <= width {
			return short
		}
	}
	return "…"
}

// balanced is wrap without a last line of a word or two, where shorter lines
// avoid that.
func (t *typefaces) balanced(s string, f face, width float64) []string {
	lines := t.wrap(s, f, width)
	short := func(l []string) bool { return len(l) > 1 && t.width(l[len(l)-1], f) < width/4 }
	for narrow := width * 0.95; short(lines) && narrow > width*0.7; narrow -= width * 0.05 {
		if other := t.wrap(s, f, narrow); len(other) == len(lines) {
			lines = other
		}
	}
	return lines
}
