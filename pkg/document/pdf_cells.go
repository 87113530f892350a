package document

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

func (g grid) head() face   { return face{g.size - 0.5, true, grey} }
func (g grid) detail() face { return face{g.size - 1, false, grey} }

// cell is the face of a cell's text; the first column is that of names.
func (g grid) cell(c story.Cell, column int) face {
	f := face{g.size, column == 0 && !g.t.Columns[0].Number, toneInk(c.Tone)}
	if c.Tone == story.Good || c.Tone == story.Caution || c.Tone == story.Bad {
		f.bold = true
	}
	if c.Missing {
		f = face{g.size, false, grey}
	}
	return f
}

// cellText is a cell's text, with the mark of its tone where it is no number.
func (p *paper) cellText(g grid, row story.Row, c int) string {
	cell := row.Cells[c]
	if g.t.Columns[c].Number || c == 0 && p.indent(g, row, c) > 0 {
		return cell.Text
	}
	return toneMark(cell.Tone) + cell.Text
}

// indent leaves room for the mark of an engine's colour.
func (p *paper) indent(g grid, row story.Row, c int) float64 {
	if c == 0 && !g.t.Columns[0].Number && p.colours[row.Engine] != "" {
		return swatchWidth
	}
	return 0
}

// laid is a row whose cells are broken into lines.
type laid struct {
	cells [][]set
	// swatches are the colours of engines, by cell; "" for none.
	swatches []ink
	height   float64
}

func (g grid) lay(cells [][]set, swatches []ink) laid {
	r := laid{cells: cells, swatches: swatches}
	for _, lines := range cells {
		h := 0.0
		for _, l := range lines {
			h += l.face.leading()
		}
		r.height = max(r.height, h)
	}
	r.height += 2 * rowPad
	return r
}

// layHead lays the heads of the columns: their titles, and the units below.
func (p *paper) layHead(g grid) laid {
	cells, swatches := make([][]set, len(g.columns)), make([]ink, len(g.columns))
	for i, c := range g.columns {
		column := g.t.Columns[c]
		swatches[i] = ink(p.colours[column.Engine])
		width := g.widths[i] - g.apart(c)
		if swatches[i] != "" {
			width -= swatchWidth
		}
		cells[i] = p.sets(nil, p.types.fit(column.Title, g.head(), 5*width), g.head(), width)
		cells[i] = p.sets(cells[i], p.types.fit(column.Unit, g.detail(), 2*width), g.detail(), width)
	}
	return g.lay(cells, swatches)
}

func (p *paper) layRow(g grid, row story.Row) laid {
	cells, swatches := make([][]set, g.across()), make([]ink, g.across())
	for i, c := range g.columns[:g.across()] {
		if c >= len(row.Cells) {
			continue
		}
		cell, indent := row.Cells[c], p.indent(g, row, c)
		if indent > 0 {
			swatches[i] = ink(p.colours[row.Engine])
		}
		width := g.widths[i] - indent - g.apart(c)
		cells[i] = p.sets(nil, p.cellText(g, row, c), g.cell(cell, c), width)
		cells[i] = p.sets(cells[i], cell.Detail, g.detail(), width)
	}
	return g.lay(cells, swatches)
}

func (p *paper) sets(before []set, text string, f face, width float64) []set {
	for _, l := range p.wrap(text, f, width) {
		before = append(before, set{l, f})
	}
	return before
}

// cellAt writes the lines of a column's cell, from so far below the row's top.
func (p *paper) cellAt(g grid, i int, down float64, lines []set, swatch ink) {
	x := g.left(i)
	number := g.t.Columns[g.columns[i]].Number
	if swatch != "" && len(lines) > 0 {
		side := g.size * 0.72 * point
		at := x
		if number {
			at = x + g.widths[i] - p.types.width(lines[0].text, lines[0].face) - swatchWidth
		}
		p.fill(at, p.y+down+lines[0].face.baseline()-side, side, side, swatch)
		if !number {
			x += swatchWidth
		}
	}
	y := p.y + down
	for _, l := range lines {
		at := x
		if number {
			at = x + g.widths[i] - p.types.width(l.text, l.face)
		}
		p.put(at, y+l.face.baseline(), l.text, l.face)
		y += l.face.leading()
	}
}
