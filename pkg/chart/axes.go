package chart

import (
	"math"

	"github.com/wcharczuk/go-chart/v2/drawing"
)

// room takes from a plot's area what its axes need, and lays its scales.
func (p *pen) room(pl *plot, values, xs spread) {
	switch {
	case len(pl.Bars) > 0: // room for the number above the highest
		values.high += 0.08 * math.Max(values.high, 0)
	case len(pl.Lines) > 0 && pl.Y.Unit != "%": // a curve does not run along the edge
		values.high += 0.03 * math.Max(values.high, 0)
	}
	if !pl.Y.Log || values.low <= 0 { // what is cut off below exaggerates
		values.add(0)
	}
	pl.at.bottom -= p.footHeight(pl.Panel)
	pl.at.top += p.px(8)
	height := max(pl.at.height(), 1)
	pl.y = newScale(values, pl.Y.Log, true, pl.at.top, height, max(min(height/max(p.px(36), 1), 8), 1))
	pl.y.over.Descending = true
	widest := 0
	for _, t := range pl.y.ticks {
		widest = max(widest, p.textWidth(t.Label, sizeSmall))
	}
	if pl.X.Label == runTime.label { // so that panels below each other begin alike
		widest = max(widest, p.px(44))
	}
	pl.at.left += widest + p.px(10)
	width := max(pl.at.width(), 1)
	if n := len(pl.X.Categories); n > 0 {
		pl.slot = float64(width) / float64(n)
		return
	}
	pl.x = newScale(xs, pl.X.Log, false, pl.at.left, width, max(min(width/max(p.px(80), 1), 12), 1))
}

// footHeight is what stands below a plot: numbers of the axis or categories, and
// the axis' label or what is known of each box.
func (p *pen) footHeight(panel Panel) int {
	lines := 1
	switch {
	case p.bare:
		return p.px(6)
	case len(panel.X.Categories) == 0:
		lines = 2
	case len(panel.Boxes) > 0 && panel.named():
		lines = 4
	case len(panel.Boxes) > 0:
		lines = 2
	}
	return lines*p.leading(sizeSmall) + p.px(8)
}

// grid draws the lines behind the numbers, and names them.
func (p *pen) grid(pl plot) {
	line := stroke{colour: p.theme.grid, width: 1}
	for _, t := range pl.y.ticks {
		y := pl.y.at(t.Value)
		p.line(line, spot{pl.at.left, y}, spot{pl.at.right, y})
		p.text(spot{pl.at.left - p.px(8), y + p.px(4)}, sizeSmall, p.theme.muted, right, t.Label)
	}
	axis := stroke{colour: p.theme.muted, width: 1}
	p.line(axis, spot{pl.at.left, pl.at.bottom}, spot{pl.at.right, pl.at.bottom})
	if pl.slot > 0 {
		p.categories(pl)
		return
	}
	p.abscissa(pl, axis)
}

// abscissa names the numbers of the X axis, those that have room.
func (p *pen) abscissa(pl plot, axis stroke) {
	baseline := pl.at.bottom + p.leading(sizeSmall) + p.px(2)
	taken := math.MinInt
	for _, t := range pl.x.ticks {
		x, half := pl.x.at(t.Value), p.textWidth(t.Label, sizeSmall)/2
		p.line(axis, spot{x, pl.at.bottom}, spot{x, pl.at.bottom + p.px(4)})
		if x-half > taken && !p.bare {
			p.text(spot{x, baseline}, sizeSmall, p.theme.muted, centre, t.Label)
			taken = x + half + p.px(6)
		}
	}
	if p.bare {
		return
	}
	label := pl.X.Label
	if pl.X.Unit != "" {
		label += ", " + pl.X.Unit
	}
	if pl.x.log {
		label += ", logarithmic"
	}
	p.text(spot{(pl.at.left + pl.at.right) / 2, baseline + p.leading(sizeSmall)}, sizeSmall, p.theme.muted, centre,
		p.fit(label, sizeSmall, pl.at.width()))
}

// categories names the places of boxes and bars.
func (p *pen) categories(pl plot) {
	for i, name := range pl.X.Categories {
		x := pl.centre(float64(i) + 0.5)
		y := pl.at.bottom + p.leading(sizeSmall) + p.px(2)
		if len(pl.Boxes) > 0 && !pl.named() {
			y += p.leading(sizeSmall) // below the sizes of the samples
		}
		p.text(spot{x, y}, sizeText, p.theme.ink, centre, p.fit(name, sizeText, int(pl.slot)-p.px(8)))
		if i > 0 && !pl.named() {
			edge := pl.centre(float64(i))
			p.line(stroke{colour: p.theme.grid, width: 1}, spot{edge, pl.at.top}, spot{edge, pl.at.bottom})
		}
	}
}

// centre is the pixel of a place counted in categories from the left.
func (pl plot) centre(slots float64) int { return pl.at.left + int(math.Round(slots*pl.slot)) }

// marks draws limits across the plot. One that lies far off is named at the
// plot's edge.
func (p *pen) marks(pl plot) {
	taken := map[int]bool{}
	for _, m := range pl.Marks {
		if !drawable(m.Y) {
			continue
		}
		y, label := pl.y.at(m.Y), m.Label
		value := m.Y
		if pl.y.log {
			value = math.Log10(math.Max(m.Y, math.SmallestNonzeroFloat64))
		}
		if value > pl.y.over.Max+tiny || value < pl.y.over.Min-tiny {
			label += " (off the scale)"
		} else {
			p.line(stroke{colour: p.theme.target, width: 2, dash: []float64{7, 4}}, spot{pl.at.left, y}, spot{pl.at.right, y})
		}
		at := y - p.px(5)
		if at-p.px(sizeSmall) < pl.at.top {
			at = y + p.px(sizeSmall) + p.px(3)
		}
		for step := p.leading(sizeSmall); taken[at/max(step, 1)]; {
			at += step
		}
		taken[at/max(p.leading(sizeSmall), 1)] = true
		p.label(spot{pl.at.right - p.px(4), at}, p.theme.target, right, p.fit(label, sizeSmall, pl.at.width()))
	}
}

// label writes over whatever is there, on a piece of paper.
func (p *pen) label(at spot, c drawing.Color, a align, s string) {
	width, x := p.textWidth(s, sizeSmall), at.x
	switch a {
	case right:
		x -= width
	case centre:
		x -= width / 2
	case left:
	}
	pad := p.px(2)
	p.rectangle(area{x - pad, at.y - p.px(sizeSmall), x + width + pad, at.y + p.px(3)}, p.theme.paper, stroke{})
	p.text(at, sizeSmall, c, a, s)
}
