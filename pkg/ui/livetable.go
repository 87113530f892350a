package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// liveColumn is a column of the live table. Its width does not follow its
// cells, or the table would tremble.
type liveColumn struct {
	column
	width int
	// rank is the order in which columns get room where there is little.
	rank int
	cell func(engineReading) string
}

// The trend takes what room the other columns leave.
const (
	trendTitle = "TREND"
	trendMost  = 32
)

func liveColumns(sequential bool, level float64) []liveColumn {
	ci := fmt.Sprintf("%g%% CI", level*100)
	columns := []liveColumn{
		{column{title: "  ENGINE"}, 12, 0, engineCell},
		{column{title: "DONE", number: true}, 9, 1, doneCell},
		{column{title: ""}, 8, 12, barCell},
		{column{title: "IN FLIGHT", number: true}, 9, 6, inFlightCell},
		{column{title: "TTFT P50", number: true}, 8, 2, func(e engineReading) string { return estimateText(e.ttft50, e.done) }},
		{column{title: ci}, 10, 5, func(e engineReading) string { return spanText(e.ttft50) }},
		{column{title: "P95", number: true}, 6, 3, func(e engineReading) string { return estimateText(e.ttft95, e.done) }},
		{column{title: ci}, 10, 9, func(e engineReading) string { return spanText(e.ttft95) }},
		{column{title: "P99", number: true}, 6, 10, func(e engineReading) string { return estimateText(e.ttft99, e.done) }},
		{column{title: "E2E P50", number: true}, 7, 11, func(e engineReading) string { return estimateText(e.e2e50, e.done) }},
	}
	if !sequential { // one request at a time says nothing of throughput
		columns = append(columns, liveColumn{column{title: "TOK/S", number: true}, 6, 4, func(e engineReading) string { return number(e.tokensPerS) }})
	}
	return append(columns, liveColumn{column{title: trendTitle}, 5, 7, func(e engineReading) string { return sparkline(e.trend, trendMost) }})
}

// gap stands between two columns.
const gap = "  "

// fitting are the columns that a width has room for.
func fitting(columns []liveColumn, width int) []liveColumn {
	byRank := slices.Clone(columns)
	slices.SortFunc(byRank, func(a, b liveColumn) int { return a.rank - b.rank })
	room, last := width+len(gap), -1
	for _, c := range byRank {
		if c.width+len(gap) > room {
			break
		}
		room, last = room-c.width-len(gap), c.rank
	}
	kept := slices.DeleteFunc(slices.Clone(columns), func(c liveColumn) bool { return c.rank > max(last, 0) })
	for i, c := range kept {
		if c.title == trendTitle {
			kept[i].width = min(c.width+room, trendMost)
		}
	}
	return kept
}

// table is a line for each engine, below their titles, and one more for what
// failed at it.
func (c canvas) table(r reading) []string {
	columns := fitting(liveColumns(r.sequential(), r.level), c.width)
	titles := make([]string, len(columns))
	for i, col := range columns {
		titles[i] = col.title
	}
	lines := []string{c.colour.in(faint, liveRow(columns, titles))}
	for _, e := range r.engines {
		cells := make([]string, len(columns))
		for i, col := range columns {
			cells[i] = col.cell(e)
			if col.title == trendTitle {
				cells[i] = sparkline(e.trend, col.width)
			}
		}
		row := liveRow(columns, cells)
		if e.state == stateActive {
			row = c.colour.in(bold, row)
		}
		lines = append(lines, row)
		if e.failed > 0 {
			lines = append(lines, c.failures(e))
		}
	}
	return lines
}

// liveRow pads cells to the widths of their columns.
func liveRow(columns []liveColumn, cells []string) string {
	var row strings.Builder
	for i, c := range columns {
		if i > 0 {
			row.WriteString(gap)
		}
		pad := strings.Repeat(" ", max(c.width-ansi.StringWidth(cells[i]), 0))
		if c.number {
			row.WriteString(pad + cells[i])
		} else {
			row.WriteString(cells[i] + pad)
		}
	}
	return strings.TrimRight(row.String(), " ")
}

// engineCell marks the engines that are being asked.
func engineCell(e engineReading) string {
	mark := "  "
	if e.state == stateActive {
		mark = "▸ "
	}
	return mark + shorten(Printable(e.name), 10)
}

func barCell(e engineReading) string {
	if e.searches {
		return ""
	}
	return bar(e.share, 8)
}

// doneCell counts requests: of how many where that is known, else with the share of
// the time where that is.
func doneCell(e engineReading) string {
	switch {
	case e.state == stateAbsent || e.state == stateGivenUp || e.done == 0 && e.state != stateActive:
		return string(e.state)
	case e.searches:
		return fmt.Sprint(e.done)
	case e.total > 0:
		return fmt.Sprintf("%d/%d", e.done, e.total)
	}
	return fmt.Sprintf("%d %3d%%", e.done, int(e.share*100))
}

func inFlightCell(e engineReading) string {
	v, known := e.inFlight.Get()
	if !known {
		return "-"
	}
	return strconv.FormatInt(v, 10)
}

// estimateText is a percentile so far, n/a where the sample cannot support it.
func estimateText(e estimate, done int64) string {
	switch {
	case e.value.Known():
		return number(e.value)
	case done > 0:
		return "n/a"
	}
	return "-"
}

// spanText is the interval of a percentile.
func spanText(e estimate) string {
	if !e.value.Known() {
		return ""
	}
	return number(e.low) + ".." + number(e.high)
}
