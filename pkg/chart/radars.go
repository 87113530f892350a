package chart

import "math"

// rings are the circles of a radar, in scores.
var rings = []float64{20, 40, 60, 80, 100}

// web is where a radar stands.
type web struct {
	centre spot
	radius float64
	spokes int
}

// at is the spot of a score on a spoke. The first spoke points up, and they go
// round with the clock.
func (w web) at(spoke int, score float64) spot {
	angle := 2*math.Pi*float64(spoke)/float64(w.spokes) - math.Pi/2
	r := w.radius * score / 100
	return spot{w.centre.x + int(math.Round(r*math.Cos(angle))), w.centre.y + int(math.Round(r*math.Sin(angle)))}
}

// newWeb fits a radar into an area with room for names at its sides and ends. The
// first spoke points up and none may point straight down, so it stands a little
// lower than the middle.
func newWeb(a area, spokes, side, end int) web {
	lowest := 0.0
	for i := range spokes {
		lowest = max(lowest, -math.Cos(2*math.Pi*float64(i)/float64(spokes)))
	}
	radius := min(float64(a.height()-2*end)/(1+lowest), float64(a.width()/2-side))
	w := web{spokes: spokes, radius: math.Max(radius, 1)}
	w.centre = spot{(a.left + a.right) / 2, (a.top+a.bottom)/2 + int(w.radius*(1-lowest)/2)}
	return w
}

// radar draws spokes, rings and the engines' outlines.
func (p *pen) radar(panel Panel, a area) {
	w := newWeb(a, len(panel.Spokes), p.px(110), 2*p.leading(sizeText))
	p.web(w, panel.Spokes)
	for _, score := range rings {
		at := w.at(0, score)
		p.label(spot{at.x - p.px(5), at.y + p.px(4)}, p.theme.muted, right, decimal(score, 0))
	}
	for _, b := range panel.Blades {
		p.blade(w, b)
	}
}

func (p *pen) web(w web, spokes []string) {
	line := stroke{colour: p.theme.grid, width: 1}
	for _, score := range rings {
		var ring []spot
		for i := range w.spokes + 1 {
			ring = append(ring, w.at(i%w.spokes, score))
		}
		p.line(line, ring...)
	}
	for i, name := range spokes {
		p.line(line, w.centre, w.at(i, 100))
		end := w.at(i, 100)
		beyond := w.at(i, 100+100*float64(p.px(14))/w.radius)
		side := centre
		switch {
		case end.x > w.centre.x+p.px(5):
			side = left
		case end.x < w.centre.x-p.px(5):
			side = right
		}
		beyond.y += p.px(5)
		if side == centre && beyond.y < w.centre.y {
			beyond.y -= p.px(5)
		}
		p.text(beyond, sizeText, p.theme.ink, side, name)
	}
}

// blade draws an engine's outline from spoke to spoke, with a gap at a score
// that is not known.
func (p *pen) blade(w web, b Blade) {
	known := func(i int) bool { return i < len(b.Scores) && b.Scores[i] >= 0 && drawable(b.Scores[i]) }
	s := p.curveStroke(b.Engine, false)
	s.width = 3
	for i := range w.spokes {
		next := (i + 1) % w.spokes
		if known(i) && known(next) {
			p.line(s, w.at(i, min(b.Scores[i], 100)), w.at(next, min(b.Scores[next], 100)))
		}
	}
	for i := range w.spokes {
		if known(i) {
			p.marker(w.at(i, min(b.Scores[i], 100)), b.Engine, 5)
		}
	}
}
