package chart

import (
	"math"

	"github.com/golang/freetype/truetype"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// pen draws on a sheet. Sizes that it takes are those of a picture of the base
// size; places are pixels of the sheet.
type pen struct {
	r       sheet
	font    *truetype.Font
	theme   theme
	scale   float64
	engines []string
	dark    bool
	// times is the range that all panels over the run's time have in common, so
	// that what stands below each other happened at once.
	times spread
	// bare says that the panel below has the same X axis and names it.
	bare bool
}

// spot is a place on the sheet, in pixels from its top left corner.
type spot struct{ x, y int }

// area is a part of the sheet.
type area struct{ left, top, right, bottom int }

func (a area) width() int  { return a.right - a.left }
func (a area) height() int { return a.bottom - a.top }

// stroke is how a line is drawn.
type stroke struct {
	colour drawing.Color
	width  float64
	dash   []float64
}

// px scales a size to the sheet; what is there at all keeps a pixel.
func (p *pen) px(size float64) int {
	if size <= 0 {
		return 0
	}
	return max(int(math.Round(size*p.scale)), 1)
}

// line draws through spots in order.
func (p *pen) line(s stroke, spots ...spot) { p.paths(s, spots) }

// paths draws several lines as one path.
func (p *pen) paths(s stroke, paths ...[]spot) {
	p.r.ResetStyle()
	p.r.SetStrokeColor(s.colour)
	p.r.SetStrokeWidth(float64(p.px(s.width)))
	if len(s.dash) > 0 {
		dash := make([]float64, len(s.dash))
		for i, d := range s.dash {
			dash[i] = float64(p.px(d))
		}
		p.r.SetStrokeDashArray(dash)
	}
	drawn := false
	for _, path := range paths {
		drawn = p.trace(path) || drawn
	}
	if drawn {
		p.r.Stroke()
	}
}

// trace lays a path; false where it is too short to be one.
func (p *pen) trace(path []spot) bool {
	if len(path) < 2 {
		return false
	}
	p.r.MoveTo(path[0].x, path[0].y)
	for _, s := range path[1:] {
		p.r.LineTo(s.x, s.y)
	}
	return true
}

// polygon fills a shape and draws its outline; an outline of width 0 is none.
func (p *pen) polygon(fill drawing.Color, outline stroke, spots ...spot) {
	p.r.ResetStyle()
	p.r.SetFillColor(fill)
	p.r.SetStrokeColor(outline.colour)
	p.r.SetStrokeWidth(float64(p.px(outline.width)))
	if !p.trace(spots) {
		return
	}
	p.r.Close()
	if outline.width > 0 {
		p.r.FillStroke()
		return
	}
	p.r.Fill()
}

// rectangle fills an area.
func (p *pen) rectangle(a area, fill drawing.Color, outline stroke) {
	p.polygon(fill, outline, spot{a.left, a.top}, spot{a.right, a.top}, spot{a.right, a.bottom}, spot{a.left, a.bottom})
}

// circle fills a circle; an outline of width 0 is none.
func (p *pen) circle(at spot, radius float64, fill drawing.Color, outline stroke) {
	p.r.ResetStyle()
	p.r.SetFillColor(fill)
	p.r.SetStrokeColor(outline.colour)
	p.r.SetStrokeWidth(float64(p.px(outline.width)))
	if outline.width <= 0 {
		p.r.SetStrokeColor(fill)
		p.r.SetStrokeWidth(1)
	}
	p.r.Circle(float64(p.px(radius)), at.x, at.y)
}

// place is an engine's place among the figure's engines.
func (p *pen) place(engine string) int {
	for i, e := range p.engines {
		if e == engine {
			return i
		}
	}
	return 0
}

func (p *pen) colour(engine string) drawing.Color { return hex(Colour(p.place(engine), p.dark)) }
