package document

import (
	"cmp"
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// block draws one block; next are those after it, for what must not stand alone
// at a page's end.
func (p *paper) block(b story.Block, next []story.Block) {
	if _, is := b.(story.Heading); is && len(next) > 0 && void(next[0]) || void(b) {
		return
	}
	switch b := b.(type) {
	case story.Heading:
		p.heading(b.Text, next)
	case story.Paragraph:
		p.paragraph(b.Text)
	case story.Callout:
		p.callout(b, p.isAnswer(b))
	case story.Table:
		p.table(b)
	case story.FigureRef:
		p.figure(b)
	case story.List:
		p.list(b)
	case story.Definitions:
		p.definitions(b)
	case story.Links:
		p.filesOf(b)
	}
}

// void says whether a block has nothing to show.
func void(b story.Block) bool {
	switch b := b.(type) {
	case story.List:
		return len(b.Items) == 0
	case story.Table:
		return len(b.Rows) == 0
	}
	return false
}

// lead is the height that must stand on the same page as the heading above it.
func (p *paper) lead(next []story.Block) float64 {
	if len(next) == 0 {
		return 0
	}
	switch b := next[0].(type) {
	case story.Heading:
		return 3 + h3.leading() + 1 + p.lead(next[1:])
	case story.Callout:
		return min(calloutHeight(p.calloutLines(b, p.isAnswer(b))), pageHeight/4) + 2
	case story.Table:
		return p.tableLead(b)
	case story.FigureRef:
		return p.figureLead(b)
	case story.Paragraph:
		return min(float64(len(p.wrap(b.Text, body, measure))), 3)*body.leading() + 1 + p.lead(next[1:])
	}
	return 3 * body.leading()
}

func (p *paper) heading(text string, next []story.Block) {
	lines := p.wrap(p.types.fit(text, h3, 2*textWidth), h3, textWidth)
	p.need(3 + float64(len(lines))*h3.leading() + 1 + p.lead(next))
	if p.y > marginTop {
		p.y += 3
	}
	p.f.Bookmark(p.types.clean(text), 1, p.y)
	for _, l := range lines {
		p.line(marginX, l, h3)
	}
	p.y++
}

func (p *paper) paragraph(text string) {
	lines := p.types.balanced(text, body, measure)
	p.need(min(float64(len(lines)), 2) * body.leading())
	p.lines(marginX, lines, body)
	p.y += 2
}

// lines writes lines below each other, over pages where it takes several.
func (p *paper) lines(x float64, lines []string, f face) {
	for _, l := range lines {
		p.need(f.leading())
		p.line(x, l, f)
	}
}

// definitions set terms in a column beside what they mean.
func (p *paper) definitions(d story.Definitions) {
	column := 0.0
	for _, t := range d.Terms {
		column = max(column, p.types.width(p.types.clean(t.Name), strong))
	}
	column = min(column, 36) + 5
	for _, t := range d.Terms {
		names, texts := p.wrap(t.Name, strong, column-5), p.wrap(cmp.Or(t.Text, story.NotAvailable), body, textWidth-column)
		p.need(min(float64(max(len(names), len(texts))), 12) * body.leading())
		p.beside(names, strong, texts, body, column)
		p.y += 1.2
	}
	p.y += 2
}

// beside writes two texts next to each other, over pages where it takes several.
func (p *paper) beside(left []string, lf face, right []string, rf face, column float64) {
	for i := range max(len(left), len(right)) {
		p.need(rf.leading())
		if i < len(left) {
			p.put(marginX, p.y+rf.baseline(), left[i], lf)
		}
		if i < len(right) {
			p.put(marginX+column, p.y+rf.baseline(), right[i], rf)
		}
		p.y += rf.leading()
	}
}

// list draws statements: numbered, or with their labels in a column of their own.
func (p *paper) list(l story.List) {
	column := 5.0
	for _, it := range l.Items {
		if !l.Ordered && it.Label != "" {
			column = max(column, min(p.types.width(p.types.clean(toneMark(it.Tone)+it.Label), strong), 42)+5)
		}
	}
	for i, it := range l.Items {
		head, face := "–", body.in(grey)
		switch {
		case l.Ordered:
			head, face = strconv.Itoa(i+1), strong.in(accent)
		case it.Label != "":
			head, face = toneMark(it.Tone)+it.Label, strong.in(toneInk(it.Tone))
		}
		text := it.Text
		if l.Ordered && it.Label != "" {
			text = it.Label + ": " + text
		}
		p.item(head, face, text, it.Detail, column)
	}
	p.y += 2
}

func (p *paper) item(head string, f face, text, detail string, column float64) {
	width := min(textWidth-column, measure)
	heads, texts, details := p.wrap(head, f, column-2), p.wrap(text, body, width), p.wrap(detail, small, width)
	p.need(min(float64(max(len(heads), len(texts)))*body.leading()+float64(len(details))*small.leading(), 40))
	p.beside(heads, f, texts, body, column)
	p.lines(marginX+column, details, small)
	p.y++
}

// filesOf links to files of the run's directory.
func (p *paper) filesOf(l story.Links) {
	for _, it := range l.Items {
		p.need(2 * body.leading())
		path := p.types.fit(it.Path, strong, 60)
		width := p.types.width(path, strong)
		p.f.LinkString(marginX, p.y, width, body.leading(), relative(it.Path))
		p.put(marginX, p.y+body.baseline(), path, strong.in(accent))
		column := max(width+4, 48)
		p.lines(marginX+column, p.wrap(it.Text, body, textWidth-column), body)
		p.y++
	}
}

// toneInk is the colour of a tone.
func toneInk(t story.Tone) ink {
	switch t {
	case story.Good:
		return good
	case story.Caution:
		return caution
	case story.Bad:
		return bad
	case story.Quiet:
		return grey
	case story.Plain:
	}
	return black
}

// toneMark says the same as the colour to those who do not see it.
func toneMark(t story.Tone) string {
	switch t {
	case story.Good:
		return "✓ "
	case story.Caution:
		return "! "
	case story.Bad:
		return "✕ "
	case story.Plain, story.Quiet:
	}
	return ""
}
