package document

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// set is a line of text in its face.
type set struct {
	text string
	face face
}

const (
	calloutPadX = 4.5
	calloutPadY = 2.4
)

// isAnswer says whether a callout is the first of the summary: what the report
// is read for.
func (p *paper) isAnswer(c story.Callout) bool {
	sec := p.st.Section(story.SectionSummary)
	return sec != nil && len(sec.Blocks) > 0 && sec.Blocks[0] == story.Block(c)
}

func (p *paper) calloutLines(c story.Callout, first bool) []set {
	title := strong
	if first {
		title = answer
	}
	var all []set
	for _, part := range []set{{c.Title, title}, {c.Text, body}, {c.Remedy, body.in(grey)}} {
		for _, l := range p.wrap(part.text, part.face, textWidth-2*calloutPadX) {
			all = append(all, set{l, part.face})
		}
	}
	return all
}

func calloutHeight(lines []set) float64 {
	h := 2 * calloutPadY
	for _, l := range lines {
		h += l.face.leading()
	}
	return h
}

// callout draws a statement that stands out: on a tint, with a bar of its tone.
func (p *paper) callout(c story.Callout, first bool) {
	lines := p.calloutLines(c, first)
	p.need(min(calloutHeight(lines), pageHeight/4))
	p.tinted(lines, c.Tone)
	p.y += 3
}

// tinted draws lines on a tint, over pages where it takes several.
func (p *paper) tinted(lines []set, tone story.Tone) {
	for len(lines) > 0 {
		n := len(lines)
		for n > 1 && calloutHeight(lines[:n]) > p.room() {
			n--
		}
		height := calloutHeight(lines[:n])
		p.need(height)
		bar, tint := toneInk(tone), tintOf(tone)
		if tone == story.Plain {
			bar = accent
		}
		p.fill(marginX, p.y, textWidth, height, tint)
		p.fill(marginX, p.y, 1, height, bar)
		p.y += calloutPadY
		for _, l := range lines[:n] {
			p.line(marginX+calloutPadX, l.text, l.face)
		}
		p.y += calloutPadY
		if lines = lines[n:]; len(lines) > 0 {
			p.newPage()
		}
	}
}

func tintOf(t story.Tone) ink {
	switch t {
	case story.Good:
		return "#eef7f1"
	case story.Caution:
		return "#fdf5e6"
	case story.Bad:
		return "#fdf0ef"
	case story.Quiet:
		return sunk
	case story.Plain:
	}
	return "#eef5f8"
}
