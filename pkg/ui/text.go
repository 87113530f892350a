package ui

import (
	"strings"
	"unicode"
)

// Printable makes text from a cluster or an engine fit for a terminal: no
// control character and no invisible mark gets through.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}
