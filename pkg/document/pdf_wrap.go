package document

import (
	"sort"
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
		if !t.exceeds(longer, f, width) {
			line = longer
			continue
		}
		if line != "" {
			if n := t.filler(line, word, f, width); n > 0 {
				line, word = line+" "+word[:n], word[n:]
			}
			lines = append(lines, line)
		}
		for t.exceeds(word, f, width) {
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

// exceeds says whether a clean text is wider than a width, without measuring all
// of a very long one.
func (t *typefaces) exceeds(s string, f face, width float64) bool {
	const step = 512 // bytes
	for len(s) > step {
		end := step
		for !utf8.RuneStart(s[end]) {
			end--
		}
		if width -= t.width(s[:end], f); width < 0 {
			return true
		}
		s = s[end:]
	}
	return t.width(s, f) > width
}

// filler is how many bytes of a long word go to the end of a line, broken after
// punctuation; 0 where the whole word had better stand on the next.
func (t *typefaces) filler(line, word string, f face, width float64) int {
	left := width - t.width(line+" ", f)
	if left < width/5 || !t.exceeds(word, f, width/4) || utf8.RuneCountInString(word) < 18 {
		return 0
	}
	n := t.head(word, f, left)
	if last, _ := utf8.DecodeLastRuneInString(word[:n]); !strings.ContainsRune(softEnds, last) || t.exceeds(word[:n], f, left) {
		return 0
	}
	return n
}

// softEnds are after which a long word is broken.
const softEnds = "-/_.:,;=@+&?"

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
		if strings.ContainsRune(softEnds, r) {
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
	shortened := func(keep int) string {
		return string(runes[:(keep+1)/2]) + "…" + string(runes[len(runes)-keep/2:])
	}
	tooMany := sort.Search(len(runes), func(keep int) bool { return t.width(shortened(keep), f) > width })
	return shortened(max(tooMany-1, 0))
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
