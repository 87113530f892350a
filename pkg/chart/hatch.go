package chart

import "github.com/wcharczuk/go-chart/v2/drawing"

// hatches is how many ways there are to fill an area.
const hatches = 6

// hatched fills an area as an engine's: its colour, lightened, and a hatch that
// tells it apart on grey paper.
func (p *pen) hatched(a area, engine string) {
	c, way := p.colour(engine), p.place(engine)%hatches
	strength := 0.22
	if way == 0 {
		strength = 0.5
	}
	p.rectangle(a, mix(c, p.theme.paper, strength), stroke{})
	if lines := hatchLines(a, way, max(p.px(7), 3)); len(lines) > 0 {
		p.paths(stroke{colour: mix(c, p.theme.paper, 0.7), width: 1}, lines...)
	}
	p.outline(a, c)
}

func (p *pen) outline(a area, c drawing.Color) {
	p.line(stroke{colour: c, width: 2},
		spot{a.left, a.top}, spot{a.right, a.top}, spot{a.right, a.bottom}, spot{a.left, a.bottom}, spot{a.left, a.top})
}

// hatchLines are the lines of a hatch inside an area, gap pixels apart: none,
// rising, falling, level, both slants, upright.
func hatchLines(a area, way, gap int) [][]spot {
	switch way {
	case 1:
		return slants(a, gap, true)
	case 2:
		return slants(a, gap, false)
	case 3:
		return levels(a, gap)
	case 4:
		return append(slants(a, gap+gap/2, true), slants(a, gap+gap/2, false)...)
	case 5:
		return uprights(a, gap)
	}
	return nil
}

// slants are the lines at 45 degrees. One that begins at offset o on the top
// edge runs where x - o = y, cut to the area.
func slants(a area, gap int, rising bool) [][]spot {
	var lines [][]spot
	w, h := a.width(), a.height()
	for o := gap - h; o < w; o += gap {
		from, to := max(o, 0), min(o+h, w)
		if to <= from {
			continue
		}
		if rising {
			lines = append(lines, []spot{{a.left + from, a.bottom - from + o}, {a.left + to, a.bottom - to + o}})
			continue
		}
		lines = append(lines, []spot{{a.left + from, a.top + from - o}, {a.left + to, a.top + to - o}})
	}
	return lines
}

func levels(a area, gap int) [][]spot {
	var lines [][]spot
	for y := a.bottom - gap; y > a.top; y -= gap {
		lines = append(lines, []spot{{a.left, y}, {a.right, y}})
	}
	return lines
}

func uprights(a area, gap int) [][]spot {
	var lines [][]spot
	for x := a.left + gap; x < a.right; x += gap {
		lines = append(lines, []spot{{x, a.top}, {x, a.bottom}})
	}
	return lines
}
