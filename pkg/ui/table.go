package ui

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// column is one column of a table; numbers are aligned right, and what shrinks
// is cut in its middle where there is little room.
type column struct {
	title   string
	number  bool
	shrinks bool
}

// writeTable writes a table in kubectl's manner: upper-case titles, no lines,
// two spaces between columns.
func writeTable(w io.Writer, columns []column, rows [][]string) error {
	align := make([]tw.Align, len(columns))
	titles := make([]any, len(columns))
	for i, c := range columns {
		align[i], titles[i] = tw.AlignLeft, c.title
		if c.number {
			align[i] = tw.AlignRight
		}
	}
	var out strings.Builder
	t := tablewriter.NewTable(&out,
		tablewriter.WithRenderer(renderer.NewBlueprint(bare())),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAutoWrap(tw.WrapNone), tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithPadding(tw.Padding{Left: "", Right: "  ", Overwrite: true}),
	)
	t.Header(titles...)
	for _, row := range rows {
		cells := make([]any, len(row))
		for i, c := range row {
			cells[i] = c
		}
		if err := t.Append(cells...); err != nil {
			return fmt.Errorf("table row: %w", err)
		}
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	for line := range strings.Lines(out.String()) {
		if _, err := fmt.Fprintln(w, unpadded(line)); err != nil {
			return fmt.Errorf("table: %w", err)
		}
	}
	return nil
}

// unpadded takes the padding off a line's end, behind which the table puts one
// more reset where its last cell is coloured.
func unpadded(line string) string {
	line = strings.TrimRight(line, " \n")
	if rest, cut := strings.CutSuffix(line, reset); cut && strings.HasSuffix(rest, " ") {
		return strings.TrimRight(rest, " ")
	}
	return line
}

func bare() tw.Rendition {
	return tw.Rendition{
		Borders: tw.Border{Left: tw.Off, Right: tw.Off, Top: tw.Off, Bottom: tw.Off},
		Settings: tw.Settings{
			Separators: tw.Separators{ShowHeader: tw.Off, ShowFooter: tw.Off, BetweenRows: tw.Off, BetweenColumns: tw.Off},
			Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.Off, ShowFooterLine: tw.Off},
		},
	}
}

// WriteRows writes a table of texts.
func WriteRows(w io.Writer, titles []string, rows [][]string) error {
	columns := make([]column, len(titles))
	for i, title := range titles {
		columns[i].title = title
	}
	for _, row := range rows {
		for i := range row {
			row[i] = Printable(row[i])
		}
	}
	return writeTable(w, columns, rows)
}
