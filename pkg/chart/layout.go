package chart

import (
	"math"
	"slices"
)

// margin is the white around a figure, in pixels of the base size.
const margin = 28

// figure draws head, legend, panels and note, from the top and from the bottom
// towards the middle.
func (p *pen) figure(f Figure, o Look) {
	p.rectangle(area{0, 0, o.Width, o.Height}, p.theme.paper, stroke{})
	inner := area{p.px(margin), p.px(margin) - p.px(8), o.Width - p.px(margin), o.Height - p.px(16)}
	p.head(f, &inner, o.Simulated)
	if f.needsLegend() || p.ambiguous(f, inner.width()) {
		p.legend(&inner)
	}
	p.note(f.Note, &inner)
	if len(f.Panels) == 0 {
		p.reason("Nothing to draw.", inner)
	}
	for _, panel := range f.Panels {
		if _, xs := panel.ranges(); panel.X.Label == runTime.label && xs.any {
			p.times.add(xs.low, xs.high)
		}
	}
	for i, a := range tiles(inner, len(f.Panels), f.columns(), p.px(36), p.px(22)) {
		p.bare = f.columns() == 1 && i < len(f.Panels)-1
		p.panel(f.Panels[i], a)
	}
}

// head writes title, subtitle and the mark of a simulation.
func (p *pen) head(f Figure, a *area, simulated bool) {
	end := a.right
	if simulated {
		end -= p.simulated(*a)
	}
	a.top += p.leading(sizeTitle)
	p.text(spot{a.left, a.top - p.px(6)}, sizeTitle, p.theme.ink, left, p.fit(f.Title, sizeTitle, end-a.left))
	if f.Subtitle != "" {
		a.top += p.leading(sizeText)
		p.text(spot{a.left, a.top - p.px(5)}, sizeText, p.theme.muted, left, p.fit(f.Subtitle, sizeText, end-a.left))
	}
	a.top += p.px(8)
}

// simulated puts the mark into the corner and returns the width it takes.
func (p *pen) simulated(a area) int {
	const text = "SIMULATED"
	pad, width := p.px(8), p.textWidth(text, sizeText)
	frame := area{a.right - width - 2*pad, a.top + p.px(4), a.right, a.top + p.px(4) + p.leading(sizeText) + p.px(6)}
	p.rectangle(frame, p.theme.paper, stroke{colour: p.theme.warning, width: 2})
	p.text(spot{frame.left + pad, frame.bottom - p.px(7)}, sizeText, p.theme.warning, left, text)
	return frame.width() + p.px(16)
}

// note writes what to look for below everything else.
func (p *pen) note(text string, a *area) {
	if text == "" {
		return
	}
	lines := p.wrap(text, sizeSmall, a.width(), 3)
	slices.Reverse(lines)
	for _, line := range lines {
		p.text(spot{a.left, a.bottom - p.px(3)}, sizeSmall, p.theme.muted, left, line)
		a.bottom -= p.leading(sizeSmall)
	}
	a.bottom -= p.px(8)
}

// reason says in the middle of an area why nothing is there.
func (p *pen) reason(text string, a area) {
	p.rectangle(a, p.theme.paper, stroke{colour: p.theme.grid, width: 1})
	lines := p.wrap(text, sizeText, a.width()-p.px(24), 3)
	y := (a.top+a.bottom)/2 - (len(lines)-1)*p.leading(sizeText)/2 + p.px(4)
	for _, line := range lines {
		p.text(spot{(a.left + a.right) / 2, y}, sizeText, p.theme.muted, centre, line)
		y += p.leading(sizeText)
	}
}

// columns is how many panels stand side by side. Those over the run's time stand
// below each other, so that what happened at once does too.
func (f Figure) columns() int {
	n := len(f.Panels)
	switch {
	case f.Kind == KindTimeline:
		return 1
	case n > 3:
		return int(math.Ceil(math.Sqrt(float64(n))))
	}
	return max(n, 1)
}

// tiles divides an area into n equal parts, row by row; a last row with fewer
// has wider ones.
func tiles(a area, n, columns, gapX, gapY int) []area {
	rows := (n + columns - 1) / columns
	parts := make([]area, 0, n)
	for row := range rows {
		top, bottom := part(a.top, a.bottom, row, rows, gapY)
		inRow := min(columns, n-row*columns)
		for column := range inRow {
			from, to := part(a.left, a.right, column, inRow, gapX)
			parts = append(parts, area{from, top, to, bottom})
		}
	}
	return parts
}

// part is the i-th of n equal parts of a stretch with gaps between them.
func part(from, to, i, n, gap int) (begin, end int) {
	step := float64(to-from+gap) / float64(n)
	begin = from + int(math.Round(float64(i)*step))
	return begin, max(from+int(math.Round(float64(i+1)*step))-gap, begin+1)
}
