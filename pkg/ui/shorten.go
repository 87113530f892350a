package ui

import "github.com/charmbracelet/x/ansi"

// ellipsis stands for what was left out.
const ellipsis = "…"

// shorten cuts a text to width columns by taking from its middle: names that
// differ tend to differ at their ends.
func shorten(s string, width int) string {
	n := ansi.StringWidth(s)
	switch {
	case n <= width:
		return s
	case width < 2:
		return ansi.Truncate(s, max(width, 0), "")
	}
	head := (width - 1) / 2
	return ansi.Truncate(s, head, "") + ellipsis + ansi.TruncateLeft(s, n-(width-1-head), "")
}
