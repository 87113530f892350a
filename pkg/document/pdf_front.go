package document

import (
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// masthead says what the document is, and what must be known before any number.
func (p *paper) masthead() {
	const mostLines = 3
	p.y = 15
	p.line(marginX, "kubectl llmbench", label.in(accent))
	p.y++
	for _, l := range p.wrap(p.types.fit(p.st.Title, h1, mostLines*textWidth), h1, textWidth) {
		p.line(marginX, l, h1)
	}
	p.y++
	p.lines(marginX, p.types.balanced(p.st.Subtitle, body.of(8), textWidth), body.of(8).in(grey))
	p.y += 2.4
	for _, b := range p.st.Banners {
		p.banner(b)
	}
	p.y += 3
}

// banner writes its title and its text as one paragraph.
func (p *paper) banner(c story.Callout) {
	title := p.types.fit(c.Title, strong, textWidth/3)
	face := strong.in(toneInk(c.Tone))
	indent := p.types.width(title+"  ", face)
	text := c.Text
	if c.Remedy != "" {
		text += " " + c.Remedy
	}
	lines := p.types.balanced(text, body, textWidth-2*calloutPadX-indent)
	if len(lines) > 30 {
		p.callout(c, false)
		return
	}
	height := float64(max(len(lines), 1))*body.leading() + 2.4
	p.need(height)
	p.fill(marginX, p.y, textWidth, height, tintOf(c.Tone))
	p.fill(marginX, p.y, 1, height, toneInk(c.Tone))
	top := p.y
	p.y += 1.2
	p.put(marginX+calloutPadX, p.y+body.baseline(), title, face)
	for _, l := range lines {
		p.line(marginX+calloutPadX+indent, l, body)
	}
	p.y = top + height + 1.4
}

// opening draws one figure below the key figures, where the first page has room
// for it.
func (p *paper) opening() {
	ref, found := p.firstFigure()
	if !found || p.f.PageNo() != 1 {
		return
	}
	part := p.pictures[digestOf(ref.ID)]
	if p.fits(ref, part) < 0.6 {
		return
	}
	if part.panels == p.pictures[ref.ID].panels {
		p.opener = ref.ID
		p.drawFigure(ref)
		return
	}
	p.drawHead(ref, part)
	p.lines(marginX, p.types.balanced(ref.Note, small, measure), small)
	p.toPage("The whole figure", "figure "+ref.ID)
	p.y += 3
}

// firstFigure is the one to see first: the time to first token over all
// scenarios, else that of a load, else any.
func (p *paper) firstFigure() (story.FigureRef, bool) {
	var best story.FigureRef
	rank := 0
	for _, sec := range p.st.Sections {
		for _, b := range sec.Blocks {
			ref, is := b.(story.FigureRef)
			if !is || p.pictures[ref.ID].empty() {
				continue
			}
			if r := openingRank(p.pictures[ref.ID].kind, ref.Scenario); r > rank || r == 2 && rank == 2 {
				best, rank = ref, r
			}
		}
	}
	return best, rank > 0
}

// openingRank prefers what shows the whole run, then the last load, which is the
// heaviest.
func openingRank(kind, scenario string) int {
	switch {
	case kind == chart.KindTTFT && scenario == "":
		return 3
	case kind == chart.KindDashboard:
		return 2
	}
	return 1
}

// contents lists the sections with their pages, in two columns.
func (p *paper) contents() {
	all := p.chapters()
	const gap = 10.0
	width := (textWidth - gap) / 2
	rows := (len(all) + 1) / 2
	step := body.leading() + 1.6
	p.heading("Contents", []story.Block{story.Paragraph{}})
	p.need(min(float64(rows)*step, pageHeight/2))
	for row := range rows {
		p.need(step)
		for column := range 2 {
			i := column*rows + row
			if i >= len(all) {
				continue
			}
			x := marginX + float64(column)*(width+gap)
			title := all[i].title
			if a := all[i].annex; a != "" {
				title = a + " · " + title
			}
			p.entry(x, width, all[i].id, title, step)
		}
		p.y += step
	}
}

func (p *paper) entry(x, width float64, id, title string, step float64) {
	number := ""
	if n := p.known.of[id]; n > 0 {
		number = strconv.Itoa(n)
		p.f.Link(x, p.y, width, step, p.link(id))
	}
	w := p.types.width(number, body)
	p.put(x, p.y+body.baseline(), p.types.fit(title, body, width-w-4), body)
	p.put(x+width-w, p.y+body.baseline(), number, body.in(grey))
	p.stroke(x, p.y+step-0.8, x+width, p.y+step-0.8, hair, 0.15)
}
