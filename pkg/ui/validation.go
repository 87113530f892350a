package ui

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// WriteValidation writes the checks of a validation, what failed first, each
// with its remedy below it. The narrow form says why something was skipped once
// for all, and only counts what passed.
func WriteValidation(w io.Writer, v record.Validation, width Width, colour Colour) error {
	p := &printer{w: w, colour: colour}
	for _, status := range []record.CheckStatus{record.CheckFail, record.CheckWarn, record.CheckSkip, record.CheckPass} {
		switch {
		case width == Wide || status == record.CheckFail || status == record.CheckWarn:
			for _, c := range v.Checks {
				if c.Status == status {
					p.check(c)
				}
			}
		case status == record.CheckSkip:
			p.skipped(v.Checks)
		}
	}
	p.line("%d passed, %d warned, %d failed, %d skipped", v.Summary.Pass, v.Summary.Warn, v.Summary.Fail, v.Summary.Skip)
	return p.err
}

// skipped says each reason for a skip once, and which checks it kept from
// looking.
func (p *printer) skipped(checks []record.Check) {
	var reasons []string
	ids := map[string][]string{}
	for _, c := range checks {
		if c.Status != record.CheckSkip {
			continue
		}
		if _, known := ids[c.Message]; !known {
			reasons = append(reasons, c.Message)
		}
		if !slices.Contains(ids[c.Message], c.ID) {
			ids[c.Message] = append(ids[c.Message], c.ID)
		}
	}
	for _, reason := range reasons {
		which := strings.Join(ids[reason], ", ")
		if n := len(ids[reason]); n > 4 {
			which = fmt.Sprintf("%d checks", n)
		}
		p.line("%s %s: %s", p.checkText(record.CheckSkip), which, Printable(reason))
	}
}

func (p *printer) check(c record.Check) {
	subject := ""
	if c.Subject != "" {
		subject = Printable(c.Subject) + ": "
	}
	p.line("%s %s: %s%s", p.checkText(c.Status), c.ID, subject, Printable(c.Message))
	if c.Remedy != "" && (c.Status == record.CheckFail || c.Status == record.CheckWarn) {
		for line := range strings.Lines(strings.TrimRight(c.Remedy, "\n")) {
			p.line("       %s", Printable(strings.TrimRight(line, "\n")))
		}
	}
}

func (p *printer) checkText(s record.CheckStatus) string {
	text := strings.ToUpper(string(s)) + "  "
	switch s {
	case record.CheckPass:
		return p.colour.in(good, text[:5])
	case record.CheckWarn:
		return p.colour.in(caution, text[:5])
	case record.CheckFail:
		return p.colour.in(bad, text[:5])
	}
	return text[:5]
}
