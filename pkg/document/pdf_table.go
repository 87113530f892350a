package document

import (
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

const (
	// rowPad is the white above and below the text of a row.
	rowPad = 1.1
	// whole is how high a table may be to be moved to the next page in one piece.
	whole = 62.0
)

var captionFace = face{8.2, true, black}

// table draws a table with its caption above and its note below, over pages
// where it takes several, the heads of its columns on each.
func (p *paper) table(t story.Table) {
	if len(t.Columns) == 0 {
		return
	}
	note := p.types.balanced(t.Note, small, measure)
	folds := p.foldsOf(t)
	for i, part := range parts(t, folds) {
		for j, g := range p.grids(part, folds) {
			caption := t.Caption
			if i+j > 0 {
				caption += continued
			}
			p.grid(g, caption, float64(len(note))*small.leading()+1)
			p.y += 2
		}
	}
	p.y--
	p.lines(marginX, note, small)
	p.y += 4
}

// continued is said in the caption of what began above.
const continued = " (continued)"

// tableLead is what must stand together at the beginning of a table.
func (p *paper) tableLead(t story.Table) float64 {
	if len(t.Columns) == 0 {
		return 0
	}
	folds := p.foldsOf(t)
	return p.gridsLead(p.grids(parts(t, folds)[0], folds))
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
	caption = strings.TrimSuffix(caption, continued) + continued
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
				p.gridHead(g, head, caption)
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
		p.gridHead(g, head, caption)
	}
}
