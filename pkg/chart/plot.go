package chart

import "strings"

// plot is a panel on the sheet: where its numbers stand.
type plot struct {
	Panel
	at   area // inside the axes
	x, y scale
	// slot is the width of a category, 0 where X holds numbers.
	slot float64
}

// heading is a panel's title and what its numbers are.
func (p Panel) heading() string {
	title, unit := p.titled()
	return strings.TrimSpace(title + " " + unit)
}

// titled is a panel's title, and the label and unit of its Y axis as far as the
// title does not say them.
func (p Panel) titled() (title, unit string) {
	title = p.Title
	var parts []string
	switch {
	case title == "":
		title = p.Y.Label
	case p.Y.Label != "" && !strings.Contains(title, p.Y.Label):
		parts = append(parts, p.Y.Label)
	}
	if p.Y.Unit != "" {
		parts = append(parts, p.Y.Unit)
	}
	if p.Y.Log {
		parts = append(parts, "logarithmic")
	}
	return title, strings.Join(parts, ", ")
}

// panel draws one panel into its area.
func (p *pen) panel(panel Panel, a area) {
	p.heading(panel, &a)
	switch {
	case panel.Empty != "":
		p.reason(panel.Empty, a)
	case len(panel.Spokes) >= fewestSpokes:
		p.radar(panel, a)
	default:
		p.axes(panel, a)
	}
}

func (p *pen) heading(panel Panel, a *area) {
	title, unit := panel.titled()
	if title+unit == "" {
		return
	}
	a.top += p.leading(sizeHeading)
	end := a.right - p.key(panel, *a)
	y := a.top - p.px(5)
	title = p.fit(title, sizeHeading, end-a.left)
	p.text(spot{a.left, y}, sizeHeading, p.theme.ink, left, title)
	from := a.left + p.textWidth(title, sizeHeading) + p.px(10)
	p.text(spot{from, y}, sizeSmall, p.theme.muted, left, p.fit(unit, sizeSmall, end-from))
	a.top += p.px(6)
}

// key names the kinds of lines where an engine has several, at the right of the
// heading, and returns the width it takes.
func (p *pen) key(panel Panel, a area) int {
	type kind struct {
		name   string
		dashed bool
	}
	var kinds []kind
	seen := map[kind]bool{}
	for _, l := range panel.Lines {
		if k := (kind{l.Name, l.Dashed}); !seen[k] && l.Name != "" {
			seen[k] = true
			kinds = append(kinds, k)
		}
	}
	if len(kinds) < 2 {
		return 0
	}
	x := a.right
	for i := len(kinds) - 1; i >= 0; i-- {
		x -= p.textWidth(kinds[i].name, sizeSmall)
		p.text(spot{x, a.top - p.px(5)}, sizeSmall, p.theme.muted, left, kinds[i].name)
		line := stroke{colour: p.theme.muted, width: 2}
		if kinds[i].dashed {
			line = stroke{colour: p.theme.muted, width: 2, dash: []float64{2, 4}}
		}
		p.line(line, spot{x - p.px(30), a.top - p.px(9)}, spot{x - p.px(6), a.top - p.px(9)})
		x -= p.px(46)
	}
	return a.right - x
}

// axes draws what stands in a coordinate system.
func (p *pen) axes(panel Panel, a area) {
	values, xs := panel.ranges()
	if panel.X.Label == runTime.label {
		xs = p.times
	}
	if !values.any {
		p.reason("No number to draw.", a)
		return
	}
	pl := plot{Panel: panel, at: a}
	p.room(&pl, values, xs)
	if pl.at.width() < 4 || pl.at.height() < 4 {
		return
	}
	p.grid(pl)
	p.curves(pl)
	captions := p.bars(pl)
	p.boxes(pl)
	p.marks(pl)
	for _, c := range captions {
		p.label(c.at, p.theme.ink, centre, c.text)
	}
}

// farMark is how far beyond the numbers a mark may lie and still widen the axis.
const farMark = 3

// ranges are what the axes must hold.
func (p Panel) ranges() (y, x spread) {
	add := func(s *spread, values ...float64) {
		for _, v := range values {
			if drawable(v) {
				s.add(v)
			}
		}
	}
	for _, b := range p.Boxes {
		add(&y, b.Low, b.Q1, b.Median, b.Q3, b.High)
		add(&y, b.Outliers...)
	}
	for _, b := range p.Bars {
		add(&y, b.Value)
		if b.CI != nil {
			add(&y, b.CI[:]...)
		}
	}
	for _, l := range p.Lines {
		for _, at := range l.Points {
			if drawable(at[0]) && drawable(at[1]) {
				add(&y, at[1])
				add(&x, at[0])
			}
		}
	}
	for _, m := range p.Marks {
		if y.any && m.Y <= farMark*y.high {
			add(&y, m.Y)
		}
	}
	return y, x
}
