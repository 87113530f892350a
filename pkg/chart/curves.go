package chart

// curves draws lines and, where there are few, the points they join.
func (p *pen) curves(pl plot) {
	for _, l := range pl.Lines {
		spots := pl.spots(l)
		if len(spots) == 0 {
			continue
		}
		path := spots
		if l.Step {
			path = staircase(spots, pl.at.bottom)
		}
		p.line(p.curveStroke(l.Engine, l.Dashed), path...)
		if l.Dashed && len(spots) > 1 {
			continue
		}
		for _, i := range p.marked(spots, l.Step) {
			p.marker(spots[i], l.Engine, 4)
		}
	}
}

// spots are a line's points on the sheet, no more than four for each column of
// pixels: the first and last, the highest and lowest in it.
func (pl plot) spots(l Line) []spot {
	var spots []spot
	var c column
	for _, at := range l.Points {
		if !drawable(at[0]) || !drawable(at[1]) || pl.slot > 0 {
			continue
		}
		s := spot{pl.x.at(at[0]), pl.y.at(at[1])}
		if c.any && s.x != c.first.x {
			spots = c.appendTo(spots)
			c = column{}
		}
		c.add(s)
	}
	return c.appendTo(spots)
}

// column gathers the spots of one column of pixels.
type column struct {
	first, highest, lowest, last spot
	any                          bool
}

func (c *column) add(s spot) {
	if !c.any {
		*c = column{first: s, highest: s, lowest: s, any: true}
	}
	if s.y < c.highest.y {
		c.highest = s
	}
	if s.y > c.lowest.y {
		c.lowest = s
	}
	c.last = s
}

func (c *column) appendTo(spots []spot) []spot {
	if !c.any {
		return spots
	}
	for _, s := range []spot{c.first, c.highest, c.lowest, c.last} {
		if n := len(spots); n == 0 || spots[n-1] != s {
			spots = append(spots, s)
		}
	}
	return spots
}

// staircase holds each height until the next spot; the first rises from the
// floor.
func staircase(spots []spot, floor int) []spot {
	path := []spot{{spots[0].x, floor}, spots[0]}
	for i := 1; i < len(spots); i++ {
		path = append(path, spot{spots[i].x, spots[i-1].y}, spots[i])
	}
	return path
}

// marked are the indices of the spots that get a marker: all where there are few
// and they stand apart, else some along the line, to tell it from the others.
func (p *pen) marked(spots []spot, step bool) []int {
	const few = 16
	apart := p.px(90)
	if len(spots) <= few && !step {
		apart = p.px(9)
	}
	indices := []int{0}
	for i, s := range spots {
		last := spots[indices[len(indices)-1]]
		distance := s.x - last.x
		if step { // both ways, since such a line only rises
			distance += last.y - s.y
		}
		if distance >= apart {
			indices = append(indices, i)
		}
	}
	return indices
}
