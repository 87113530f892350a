package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Error is one problem of one configuration file, or of one flag, where Line
// and Column are 0. Both count from 1; Column counts characters.
type Error struct {
	// File is the source's name, as the caller gave it.
	File         string
	Line, Column int
	// Message says what is wrong and what would be right.
	Message string
	// Source is the line of the file that Line points at.
	Source string
	// Suggestion is what the author probably meant, "" where nothing is near.
	Suggestion string

	layer int    // the order of its source, lowest first
	path  string // the setting it is about
}

// Error prints `file:line:col: message`, the source line with a caret under
// the column, and `did you mean "x"?` where there is a suggestion.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": " + strings.Map(visible, e.Message))
	if e.Line > 0 {
		text, caret := excerpt(e.Source, e.Column)
		b.WriteString("\n  " + text + "\n  " + caret)
	}
	if e.Suggestion != "" {
		fmt.Fprintf(&b, "\n  did you mean %q?", e.Suggestion)
	}
	return b.String()
}

// excerptWidth is how much of a long source line is shown, in characters.
const excerptWidth = 100

// excerpt returns the part of a line around a column and a line with a caret
// under it, which repeats the line's tabs.
func excerpt(line string, column int) (text, caret string) {
	runes := []rune(line)
	at := min(max(column-1, 0), len(runes))
	from := max(0, at-excerptWidth/2)
	to := min(len(runes), from+excerptWidth)
	var t, c strings.Builder
	for i, r := range runes[from:to] {
		r = visible(r)
		t.WriteRune(r)
		if from+i >= at {
			continue
		}
		switch {
		case r == '\t':
			c.WriteRune(r)
		case wide(r):
			c.WriteString("  ")
		default:
			c.WriteByte(' ')
		}
	}
	return strings.TrimRightFunc(t.String(), unicode.IsSpace), c.String() + "^"
}

// visible replaces control characters, so that no file can steer a terminal.
func visible(r rune) rune {
	if r != '\t' && !unicode.IsPrint(r) {
		return '\uFFFD'
	}
	return r
}

// wide says whether a terminal gives a character two columns.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
}

// Errors are all problems found, in the order of the layers and, within a
// file, of its lines. [errors.As] finds the first *[Error] in it.
type Errors []*Error

// maxPrinted bounds how many problems a message lists.
const maxPrinted = 20

// Error prints the problems one below the other.
func (e Errors) Error() string {
	var parts []string
	for _, p := range e[:min(len(e), maxPrinted)] {
		parts = append(parts, p.Error())
	}
	if more := len(e) - maxPrinted; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, "\n")
}

// Unwrap hands the problems to [errors.As].
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, p := range e {
		all[i] = p
	}
	return all
}

func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.layer, b.layer), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// on says whether one of the problems is about the setting at path itself.
func (e Errors) on(path string) bool {
	return slices.ContainsFunc(e, func(p *Error) bool { return p.path == path })
}

// around says whether one of the problems is about the section that path
// stands in, or about a setting of it.
func (e Errors) around(path string) bool {
	return slices.ContainsFunc(e, func(p *Error) bool {
		return parent(p.path) == parent(path) || p.path == parent(path)
	})
}

func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}
