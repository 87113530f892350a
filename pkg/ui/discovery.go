package ui

import (
	"io"
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// WidthOf is the width that -o asks for.
func WidthOf(output string) Width {
	if output == "wide" {
		return Wide
	}
	return Narrow
}

// WriteDiscovery writes the engines that were found and how each is reached;
// wide adds what became of every other way in. It writes nothing where there
// is no engine.
func WriteDiscovery(w io.Writer, d record.Discovery, width Width, colour Colour) error {
	if len(d.Engines) == 0 {
		return nil
	}
	p := newPrinter(w, width, colour)
	columns := discoveryColumns(width)
	var rows [][]string
	for _, e := range d.Engines {
		rows = append(rows, discoveryRow(columns, e, colour))
	}
	p.table(discoveryTitles(columns), rows)
	p.unwell(d.Engines)
	for _, e := range d.Engines {
		if width == Wide {
			p.candidates(e)
		}
		p.findings(e.Findings)
	}
	return p.err
}

// discoveryColumn is a column of the table of engines.
type discoveryColumn struct {
	column
	cell func(record.DiscoveredEngine, Colour) string
}

func discoveryColumns(width Width) []discoveryColumn {
	text := func(title string, of func(record.DiscoveredEngine) string) discoveryColumn {
		return discoveryColumn{column{title: title, shrinks: true}, func(e record.DiscoveredEngine, _ Colour) string { return Printable(orDash(of(e))) }}
	}
	columns := []discoveryColumn{
		text("ENGINE", func(e record.DiscoveredEngine) string { return e.Engine }),
		text("SERVICE", func(e record.DiscoveredEngine) string { return e.Namespace + "/" + e.Name }),
		text("VERSION", func(e record.DiscoveredEngine) string { return e.Version }),
		{column{title: "VIA"}, func(e record.DiscoveredEngine, _ Colour) string { return orDash(e.Via) }},
		{column{title: "HEALTHY"}, healthCell},
		{column{title: "RTT MS", number: true}, func(e record.DiscoveredEngine, _ Colour) string { return number(e.RTTMS) }},
	}
	if width == Wide {
		columns = append(columns,
			text("MODELS", func(e record.DiscoveredEngine) string { return strings.Join(e.Models, ",") }),
			discoveryColumn{column{title: "REPLICAS", number: true}, func(e record.DiscoveredEngine, _ Colour) string { return strconv.Itoa(e.Info.Replicas) }},
			text("GPU", func(e record.DiscoveredEngine) string { return gpuText(e.Info.GPU) }),
			text("NODE", func(e record.DiscoveredEngine) string { return e.Info.Node }),
			text("IMAGE", func(e record.DiscoveredEngine) string { return e.Info.Image }))
	}
	return append(columns, text("URL", func(e record.DiscoveredEngine) string { return e.URL }))
}

func discoveryTitles(columns []discoveryColumn) []column {
	titles := make([]column, len(columns))
	for i, c := range columns {
		titles[i] = c.column
	}
	return titles
}

func discoveryRow(columns []discoveryColumn, e record.DiscoveredEngine, colour Colour) []string {
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.cell(e, colour)
	}
	return row
}

func healthCell(e record.DiscoveredEngine, colour Colour) string {
	if e.Healthy {
		return colour.in(good, "yes")
	}
	return colour.in(bad, "no")
}

func gpuText(g *record.GPU) string {
	if g == nil {
		return ""
	}
	return strings.TrimSpace(strconv.Itoa(g.Count) + " " + g.Product)
}

// unwell says what is wrong with the engines that are not healthy.
func (p *printer) unwell(engines []record.DiscoveredEngine) {
	for _, e := range engines {
		if !e.Healthy && e.Reason != "" {
			p.line("%s: %s", Printable(e.Engine), Printable(e.Reason))
		}
	}
}

// candidates tells of every way to an engine what became of it.
func (p *printer) candidates(e record.DiscoveredEngine) {
	if len(e.Candidates) == 0 {
		return
	}
	p.line("")
	p.line("ways to %s (%s/%s):", Printable(e.Engine), Printable(e.Namespace), Printable(e.Name))
	var rows [][]string
	for _, c := range e.Candidates {
		rows = append(rows, []string{c.Via, Printable(orDash(c.Object)), p.candidateText(c.Status), number(c.RTTMS), Printable(orDash(c.URL)), Printable(orDash(c.Reason))})
	}
	p.table([]column{{title: "VIA"}, {title: "OBJECT"}, {title: "STATUS"}, {title: "RTT MS", number: true}, {title: "URL"}, {title: "REASON"}}, rows)
}

func (p *printer) candidateText(s record.CandidateStatus) string {
	switch s {
	case record.CandidateChosen:
		return p.colour.in(good, string(s))
	case record.CandidateFailed, record.CandidateRefused:
		return p.colour.in(caution, string(s))
	}
	return string(s)
}
