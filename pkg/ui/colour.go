package ui

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// Colour says whether text may carry a terminal's colours (ECMA-48, SGR).
type Colour bool

// The colours, named by what they say.
const (
	good    = "32" // green
	bad     = "31" // red
	caution = "33" // yellow
	bold    = "1"
	faint   = "2"
)

// reset ends a colour.
const reset = "\x1b[0m"

// in puts a text into a colour, where colours may be.
func (c Colour) in(colour, text string) string {
	if !c {
		return text
	}
	return "\x1b[" + colour + "m" + text + reset
}

// severity colours a finding by how grave it is.
func (c Colour) severity(s record.Severity, text string) string {
	switch s {
	case record.SeverityError:
		return c.in(bad, text)
	case record.SeverityWarn:
		return c.in(caution, text)
	}
	return text
}
