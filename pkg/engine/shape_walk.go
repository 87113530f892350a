package engine

import "strings"

// Bounds of what is worth learning: frames with long lists in them
// (log-probabilities) would make shapes that cost more than they save.
const (
	maxParts = 64
	maxDepth = 16
)

// part is a value that may vary between frames of one shape, with the bytes
// that stand between it and the value before it.
type part struct {
	before, value string // value is what stands between the quotes of a string
	hole          hole
	// open is set once the value was seen to vary, and from the outset for
	// text and counts.
	open bool
}

// walk cuts a payload that a full decode has accepted into parts and the
// bytes after the last one. Values that are read but may not vary stay in the
// bytes between. ok is false for a payload that is not worth a shape or whose
// meaning is not sure.
func walk(payload string, fields *field) (parts []part, tail string, ok bool) {
	w := walker{s: payload}
	if !w.value(fields, 0) {
		return nil, "", false
	}
	return w.parts, payload[w.cut:], true
}

type walker struct {
	s       string
	at, cut int // where it stands, and where the last part ended
	parts   []part
}

func (w *walker) value(f *field, depth int) bool {
	if depth > maxDepth || len(w.parts) > maxParts {
		return false
	}
	switch w.skipSpace() {
	case 0:
		return false
	case '{':
		return w.list('}', func() bool { return w.member(f, depth) })
	case '[':
		return w.list(']', func() bool { return w.value(f, depth+1) })
	case '"':
		from, to := w.quoted()
		w.add(f, from, to, true)
	default:
		from := w.at
		for w.at < len(w.s) && !strings.ContainsRune(",}] \t\r\n", rune(w.s[w.at])) {
			w.at++
		}
		w.add(f, from, w.at, false)
	}
	return true
}

// list reads items up to a closing bracket, with commas between.
func (w *walker) list(closing byte, item func() bool) bool {
	w.at++
	if w.skipSpace() == closing {
		w.at++
		return true
	}
	for {
		if !item() {
			return false
		}
		c := w.skipSpace()
		w.at++
		if c == closing {
			return true
		}
		if c != ',' {
			return false
		}
	}
}

func (w *walker) member(f *field, depth int) bool {
	if w.skipSpace() != '"' {
		return false
	}
	from, to := w.quoted()
	child, sure := f.child(w.s[from:to])
	if !sure || w.skipSpace() != ':' {
		return false
	}
	w.at++
	return w.value(child, depth+1)
}

// add makes a part of a value that may vary.
func (w *walker) add(f *field, from, to int, quoted bool) {
	value := w.s[from:to]
	p := part{before: w.s[w.cut:from], value: value}
	switch {
	case f == nil && quoted:
		p.hole = holeString
	case f == nil && isNumber(value):
		p.hole = holeNumber
	case f != nil && f.role == roleText && value != "" && quoted:
		p.hole, p.open = holeText, true
	case f != nil && f.role == roleCount && isPositive(value):
		p.hole, p.open = holeCount, true
	default:
		return
	}
	w.parts, w.cut = append(w.parts, p), to
}

// quoted passes over a string and returns where its body begins and ends.
func (w *walker) quoted() (from, to int) {
	from = w.at + 1
	for w.at++; w.at < len(w.s) && w.s[w.at] != '"'; w.at++ {
		if w.s[w.at] == '\\' {
			w.at++
		}
	}
	to = min(w.at, len(w.s))
	w.at = to + 1
	return from, to
}

// skipSpace returns the next byte that is no space, 0 at the end.
func (w *walker) skipSpace() byte {
	for ; w.at < len(w.s); w.at++ {
		if c := w.s[w.at]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c
		}
	}
	return 0
}

func isNumber(value string) bool {
	return scanNumber([]byte(value), 0) == len(value)
}

// isPositive tells a count from a 0, which is none; see usage.
func isPositive(value string) bool {
	n, end := scanCount([]byte(value), 0)
	return end == len(value) && n > 0
}
