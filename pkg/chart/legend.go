package chart

import "slices"

// engines are those that a figure shows, or all of the run where it names them,
// so that each keeps its place.
func (f Figure) engines() []string {
	names := slices.Clone(f.Engines)
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, p := range f.Panels {
		for _, engine := range p.engines() {
			add(engine)
		}
	}
	return names
}

// engines are those that a panel has anything of, in the order of what it holds.
func (p Panel) engines() []string {
	var names []string
	for _, b := range p.Boxes {
		names = append(names, b.Engine)
	}
	for _, b := range p.Bars {
		names = append(names, b.Engine)
	}
	for _, l := range p.Lines {
		names = append(names, l.Engine)
	}
	for _, b := range p.Blades {
		names = append(names, b.Engine)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// needsLegend says whether engines are told apart by their colours alone
// anywhere; where each has a place of its own, its name stands there.
func (f Figure) needsLegend() bool {
	return slices.ContainsFunc(f.Panels, func(p Panel) bool {
		return len(p.Lines) > 0 || len(p.Blades) > 0 || len(p.Boxes)+len(p.Bars) > 0 && !p.named()
	})
}

// named says whether every box and bar stands over its engine's name.
func (p Panel) named() bool {
	return !slices.ContainsFunc(p.Boxes, func(b Box) bool { return b.Engine != b.Category }) &&
		!slices.ContainsFunc(p.Bars, func(b Bar) bool { return b.Engine != b.Category })
}

// ambiguous says whether names of categories, shortened to their places, are no
// longer told apart.
func (p *pen) ambiguous(f Figure, width int) bool {
	for _, panel := range f.Panels {
		seen := map[string]bool{}
		for _, name := range panel.X.Categories {
			slot := width/f.columns()/len(panel.X.Categories) - p.px(16)
			name = p.fit(name, sizeText, slot)
			if seen[name] {
				return true
			}
			seen[name] = true
		}
	}
	return false
}

// legend lists the engines in rows below the head. Names are shortened where
// there are so many that they would need more than three rows.
func (p *pen) legend(a *area) {
	gap, sample := p.px(22), p.px(44)
	longest := max(a.width()/max((len(p.engines)+2)/3, 1)-gap-sample, p.px(30))
	x, row := a.left, p.leading(sizeText)+p.px(3)
	a.top += row
	for _, engine := range p.engines {
		name := p.fit(engine, sizeText, min(longest, a.width()-sample))
		width := sample + p.textWidth(name, sizeText)
		if x > a.left && x+width > a.right {
			x = a.left
			a.top += row
		}
		p.sample(engine, spot{x, a.top - p.px(9)})
		p.text(spot{x + sample, a.top - p.px(5)}, sizeText, p.theme.ink, left, name)
		x += width + gap
	}
	a.top += p.px(8)
}

// sample shows how an engine's areas and curves look.
func (p *pen) sample(engine string, at spot) {
	half := p.px(6)
	p.hatched(area{at.x, at.y - half, at.x + p.px(12), at.y + half}, engine)
	from, to := at.x+p.px(15), at.x+p.px(38)
	p.line(p.curveStroke(engine, false), spot{from, at.y}, spot{to, at.y})
	p.marker(spot{(from + to) / 2, at.y}, engine, 4)
}
