package chart

import "math"

// markers are how many shapes stand at the points of curves.
const markers = 8

// dashes are the strokes of curves, one an engine.
var dashes = [][]float64{nil, {9, 4}, {3, 3}, {9, 3, 2, 3}, {14, 5}}

// curveStroke is how an engine's curve is drawn. One that is dashed to tell it
// from the engine's other curves is thin and dotted for every engine.
func (p *pen) curveStroke(engine string, dotted bool) stroke {
	if dotted {
		return stroke{colour: p.colour(engine), width: 2, dash: []float64{2, 4}}
	}
	return stroke{colour: p.colour(engine), width: 2, dash: dashes[p.place(engine)%len(dashes)]}
}

// marker draws an engine's shape at a spot.
func (p *pen) marker(at spot, engine string, size float64) {
	c, way := p.colour(engine), p.place(engine)%markers
	edge := stroke{colour: p.theme.paper, width: 1}
	switch way {
	case 0:
		p.circle(at, size, c, edge)
	case 7:
		p.circle(at, size, p.theme.paper, stroke{colour: c, width: 2})
	default:
		p.polygon(c, edge, p.corners(at, way, size)...)
	}
}

// corners are those of a marker: square, triangle, diamond, triangle on its tip,
// a star of four rays, hexagon.
func (p *pen) corners(at spot, way int, size float64) []spot {
	n, turn, inner := 4, 45.0, 0.0
	switch way {
	case 2:
		n, turn = 3, -90
	case 3:
		turn = 0
	case 4:
		n, turn = 3, 90
	case 5:
		n, turn, inner = 8, -90, 0.45
	case 6:
		n, turn = 6, 0
	}
	radius := 1.3 * size * p.scale
	spots := make([]spot, n)
	for i := range spots {
		r := radius
		if inner > 0 && i%2 == 1 {
			r *= inner
		}
		angle := (turn + 360*float64(i)/float64(n)) * math.Pi / 180
		spots[i] = spot{at.x + int(math.Round(r*math.Cos(angle))), at.y + int(math.Round(r*math.Sin(angle)))}
	}
	return spots
}
