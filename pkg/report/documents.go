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
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/history"
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
	Result
	figures []chart.Figure
}

// format is one kind of document and how it is written: into a file or several.
type format struct {
	name  string
	write func(*Dir, content) (files []string, err error)
}

// formats holds each document format, in the order in which help shows them.
var formats = []format{
	{"json", one(SummaryJSON, func(w io.Writer, c content) error { return writeJSON(w, c.Summary) })},
	{"csv", one(SummaryCSV, func(w io.Writer, c content) error { return record.WriteSummaryCSV(w, c.Summary) })},
	{"html", one(ReportHTML, func(w io.Writer, c content) error {
		return document.HTML(w, c.Summary, story.Tell(c.Summary, c.figures), c.figures)
	})},
	{"pdf", one(ReportPDF, func(w io.Writer, c content) error {
		return document.PDF(w, c.Summary, story.Tell(c.Summary, c.figures), c.figures)
	})},
	{"junit", one(ReportJUnit, func(w io.Writer, c content) error { return document.JUnit(w, c.Summary) })},
	{"markdown", one(ReportMarkdown, func(w io.Writer, c content) error {
		return document.Markdown(w, story.Tell(c.Summary, nil))
	})},
	{"vllm", writeVLLM},
}

// one is a format that has one file.
func one(file string, render func(io.Writer, content) error) func(*Dir, content) ([]string, error) {
	return func(d *Dir, c content) ([]string, error) {
		if err := d.render(file, func(w io.Writer) error { return render(w, c) }); err != nil {
			return nil, err
		}
		return []string{file}, nil
	}
}

// writeVLLM writes a file for each engine in each scenario, because vLLM's own
// benchmark has one for each of its runs.
func writeVLLM(d *Dir, c content) (files []string, err error) {
	for _, part := range history.VLLMParts(c.Summary) {
		if err := d.render(part.File, func(w io.Writer) error {
			return history.WriteVLLM(w, c.Summary, c.Values, part.Engine, part.Scenario)
		}); err != nil {
			return files, err
		}
		files = append(files, part.File)
	}
	return files, nil
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
	c := content{Result: r}
	if o.Charts {
		c.figures = chart.Figures(r.Summary, r.Values)
		if files, err = d.writePictures(c, o.Figures); err != nil {
			return files, err
		}
	}
	for _, name := range o.Formats {
		written, err := formats[slices.Index(Formats(), name)].write(d, c)
		files = append(files, written...)
		if err != nil {
			return files, err
		}
	}
	return files, nil
}

// writePictures draws the figures of some kinds, and in place of whatever an
// earlier drawing of the run has left.
func (d *Dir) writePictures(c content, kinds []string) (files []string, err error) {
	look := chart.Look{Simulated: c.Summary.Simulated}
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
