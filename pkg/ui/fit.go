package ui

import "github.com/charmbracelet/x/ansi"

// narrowLimit is the width that tables keep to unless more is asked for.
const narrowLimit = 80

// leastShrunk is the width below which no name is cut.
const leastShrunk = 8

// fit cuts the cells of columns that may shrink, the widest first, until a table
// keeps to limit columns or nothing can be cut any more. 0 cuts nothing.
func fit(columns []column, rows [][]string, limit int) [][]string {
	widths := make([]int, len(columns))
	total := len(gap) * (len(columns) - 1)
	for i, c := range columns {
		widths[i] = ansi.StringWidth(c.title)
		for _, row := range rows {
			widths[i] = max(widths[i], ansi.StringWidth(row[i]))
		}
		total += widths[i]
	}
	if limit == 0 || total <= limit {
		return rows
	}
	for ; total > limit; total-- {
		widest := widestOf(columns, widths)
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return cut(columns, rows, widths)
}

// widestOf is the widest column that can still shrink, -1 where none can.
func widestOf(columns []column, widths []int) int {
	widest := -1
	for i, c := range columns {
		if c.shrinks && widths[i] > max(leastShrunk, ansi.StringWidth(c.title)) && (widest < 0 || widths[i] > widths[widest]) {
			widest = i
		}
	}
	return widest
}

func cut(columns []column, rows [][]string, widths []int) [][]string {
	short := make([][]string, len(rows))
	for r, row := range rows {
		short[r] = append([]string(nil), row...)
		for i, c := range columns {
			if c.shrinks {
				short[r][i] = shorten(row[i], widths[i])
			}
		}
	}
	return short
}
