package ui

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// DiscoveryWatch shows what changed between one look at a cluster and the
// next: a row for each engine that is new, different or gone.
type DiscoveryWatch struct {
	w       io.Writer
	columns []discoveryColumn
	shown   map[string]string // the state of each engine, by namespace/name
	begun   bool
}

// NewDiscoveryWatch returns a watch that has shown nothing; names makes it
// write the engines' names alone.
func NewDiscoveryWatch(w io.Writer, width Width, names bool) *DiscoveryWatch {
	columns := discoveryColumns(width)
	if names {
		columns = nil
	}
	return &DiscoveryWatch{w: w, columns: columns, shown: map[string]string{}}
}

// Show writes the rows of what differs from what was shown last. A round trip
// that took another time is no difference.
func (d *DiscoveryWatch) Show(doc record.Discovery) error {
	p := &printer{w: d.w}
	now := map[string]string{}
	var rows [][]string
	for _, e := range doc.Engines {
		key := e.Namespace + "/" + e.Name
		now[key] = fmt.Sprintf("%s %s %s %s %t %s %s", e.Engine, e.Version, e.Via, e.URL, e.Healthy, e.Models, e.Reason)
		if now[key] != d.shown[key] {
			rows = append(rows, d.row(e))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.shown)) {
		if _, still := now[key]; !still {
			rows = append(rows, d.gone(key))
		}
	}
	d.shown = now
	if len(rows) == 0 {
		return nil
	}
	if d.columns == nil {
		for _, row := range rows {
			p.line("%s", strings.Join(row, " "))
		}
		return p.err
	}
	p.rows(discoveryTitles(d.columns), rows, !d.begun)
	d.begun = true
	return p.err
}

func (d *DiscoveryWatch) row(e record.DiscoveredEngine) []string {
	if d.columns == nil {
		return []string{Printable(e.Engine)}
	}
	return discoveryRow(d.columns, e, false)
}

// gone is the row of an engine that is no longer there.
func (d *DiscoveryWatch) gone(key string) []string {
	engine, _, _ := strings.Cut(d.shown[key], " ")
	if d.columns == nil {
		return []string{Printable(engine), "gone"}
	}
	row := make([]string, len(d.columns))
	for i, c := range d.columns {
		switch c.title {
		case "ENGINE":
			row[i] = Printable(engine)
		case "SERVICE":
			row[i] = Printable(key)
		case "HEALTHY":
			row[i] = "gone"
		default:
			row[i] = "-"
		}
	}
	return row
}

// rows writes a table, its titles only where they are wanted.
func (p *printer) rows(columns []column, rows [][]string, titled bool) {
	if titled {
		p.table(columns, rows)
		return
	}
	var out strings.Builder
	if err := writeTable(&out, columns, rows); err != nil && p.err == nil {
		p.err = err
	}
	_, untitled, _ := strings.Cut(out.String(), "\n")
	if p.err == nil {
		_, p.err = io.WriteString(p.w, untitled)
	}
}
