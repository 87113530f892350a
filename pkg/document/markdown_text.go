package document

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// syntax are the characters that mean something to Markdown or HTML. They are
// written as character references, which none of the two reads again.
const syntax = "&<>|`*_~[]()!\\{}$\"'#@^="

// references are the characters by which a forge refers to something: a person, an
// issue, a merge request, a label, a scheme, an emoji. It looks for them in the text
// that Markdown has made, so that a reference to the character does not help:
// something must come between it and what follows.
const references = "@#!~%$&^:"

// apart shows nothing and keeps its neighbours from being one word (U+200B).
const apart = "&#8203;"

// safe makes text that may hold names from a cluster, an engine or a file fit for
// one line of Markdown: it shows as it is, and is no markup, link or mention.
func safe(text string) string {
	runes := []rune(strings.Join(strings.Fields(story.Printable(text)), " "))
	var b strings.Builder
	for i, r := range runes {
		if strings.ContainsRune(syntax, r) {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		} else {
			b.WriteRune(r)
		}
		if i+1 < len(runes) && refers(r, runes[i+1]) {
			b.WriteString(apart)
		}
	}
	return b.String()
}

// refers says whether two characters could begin a reference: one of those above
// with something behind it, and the joints of www.example.com and GH-1.
func refers(r, next rune) bool {
	if strings.ContainsRune(references, r) {
		return unicode.IsLetter(next) || unicode.IsDigit(next) || strings.ContainsRune(`"'_{/+-[(`, next)
	}
	return (r == 'w' || r == 'W') && next == '.' || (r == 'h' || r == 'H') && next == '-'
}

// lineStart keeps a text that begins a line from being a list or a heading.
func lineStart(text string) string {
	if text != "" && strings.ContainsRune("-0123456789", rune(text[0])) {
		return apart + text
	}
	return text
}

// markdown gathers lines.
type markdown struct{ strings.Builder }

func (m *markdown) line(parts ...string) {
	m.WriteString(strings.Join(parts, ""))
	m.WriteByte('\n')
}

// row is a line of a table; its cells are safe already.
func (m *markdown) row(cells []string) { m.line("| ", strings.Join(cells, " | "), " |") }

// head is a table's head; what begins with > is aligned right.
func (m *markdown) head(titles ...string) {
	rule := make([]string, len(titles))
	for i, t := range titles {
		if rule[i] = "---"; strings.HasPrefix(t, ">") {
			titles[i], rule[i] = t[1:], "---:"
		}
	}
	m.row(titles)
	m.row(rule)
}

// commentLength is how many characters of details a comment holds: GitHub takes
// 65,536 in all.
const commentLength = 60000

// details folds what body writes under a title. It is left out, and said to be,
// where the comment would become too long.
func (m *markdown) details(title string, body func(*markdown)) {
	folded := &markdown{}
	body(folded)
	if utf8.RuneCountInString(m.String())+utf8.RuneCountInString(folded.String()) > commentLength {
		m.line()
		m.line(title, ": left out here, because it is too long for a comment; the other documents have it.")
		return
	}
	m.line()
	m.line("<details><summary>", title, "</summary>")
	m.line()
	m.WriteString(strings.TrimLeft(folded.String(), "\n"))
	m.line()
	m.line("</details>")
}
