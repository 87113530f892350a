package chart

import "slices"

// lane is where one engine's box or bar stands.
type lane struct{ left, centre, right int }

// lane finds the place of an engine at a category. Where each category is one
// engine's own, it is all of the category's. ok is false for a category that
// the axis does not have.
func (p *pen) lane(pl plot, engine, category string) (l lane, ok bool) {
	i := slices.Index(pl.X.Categories, category)
	if i < 0 {
		return lane{}, false
	}
	n, place := 1, 0
	if !pl.named() {
		n, place = len(p.engines), p.place(engine)
	}
	const share = 0.8 // of a category that its lanes take
	width := share * pl.slot / float64(n)
	from := float64(pl.at.left) + pl.slot*(float64(i)+(1-share)/2) + width*float64(place)
	half := min(width/2*0.84, float64(p.px(55)))
	middle := from + width/2
	return lane{int(middle - half), int(middle), max(int(middle+half), int(middle-half)+1)}, true
}

// caption is a number to write once everything else is drawn.
type caption struct {
	at   spot
	text string
}

// bars draws bars from zero, or dots where the axis is logarithmic and has no
// zero, with their intervals, and returns their numbers. An engine without a number at a
// category is said to have none.
func (p *pen) bars(pl plot) []caption {
	type place struct{ engine, category string }
	have := map[place]bool{}
	var captions []caption
	for _, b := range pl.Bars {
		l, ok := p.lane(pl, b.Engine, b.Category)
		if !ok || !drawable(b.Value) {
			continue
		}
		have[place{b.Engine, b.Category}] = true
		captions = append(captions, p.bar(pl, b, l)...)
	}
	if len(pl.Bars) == 0 {
		return nil
	}
	for _, category := range pl.X.Categories {
		for _, engine := range p.engines {
			if pl.named() && engine != category || have[place{engine, category}] {
				continue
			}
			if l, ok := p.lane(pl, engine, category); ok {
				p.missing(pl, l)
			}
		}
	}
	return captions
}

// bar draws one bar and returns its number where that fits.
func (p *pen) bar(pl plot, b Bar, l lane) []caption {
	y, top := pl.y.at(b.Value), pl.y.at(b.Value)
	if !pl.y.log {
		zero := pl.y.at(0)
		p.hatched(area{l.left, min(y, zero), l.right, max(y, zero)}, b.Engine)
		top = min(y, zero)
	}
	if b.CI != nil && drawable(b.CI[0]) && drawable(b.CI[1]) {
		low, high := pl.y.at(b.CI[0]), pl.y.at(b.CI[1])
		p.whisker(l, low, high, p.theme.ink)
		top = min(top, high)
	}
	if pl.y.log {
		p.marker(spot{l.centre, y}, b.Engine, 5)
		top = min(top, y-p.px(5))
	}
	label := number(b.Value)
	if lane := l.right - l.left; p.textWidth(label, sizeSmall) > lane+lane/6+p.px(4) {
		return nil
	}
	return []caption{{spot{l.centre, top - p.px(5)}, label}}
}

// missing marks a number that there is none of.
func (p *pen) missing(pl plot, l lane) {
	const text = "n/a"
	if p.textWidth(text, sizeSmall) <= l.right-l.left+p.px(6) {
		p.text(spot{l.centre, pl.at.bottom - p.px(5)}, sizeSmall, p.theme.muted, centre, text)
	}
}
