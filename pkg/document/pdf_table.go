package document

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

const (
	// rowPad is the white above and below the text of a row.
	rowPad = 1.1
	// whole is how high a table may be to be moved to the next page in one piece.
	whole = 62.0
)

var captionFace = face{8.2, true, black}

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
		cells[i] = p.sets(nil, column.Title, g.head(), width)
		cells[i] = p.sets(cells[i], column.Unit, g.detail(), width)
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

// table draws a table with its caption above and its note below, over pages
// where it takes several, the heads of its columns on each.
func (p *paper) table(t story.Table) { p.foldedTable(t, 1) }

// foldedTable draws a table with so many rows side by side.
func (p *paper) foldedTable(t story.Table, folds int) {
	if len(t.Columns) == 0 {
		return
	}
	note := p.types.balanced(t.Note, small, measure)
	for i, g := range p.grids(t, folds) {
		caption := t.Caption
		if i > 0 {
			caption += ", continued"
		}
		p.grid(g, caption, float64(len(note))*small.leading()+1)
	}
	p.y++
	for _, l := range note {
		p.need(small.leading())
		p.line(marginX, l, small)
	}
	p.y += 4
}

// tableLead is what must stand together at the beginning of a table.
func (p *paper) tableLead(t story.Table) float64 {
	if len(t.Columns) == 0 {
		return 0
	}
	return p.gridsLead(p.grids(t, 1))
}

// gridsLead is the same of a table that was fitted into the page's width. One
// that is short, or folded, stands together as a whole.
func (p *paper) gridsLead(grids []grid) float64 {
	g := grids[0]
	t := g.t
	rows, total := p.layRows(g)
	start := captionFace.leading() + 1 + p.layHead(g).height
	note := float64(len(p.types.balanced(t.Note, small, measure)))*small.leading() + 2
	if total += start + note; len(grids) == 1 && (total <= whole || g.folds > 1 && total < bottom-marginTop-20) {
		return total
	}
	for _, r := range rows[:min(len(rows), 2)] {
		start += min(r.height, 30)
	}
	return start
}

// grid draws rows; foot is the height of what must follow the last on its page.
func (p *paper) grid(g grid, caption string, foot float64) {
	p.need(p.gridsLead([]grid{g}))
	head := p.layHead(g)
	p.gridHead(g, head, caption)
	rows, _ := p.layRows(g)
	for i, r := range rows {
		keep := r.height
		if i == len(rows)-1 {
			keep += foot
		}
		if keep > p.room() {
			fresh := bottom - marginTop - head.height - 10
			if r.height <= fresh || p.room() < 20 {
				p.newPage()
				p.gridHead(g, head, caption+" (continued)")
			}
			if r.height > fresh {
				p.longRow(g, head, r, caption)
				continue
			}
		}
		p.row(g, r)
		if i < len(rows)-1 {
			p.rule(p.y, hair, 0.15)
		}
	}
	p.rule(p.y, rule, 0.2)
}

func (p *paper) gridHead(g grid, head laid, caption string) {
	p.line(marginX, p.types.fit(caption, captionFace, textWidth), captionFace)
	p.y += 0.6
	p.rule(p.y, rule, 0.2)
	p.headRow(g, head)
	p.rule(p.y, grey, 0.25)
}

// headRow stands on the line below it: short heads beside long ones are at the
// bottom.
func (p *paper) headRow(g grid, head laid) {
	for i, lines := range head.cells {
		h := 0.0
		for _, l := range lines {
			h += l.face.leading()
		}
		p.cellAt(g, i, head.height-rowPad-h, lines, head.swatches[i])
	}
	p.y += head.height
}

func (p *paper) row(g grid, r laid) {
	for i, lines := range r.cells {
		p.cellAt(g, i, rowPad, lines, r.swatches[i])
	}
	p.y += r.height
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

// longRow draws a row that is higher than a page, as many lines of each cell at
// a time as fit.
func (p *paper) longRow(g grid, head, r laid, caption string) {
	for {
		n := max(int((p.room()-2*rowPad)/(face{size: g.size}).leading()), 1)
		part, left := laid{cells: make([][]set, len(r.cells)), swatches: r.swatches}, false
		for i, lines := range r.cells {
			k := min(n, len(lines))
			part.cells[i], r.cells[i] = lines[:k], lines[k:]
			left = left || k < len(lines)
		}
		p.row(g, g.lay(part.cells, part.swatches))
		if !left {
			return
		}
		r.swatches = make([]ink, len(r.cells))
		p.newPage()
		p.gridHead(g, head, caption+" (continued)")
	}
}
