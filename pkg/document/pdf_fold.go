package document

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

const (
	// foldGap is the white between rows that stand side by side.
	foldGap = 9.0
	// foldRows is how many rows of one line fit below each other on a page.
	foldRows = 36
	// foldFrom is from how many rows on a narrow table is folded.
	foldFrom = 6
)

func newGrid(t story.Table, folds int) grid {
	g := grid{t: t, size: tableSizes[0], gap: gapFor(len(t.Columns)), folds: folds}
	for i := range t.Columns {
		g.columns = append(g.columns, i)
	}
	return g
}

// foldsOf is how many rows of a table can stand side by side, so that a long and
// narrow one takes less of the page.
func (p *paper) foldsOf(t story.Table) int {
	for folds := 3; folds > 1 && len(t.Columns) > 0; folds-- {
		g := newGrid(t, folds)
		if len(t.Rows) >= foldFrom*folds-4 && sum(p.needs(g), func(n need) float64 { return n.all }) <= g.space() {
			return folds
		}
	}
	return 1
}

// parts divides a folded table into what a page holds of it.
func parts(t story.Table, folds int) []story.Table {
	if folds == 1 {
		return []story.Table{t}
	}
	var all []story.Table
	for rows := range slices.Chunk(t.Rows, folds*foldRows) {
		t.Rows = rows
		all = append(all, t)
	}
	return all
}

// across is how many columns a row has.
func (g grid) across() int {
	if g.unfolded {
		return len(g.columns) / g.folds
	}
	return len(g.columns)
}

// unfold repeats the columns for each row that stands beside another.
func (g grid) unfold() grid {
	columns, widths := g.columns, g.widths
	for range g.folds - 1 {
		columns, widths = append(columns[:len(columns):len(columns)], g.columns...), append(widths[:len(widths):len(widths)], g.widths...)
	}
	g.columns, g.widths, g.unfolded = columns, widths, true
	return g
}

// left is where a column begins.
func (g grid) left(column int) float64 {
	x := marginX
	for i, w := range g.widths[:column] {
		x += w + g.gap
		if (i+1)%g.across() == 0 {
			x += foldGap - g.gap
		}
	}
	return x
}

// layRows lays all rows, those that are to stand side by side as one: the first
// fold has the first of them.
func (p *paper) layRows(g grid) (rows []laid, height float64) {
	down := (len(g.t.Rows) + g.folds - 1) / g.folds
	for i := range down {
		var beside laid
		for fold := range g.folds {
			var row story.Row
			if at := fold*down + i; at < len(g.t.Rows) {
				row = g.t.Rows[at]
			}
			r := p.layRow(g, row)
			beside.cells, beside.swatches = append(beside.cells, r.cells...), append(beside.swatches, r.swatches...)
			beside.height = max(beside.height, r.height)
		}
		rows, height = append(rows, beside), height+beside.height
	}
	return rows, height
}
