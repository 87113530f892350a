package report

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/document"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// Documents say what is written of a run.
type Documents struct {
	// Formats are some of Formats.
	Formats []string
	// Charts also draws pictures, as files and in documents; Figures are the
	// kinds of those that get a file, and all do where it is empty.
	Charts  bool
	Figures []string
}

// content is what documents are made of.
type content struct {
	summary record.Summary
	figures []chart.Figure
}

// format is one kind of document.
type format struct {
	name, file string
	write      func(io.Writer, content) error
}

// formats holds each document format, in the order in which help shows them.
var formats = []format{
	{"json", SummaryJSON, func(w io.Writer, c content) error { return writeJSON(w, c.summary) }},
	{"csv", SummaryCSV, func(w io.Writer, c content) error { return record.WriteSummaryCSV(w, c.summary) }},
	{"html", ReportHTML, func(w io.Writer, c content) error {
		return document.HTML(w, c.summary, story.Tell(c.summary, c.figures), c.figures)
	}},
	{"pdf", ReportPDF, func(w io.Writer, c content) error {
		return document.PDF(w, c.summary, story.Tell(c.summary, c.figures), c.figures)
	}},
}

// Formats lists the document formats that WriteDocuments knows, in the order
// in which help shows them.
func Formats() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// CheckFormats refuses a format that nobody writes.
func CheckFormats(names []string) error {
	for _, name := range names {
		if !slices.Contains(Formats(), name) {
			return fmt.Errorf("document format %q is not one of %s", name, strings.Join(Formats(), ", "))
		}
	}
	return nil
}

// WriteDocuments writes documents and pictures of a result and returns the files
// it wrote, relative to the run's directory.
func WriteDocuments(d *Dir, r Result, o Documents) (files []string, err error) {
	if err := CheckFormats(o.Formats); err != nil {
		return nil, err
	}
	c := content{summary: r.Summary}
	if o.Charts {
		c.figures = chart.Figures(r.Summary, r.Values)
		if files, err = d.writePictures(c, o.Figures); err != nil {
			return files, err
		}
	}
	for _, name := range o.Formats {
		f := formats[slices.Index(Formats(), name)]
		if err := d.render(f.file, func(w io.Writer) error { return f.write(w, c) }); err != nil {
			return files, err
		}
		files = append(files, f.file)
	}
	return files, nil
}

// writePictures draws the figures of some kinds, and in place of whatever an
// earlier drawing of the run has left.
func (d *Dir) writePictures(c content, kinds []string) (files []string, err error) {
	look := chart.Look{Simulated: c.summary.Simulated}
	for _, f := range c.figures {
		if len(kinds) > 0 && !slices.Contains(kinds, f.Kind) {
			continue
		}
		pictures := map[string]func(io.Writer) error{
			ChartsFolder + "/" + f.ID + ".png": func(w io.Writer) error { return f.PNG(w, look) },
			ChartsFolder + "/" + f.ID + ".svg": func(w io.Writer) error { return f.SVG(w, look) },
		}
		for _, name := range slices.Sorted(maps.Keys(pictures)) {
			if err := d.render(name, pictures[name]); err != nil {
				return files, err
			}
			files = append(files, name)
		}
	}
	return files, nil
}

// render writes what a renderer makes into a file of the run.
func (d *Dir) render(name string, render func(io.Writer) error) error {
	var b bytes.Buffer
	if err := render(&b); err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	return d.writeFile(name, b.Bytes())
}
