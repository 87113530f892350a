package document

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// grid is a table, or as many of its columns as the page is wide enough for.
type grid struct {
	t story.Table
	// columns are the columns of t that it has, widths how wide they are without
	// the gaps between them, in millimetres.
	columns []int
	widths  []float64
	// size is that of its letters in points.
	size float64
	gap  float64
	// folds is how many rows stand side by side; once it is unfolded, columns and
	// widths are there for each of them.
	folds    int
	unfolded bool
}

// The sizes of a table's letters, the preferred first.
var tableSizes = []float64{7.6, 7.2, 6.8, 6.4, 6}

const (
	// widestColumn is how wide a column of text would like to be at most.
	widestColumn = 62.0
	// longestWord is from where on a word is broken to save width.
	longestWord = 24.0
	swatchWidth = 3.4
)

// need is what a column of a grid takes: at least, and without breaking lines.
type need struct{ least, all float64 }

// grids fits a table into the page's width: by letters that are smaller, by
// breaking lines, and where that does not do by setting the columns below each
// other, the first column with each.
func (p *paper) grids(t story.Table, folds int) []grid {
	g := newGrid(t, folds)
	for _, size := range tableSizes {
		g.size = size
		needs := p.needs(g)
		if sum(needs, func(n need) float64 { return n.comfortable() }) <= g.space() {
			return []grid{g.spread(needs).unfold()}
		}
	}
	needs := p.needs(g)
	if sum(needs, func(n need) float64 { return n.least }) <= g.space() {
		return []grid{g.spread(needs).unfold()}
	}
	g.folds = 1
	for i := range needs {
		needs[i].least = needs[i].comfortable()
	}
	return g.split(needs)
}

func gapFor(columns int) float64 {
	if columns > 9 {
		return 2.2
	}
	return 3.4
}

func sum(needs []need, of func(need) float64) float64 {
	total := 0.0
	for _, n := range needs {
		total += of(n)
	}
	return total
}

// comfortable is the width at which a column is read with ease.
func (n need) comfortable() float64 { return n.least + 0.35*(min(n.all, 30)-min(n.least, 30)) }

// space is the width that the columns share.
func (g grid) space() float64 {
	return (textWidth-foldGap*float64(g.folds-1))/float64(g.folds) - g.gap*float64(g.across()-1)
}

// split makes grids of as many columns as fit. One column alone always does.
func (g grid) split(needs []need) []grid {
	parts := g.splitAt(needs, len(needs))
	// As many parts with as many columns each as can be.
	return g.splitAt(needs, (len(needs)-2)/len(parts)+1)
}

func (g grid) splitAt(needs []need, most int) []grid {
	var parts []grid
	for next := 1; next < len(g.columns); {
		part, its := g, []need{needs[0]}
		part.columns = []int{g.columns[0]}
		for next < len(g.columns) {
			more := part
			more.columns = append(append([]int(nil), part.columns...), g.columns[next])
			wider := append(append([]need(nil), its...), needs[next])
			if len(part.columns) > most || len(part.columns) > 1 && sum(wider, func(n need) float64 { return n.least }) > more.space() {
				break
			}
			part, its = more, wider
			next++
		}
		parts = append(parts, part.spread(its))
	}
	return parts
}

// spread divides the space: to each column what it needs, and what is left, or
// lacks, in proportion.
func (g grid) spread(needs []need) grid {
	g.widths = make([]float64, len(needs))
	space := g.space()
	least, all := sum(needs, func(n need) float64 { return n.least }), sum(needs, func(n need) float64 { return n.all })
	for i, n := range needs {
		switch {
		case all <= space:
			g.widths[i] = n.all + (space-all)/float64(len(needs))
		case least >= space:
			g.widths[i] = n.least * space / least
		default:
			g.widths[i] = n.least + (space-least)*(n.all-n.least)/(all-least)
		}
	}
	return g
}

func (p *paper) needs(g grid) []need {
	needs := make([]need, len(g.columns))
	widest := 0.0
	for i, c := range g.columns {
		needs[i] = p.needOf(g, c)
		if g.t.Columns[c].Number {
			widest = max(widest, needs[i].all)
		}
	}
	even := append([]need(nil), needs...)
	for i, c := range g.columns {
		if g.t.Columns[c].Number {
			even[i].all = widest
		}
	}
	if sum(even, func(n need) float64 { return n.all }) <= g.space() {
		return even // columns of numbers alike, where there is room for it
	}
	return needs
}

// apart keeps a column of text away from the numbers that end right before it.
func (g grid) apart(c int) float64 {
	if c > 0 && !g.t.Columns[c].Number && g.t.Columns[c-1].Number {
		return 3.5
	}
	return 0
}

// needOf measures a column: its head and its cells.
func (p *paper) needOf(g grid, c int) need {
	column := g.t.Columns[c]
	head, unit := g.head(), g.detail()
	longest := p.types.longest(column.Title, head)
	n := need{least: longest, all: max(longest, min(p.types.width(p.types.clean(column.Title), head), 26))}
	n = n.with(p.types.longest(column.Unit, unit), p.types.width(p.types.clean(column.Unit), unit))
	if p.colours[column.Engine] != "" {
		n.least, n.all = n.least+swatchWidth, n.all+swatchWidth
	}
	for _, row := range g.t.Rows {
		if c >= len(row.Cells) {
			continue
		}
		text, detail := p.cellText(g, row, c), row.Cells[c].Detail
		indent := p.indent(g, row, c)
		f := g.cell(row.Cells[c], c)
		n = n.with(p.types.longest(text, f)+indent, p.types.width(p.types.clean(text), f)+indent)
		n = n.with(p.types.longest(detail, g.detail())+indent, min(p.types.width(p.types.clean(detail), g.detail()), 45)+indent)
	}
	n.least = min(n.least, longestWord)
	if c == 0 && !column.Number {
		n.least = max(n.least, min(n.all, 28)) // names are read with ease, whatever else is not
	}
	n.all = max(min(n.all, widestColumn), n.least)
	apart := g.apart(c)
	return need{n.least + apart, n.all + apart}
}

func (n need) with(least, all float64) need {
	return need{max(n.least, least), max(n.all, all)}
}
