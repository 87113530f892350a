package document

import "math"

// drawPicture draws a picture with its top left corner at a place of the page.
func (p *paper) drawPicture(c picture, x, y, width float64) {
	scale := width / (c.right - c.left)
	on := func(at place) place { return place{x + (at.x-c.left)*scale, y + (at.y-c.top)*scale} }
	p.f.SetLineJoinStyle("round")
	for _, s := range c.shapes {
		if s.text != "" {
			p.drawText(s, on(s.at), scale)
			continue
		}
		style := ""
		if s.fill != "" {
			style += "F"
			p.f.SetFillColor(s.fill.rgb())
		}
		if s.stroke != "" && s.width > 0 {
			style += "D"
			p.f.SetDrawColor(s.stroke.rgb())
			p.f.SetLineWidth(s.width * scale)
		}
		if style == "" {
			continue
		}
		dash := make([]float64, len(s.dash))
		for i, d := range s.dash {
			dash[i] = d * scale
		}
		p.f.SetDashPattern(dash, 0)
		if s.radius > 0 {
			at := on(s.at)
			p.f.Circle(at.x, at.y, s.radius*scale, style)
			continue
		}
		p.drawPath(s, on, style)
	}
	p.f.SetDashPattern(nil, 0)
	p.f.SetLineJoinStyle("miter")
}

func (p *paper) drawPath(s shape, on func(place) place, style string) {
	moved := false
	for _, at := range s.path {
		switch to := on(at); {
		case math.IsNaN(at.x):
			moved = false
		case !moved:
			p.f.MoveTo(to.x, to.y)
			moved = true
		default:
			p.f.LineTo(to.x, to.y)
		}
	}
	if s.closed {
		p.f.ClosePath()
	}
	p.f.DrawPath(style)
}

// drawText writes a text within the length that the picture has for it, whose
// letters are of another font.
func (p *paper) drawText(s shape, at place, scale float64) {
	f := face{size: s.size * scale / point, ink: s.fill}
	text, length := p.types.clean(s.text), s.length*scale
	width := p.types.width(text, f)
	if width > length && length > 0 {
		f.size *= length / width
		width = length
	}
	p.put(at.x+(length-width)/2, at.y, text, f)
}
