package document

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// The section of the tables that belong to figures.
const (
	sectionNumbers = "chart-numbers"
	titleNumbers   = "The numbers of the charts"
)

// figureHead and figureFoot are what a figure needs beside its picture.
func (p *paper) figureHead(ref story.FigureRef) []string {
	return p.wrap(p.types.fit(ref.Title, h3, textWidth), h3, textWidth-28)
}

func (p *paper) figureFoot(ref story.FigureRef) []string {
	return p.types.balanced(fmt.Sprintf("Figure %d. ", 99)+ref.Note, small, measure)
}

func (p *paper) around(ref story.FigureRef) float64 {
	return float64(len(p.figureHead(ref)))*h3.leading() + float64(len(p.figureFoot(ref))+1)*small.leading() + 10
}

// fits is the share of its full size at which a figure fits on the rest of the
// page, at most 1.
func (p *paper) fits(ref story.FigureRef, pic picture) float64 {
	if pic.empty() {
		return 0
	}
	return min((p.room()-p.around(ref))/pic.heightAt(textWidth), 1)
}

func (p *paper) figureLead(ref story.FigureRef) float64 {
	if p.pictures[ref.ID].empty() || ref.ID == p.opener {
		return 3 * body.leading()
	}
	return min(p.pictures[ref.ID].heightAt(textWidth)*0.8+p.around(ref), bottom-marginTop-20)
}

// figure draws a figure where the story tells it, or says where it stands.
func (p *paper) figure(ref story.FigureRef) {
	switch {
	case p.pictures[ref.ID].empty():
		p.paragraph(ref.Title + ": " + ref.Note)
	case ref.ID == p.opener:
		p.elsewhere(ref)
	default:
		p.need(p.figureLead(ref))
		p.drawFigure(ref)
	}
}

// elsewhere leads to a figure that was drawn before.
func (p *paper) elsewhere(ref story.FigureRef) {
	text := p.types.fit(fmt.Sprintf("%s: see figure 1 on page 1.", ref.Title), body, textWidth)
	p.need(2 * body.leading())
	p.f.Link(marginX, p.y, p.types.width(text, body), body.leading(), p.link("figure "+ref.ID))
	p.line(marginX, text, body.in(accent))
	p.y += 2
}

// drawFigure draws title, picture and caption, as large as the page has room for.
func (p *paper) drawFigure(ref story.FigureRef) {
	p.shown = append(p.shown, ref)
	p.mark("figure " + ref.ID)
	p.f.Bookmark(p.types.clean(ref.Title), 1, p.y)
	p.drawHead(ref, p.pictures[ref.ID])
	for _, l := range p.types.balanced(fmt.Sprintf("Figure %d. ", len(p.shown))+ref.Note, small, measure) {
		p.line(marginX, l, small)
	}
	if len(ref.Tables) > 0 {
		p.toPage("Its numbers", "numbers "+ref.ID)
	}
	p.y += 3
}

// drawHead draws a figure's title and a picture below it.
func (p *paper) drawHead(ref story.FigureRef, pic picture) {
	if p.y > marginTop {
		p.y += 3
	}
	width := textWidth * max(p.fits(ref, pic), 0.3)
	if p.s.Simulated {
		p.simulated()
	}
	for _, l := range p.figureHead(ref) {
		p.line(marginX, l, h3)
	}
	p.y++
	p.drawPicture(pic, marginX, p.y, width)
	p.y += pic.heightAt(width) + 2
}

// simulated marks a figure, which may be copied out of its report.
func (p *paper) simulated() {
	const text, pad = "SIMULATED", 1.6
	f := label.of(6.4).in(caution)
	width := p.types.width(text, f) + 2*pad
	p.f.SetDrawColor(caution.rgb())
	p.f.SetLineWidth(0.3)
	p.f.Rect(pageWidth-marginX-width, p.y+0.3, width, h3.leading()-0.6, "D")
	p.put(pageWidth-marginX-width+pad, p.y+h3.leading()/2+f.size*0.36*point, text, f)
}

// toPage leads to the page of an anchor.
func (p *paper) toPage(text, anchor string) {
	if n := p.known.of[anchor]; n > 0 {
		text = fmt.Sprintf("%s: page %d", text, n)
		p.f.Link(marginX, p.y, p.types.width(text, small), small.leading(), p.link(anchor))
	}
	p.line(marginX, text, small.in(accent))
}

func (p *paper) hasChartNumbers() bool {
	for _, sec := range p.st.Sections {
		for _, b := range sec.Blocks {
			if ref, is := b.(story.FigureRef); is && len(ref.Tables) > 0 && !p.pictures[ref.ID].empty() {
				return true
			}
		}
	}
	return false
}

// chartNumbers sets the tables of all figures into the annex, where they are out
// of the reader's way.
func (p *paper) chartNumbers() {
	if !p.hasChartNumbers() {
		return
	}
	if p.room() < 110 {
		p.newPage()
	}
	p.sectionHeading(sectionNumbers, titleNumbers, nil)
	for i, ref := range p.shown {
		if len(ref.Tables) == 0 {
			continue
		}
		p.need(12 + p.tableLead(ref.Tables[0]))
		p.mark("numbers " + ref.ID)
		title := fmt.Sprintf("Figure %d, page %d: %s", i+1, p.found.of["figure "+ref.ID], ref.Title)
		p.heading(title, []story.Block{ref.Tables[0]})
		for _, t := range ref.Tables {
			p.numbersTable(t)
		}
	}
}

// mostRows is how many rows of a figure's table are printed.
const mostRows = 240

// numbersTable prints a table of a figure, or the beginning of a very long one,
// and says so.
func (p *paper) numbersTable(t story.Table) {
	if n := len(t.Rows); n > mostRows {
		t.Rows = t.Rows[:mostRows]
		t.Note = fmt.Sprintf("%s The first %d of %d rows; the interactive report has them all.", t.Note, mostRows, n)
	}
	p.table(t)
}
