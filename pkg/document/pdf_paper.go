package document

import (
	"fmt"

	"codeberg.org/go-pdf/fpdf"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// The page, in millimetres: A4, and where text stands on it.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	marginX      = 18.0
	marginTop    = 20.0
	marginBottom = 20.0
	textWidth    = pageWidth - 2*marginX
	// measure is the longest line of running text that is read with ease.
	measure = 150.0
	bottom  = pageHeight - marginBottom
)

// places say on which page things lie.
type places struct {
	pages int
	// of holds the pages of sections and figures by their anchors.
	of map[string]int
}

// paper is the document being printed.
type paper struct {
	f        *fpdf.Fpdf
	types    *typefaces
	s        record.Summary
	st       story.Story
	colours  map[string]string
	pictures map[string]picture
	// y is where the next thing goes, in millimetres from the top of the page.
	y float64
	// known are the places that the printing before found; found are this one's.
	known, found places
	links        map[string]int
	// shown are the figures that were drawn, in order.
	shown []story.FigureRef
	// opener is the figure that stands on the first page, "" for none.
	opener string
}

func newPaper(s record.Summary, st story.Story, pictures map[string]picture, types *typefaces, known places) *paper {
	f := fpdf.New("P", "mm", "A4", "")
	p := &paper{f: f, types: types, s: s, st: st, colours: chart.Colours(s, false), pictures: pictures,
		known: known, found: places{of: map[string]int{}}, links: map[string]int{}}
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(marginX, marginTop, marginX)
	f.AddUTF8FontFromBytes(family, "", []byte(regularFont))
	f.AddUTF8FontFromBytes(family, "B", []byte(boldFont))
	f.SetFont(family, "", body.size)
	p.describe()
	return p
}

// newPage begins a page, with its head and foot.
func (p *paper) newPage() {
	p.f.AddPage()
	p.y = marginTop
	p.runningHead()
	p.runningFoot()
}

// runningHead repeats, on every page but the first, what must be known before any
// number is believed.
func (p *paper) runningHead() {
	if p.f.PageNo() == 1 {
		return
	}
	const y = 12.0
	right := pageWidth - marginX
	for i := len(p.st.Banners) - 1; i >= 0; i-- {
		b := p.st.Banners[i]
		text := p.types.fit(b.Title, label.of(6.4), textWidth/3)
		right -= p.types.width(text, label.of(6.4))
		p.put(right, y, text, label.of(6.4).in(toneInk(b.Tone)))
		right -= 4
	}
	p.put(marginX, y, p.types.fit(p.st.Title, foot, max(right-marginX-4, 20)), foot)
	p.rule(y+2, hair, 0.2)
}

func (p *paper) runningFoot() {
	const y = pageHeight - 11.0
	p.rule(y-4, hair, 0.2)
	count := fmt.Sprintf("Page %d of %d", p.f.PageNo(), max(p.known.pages, p.f.PageNo()))
	width := p.types.width(count, foot)
	p.put(pageWidth-marginX-width, y, count, foot)
	run := "kubectl llmbench"
	if p.s.RunID != "" {
		run += " · run " + p.s.RunID
	}
	p.put(marginX, y, p.types.fit(run, foot, textWidth-width-6), foot)
}

// room is how much of the page is left.
func (p *paper) room() float64 { return bottom - p.y }

// need begins a page where less than a height is left of this one.
func (p *paper) need(height float64) {
	if height > p.room() && p.y > marginTop {
		p.newPage()
	}
}

// put writes a text with its baseline at a place.
func (p *paper) put(x, baseline float64, s string, f face) {
	style := ""
	if f.bold {
		style = "B"
	}
	p.f.SetFont(family, style, f.size)
	p.f.SetTextColor(f.ink.rgb())
	p.f.Text(x, baseline, p.types.clean(s))
}

// line writes a line and moves below it.
func (p *paper) line(x float64, s string, f face) {
	p.put(x, p.y+f.baseline(), s, f)
	p.y += f.leading()
}

// baseline is how far the foot of letters lies below the top of their line.
func (f face) baseline() float64 { return f.leading()/2 + f.size*0.36*point }

func (p *paper) wrap(s string, f face, width float64) []string { return p.types.wrap(s, f, width) }

// rule draws a line across the text's width.
func (p *paper) rule(y float64, c ink, width float64) {
	p.stroke(marginX, y, pageWidth-marginX, y, c, width)
}

func (p *paper) stroke(x1, y1, x2, y2 float64, c ink, width float64) {
	p.f.SetDrawColor(c.rgb())
	p.f.SetLineWidth(width)
	p.f.Line(x1, y1, x2, y2)
}

func (p *paper) fill(x, y, w, h float64, c ink) {
	p.f.SetFillColor(c.rgb())
	p.f.Rect(x, y, w, h, "F")
}

// link gives the link to an anchor, which may lie on a later page.
func (p *paper) link(anchor string) int {
	if p.links[anchor] == 0 {
		p.links[anchor] = p.f.AddLink()
	}
	return p.links[anchor]
}

// mark says that an anchor is here.
func (p *paper) mark(anchor string) {
	p.f.SetLink(p.link(anchor), p.y, p.f.PageNo())
	p.found.of[anchor] = p.f.PageNo()
}
