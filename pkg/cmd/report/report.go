// Package report is the verb that redraws a run from its directory alone.
package report

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	runs "github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

const examples = `  # The newest run
  kubectl llmbench report results/latest

  # Its summary as JSON, and the documents written anew
  kubectl llmbench report results/latest -o json --format json,html`

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	Run     string
	Output  string
	Formats []string
	// NoCharts leaves pictures out of documents and draws no files.
	NoCharts bool
	Colour   cli.Colour
}

// NewCommand returns `report RUN`.
func NewCommand(streams cli.Streams) *cobra.Command {
	o := Options{Streams: streams}
	c := &cobra.Command{
		Use:     "report RUN",
		Short:   "Redraw a run from its directory",
		Long:    "Sum up a run from its directory alone. A run that was killed gives what was\nmeasured until then, marked partial.",
		Example: examples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("report wants one run directory, for instance results/latest")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.Run = args[0]
			return o.run()
		},
	}
	c.Flags().StringVarP(&o.Output, "output", "o", "table", "Standard output: table, wide, json or yaml")
	c.Flags().StringSliceVar(&o.Formats, "format", nil, "Documents to write into the run directory: "+strings.Join(runs.Formats(), ", "))
	c.Flags().BoolVar(&o.NoCharts, "no-charts", false, "Draw no charts, neither as files nor into documents")
	cli.BindColour(c.Flags(), &o.Colour)
	return c
}

// pictures says whether charts are drawn: with documents that show them.
func (o *Options) pictures() bool {
	return !o.NoCharts && (slices.Contains(o.Formats, "html") || slices.Contains(o.Formats, "pdf"))
}

// run writes nothing into the directory unless documents are asked for.
func (o *Options) run() (err error) {
	if err := errors.Join(ui.CheckOutput(o.Output), runs.CheckFormats(o.Formats)); err != nil {
		return &cli.UsageError{Err: err}
	}
	d, err := runs.Open(o.Run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	result, err := runs.Load(d)
	if err != nil {
		return err
	}
	files, err := runs.WriteDocuments(d, result, runs.Documents{Formats: o.Formats, Charts: o.pictures()})
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := fmt.Fprintf(o.Streams.Err, "wrote %s\n", filepath.Join(o.Run, filepath.FromSlash(f))); err != nil {
			return err
		}
	}
	return ui.Write(o.Streams.Out, result.Summary, o.Output, ui.Colour(o.Colour.On(o.Streams)))
}
