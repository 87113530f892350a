package story

import (
	"fmt"
	"strings"
	"unicode"
)

// Printable makes text from a cluster or an engine fit to be read: no control
// character, no invisible mark and nothing that turns the direction of writing
// gets through.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || string(r) == Thin || string(r) == noBreak {
			return r
		}
		return ' '
	}, s)
}

// say is Printable after Sprintf; every text that holds a name goes through it.
func say(format string, args ...any) string { return Printable(fmt.Sprintf(format, args...)) }

// text is a cell of words; one without any is missing.
func text(s string) Cell {
	if strings.TrimSpace(s) == "" {
		return missing("")
	}
	return Cell{Text: Printable(s)}
}

// missing is a cell without a value, and why, where that is known.
func missing(why string) Cell {
	if why == "" {
		return Cell{Text: NotAvailable, Tone: Quiet, Missing: true}
	}
	return Cell{Text: NotAvailable, Detail: why, Tone: Quiet, Missing: true}
}

// plural is the noun after a count, with an s unless there is one of it.
func plural(n int64, noun string) string {
	if n == 1 {
		return Count(n) + " " + noun
	}
	return Count(n) + " " + noun + "s"
}

// among joins words as a sentence does: a, b and c.
func among(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// dashed joins what is not empty.
func dashed(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}
