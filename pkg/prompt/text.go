package prompt

import "strings"

// The marks of the text format.
const (
	categoryMark = "## "
	fence        = `"""`
)

// text reads the text format, a line at a time.
func (b *builder) text(lines []string) error {
	var paragraph []string
	fenced := 0 // the line of the fence that is open, from 1
	begun := false
	flush := func() {
		b.add(b.category, strings.Join(paragraph, "\n"))
		paragraph = nil
	}
	for i, line := range lines {
		line = strings.TrimRight(line, " \t\r")
		isCategory := strings.HasPrefix(line, categoryMark)
		switch {
		case fenced > 0 && line == fence:
			paragraph = trimBlank(paragraph)
			if len(paragraph) == 0 {
				return b.fault(fenced, `nothing stands between this %s and the next`, fence)
			}
			flush()
			fenced = 0
		case fenced > 0:
			paragraph = append(paragraph, line)
		case line == fence:
			flush()
			fenced, begun = i+1, true
		case isCategory:
			flush()
			b.category, begun = strings.TrimSpace(line[len(categoryMark):]), true
		case !begun && strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			flush()
		default:
			paragraph, begun = append(paragraph, line), true
		}
	}
	if fenced > 0 {
		return b.fault(fenced, "this %s is never closed", fence)
	}
	flush()
	return nil
}

// trimBlank drops blank lines at both ends.
func trimBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
