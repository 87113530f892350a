package chart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wcharczuk/go-chart/v2/drawing"
)

// boxes draws box plots, and below each what is known of it.
func (p *pen) boxes(pl plot) {
	if len(pl.Boxes) == 0 {
		return
	}
	for _, b := range pl.Boxes {
		if l, ok := p.lane(pl, b.Engine, b.Category); ok && b.drawable() {
			p.box(pl, b, l)
			p.foot(pl, b, l)
		}
	}
	if !pl.named() {
		return
	}
	for i, category := range pl.X.Categories {
		if !slices.ContainsFunc(pl.Boxes, func(b Box) bool { return b.Category == category }) {
			x := pl.centre(float64(i) + 0.5)
			p.text(spot{x, pl.at.bottom - p.px(6)}, sizeSmall, p.theme.muted, centre, "no successful request")
		}
	}
}

func (b Box) drawable() bool {
	for _, v := range []float64{b.Low, b.Q1, b.Median, b.Q3, b.High} {
		if !drawable(v) {
			return false
		}
	}
	return true
}

func (p *pen) box(pl plot, b Box, l lane) {
	c := p.colour(b.Engine)
	low, q1, median, q3, high := pl.y.at(b.Low), pl.y.at(b.Q1), pl.y.at(b.Median), pl.y.at(b.Q3), pl.y.at(b.High)
	p.whisker(l, low, q1, c)
	p.whisker(l, high, q3, c)
	p.hatched(area{l.left, q3, l.right, q1}, b.Engine)
	if ci := b.MedianCI; ci != nil && drawable(ci[0]) && drawable(ci[1]) {
		p.rectangle(area{l.left, pl.y.at(ci[1]), l.right, pl.y.at(ci[0])}, mix(c, p.theme.paper, 0.75), stroke{})
	}
	p.line(stroke{colour: p.theme.ink, width: 3}, spot{l.left, median}, spot{l.right, median})
	p.outliers(pl, b, l, c)
}

// outliers draws single values, each pixel once.
func (p *pen) outliers(pl plot, b Box, l lane, c drawing.Color) {
	drawn := map[int]bool{}
	radius := min(3, float64(l.right-l.left)/4/p.scale)
	for _, v := range b.Outliers {
		if y := pl.y.at(v); drawable(v) && !drawn[y] {
			drawn[y] = true
			p.circle(spot{l.centre, y}, radius, p.theme.paper, stroke{colour: c, width: 1})
		}
	}
}

// whisker draws an upright line with a bar across both its ends.
func (p *pen) whisker(l lane, from, to int, c drawing.Color) {
	half := min((l.right-l.left)/4, p.px(9))
	p.paths(stroke{colour: c, width: 2},
		[]spot{{l.centre, from}, {l.centre, to}},
		[]spot{{l.centre - half, from}, {l.centre + half, from}},
		[]spot{{l.centre - half, to}, {l.centre + half, to}})
}

// foot says below a box how many values it holds and, where the engine has the
// place for itself, what its median is.
func (p *pen) foot(pl plot, b Box, l lane) {
	lines := []string{"n=" + decimal(float64(b.N), 0)}
	y, width := pl.at.bottom+p.leading(sizeSmall)+p.px(2), l.right-l.left
	if pl.named() {
		width = int(pl.slot) - p.px(4)
		y += p.leading(sizeSmall)
		median := []string{"too few for a median"}
		if ci := b.MedianCI; ci != nil {
			median = []string{
				fmt.Sprintf("median %s %s", number(b.Median), pl.Y.Unit),
				fmt.Sprintf("interval %s to %s", number(ci[0]), number(ci[1])),
			}
		}
		lines = append(median, lines...)
	}
	for _, line := range lines {
		if p.textWidth(line, sizeSmall) > width && pl.named() {
			line = shorter(line)
		}
		if p.textWidth(line, sizeSmall) <= width {
			p.text(spot{l.centre, y}, sizeSmall, p.theme.muted, centre, line)
		}
		y += p.leading(sizeSmall)
	}
}

// shorter leaves out of a line below a box what its place says as well. What
// does not fit even so is left out whole: half a number would be a wrong one.
func shorter(line string) string {
	for _, word := range []string{"median ", "interval ", "n="} {
		if rest, found := strings.CutPrefix(line, word); found {
			return rest
		}
	}
	return "few"
}
