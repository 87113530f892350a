package record

import (
	"bytes"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Escaped is a JSON document in which everything that a terminal acts upon or
// nobody sees is written as \u escapes. encoding/json does that for the control
// characters below a blank alone; the second set of them and the marks that turn
// text around it leaves as they are. They stand in strings only, where an escape
// means the same.
func Escaped(document []byte) []byte {
	if isPlain(document) {
		return document
	}
	var b bytes.Buffer
	for _, r := range string(document) {
		switch high, low := utf16.EncodeRune(r); {
		case r == '\n' || unicode.IsPrint(r):
			b.WriteRune(r)
		case high == unicode.ReplacementChar:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.Bytes()
}

// isPlain says that nothing is to be escaped; text in ASCII, which nearly all is,
// is passed over byte by byte.
func isPlain(document []byte) bool {
	for i := 0; i < len(document); i++ {
		c := document[i]
		if c >= utf8.RuneSelf {
			return bytes.IndexFunc(document[i:], func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) < 0
		}
		if c < ' ' && c != '\n' || c == 0x7f {
			return false
		}
	}
	return true
}

// EscapingWriter writes JSON documents on, each [Escaped]. A document must come
// in one Write, as log/slog's handler for JSON does it.
type EscapingWriter struct{ To io.Writer }

// Write implements [io.Writer].
func (e EscapingWriter) Write(document []byte) (int, error) {
	if _, err := e.To.Write(Escaped(document)); err != nil {
		return 0, err
	}
	return len(document), nil
}
