package ui

import (
	"io"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// WriteValidation writes the checks of a validation, what failed first, each
// with its remedy below it. The narrow form only counts those that passed.
func WriteValidation(w io.Writer, v record.Validation, width Width, colour Colour) error {
	p := &printer{w: w, colour: colour}
	for _, status := range []record.CheckStatus{record.CheckFail, record.CheckWarn, record.CheckSkip, record.CheckPass} {
		for _, c := range v.Checks {
			if c.Status != status || status == record.CheckPass && width == Narrow {
				continue
			}
			p.check(c)
		}
	}
	p.line("%d passed, %d warned, %d failed, %d skipped", v.Summary.Pass, v.Summary.Warn, v.Summary.Fail, v.Summary.Skip)
	return p.err
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
