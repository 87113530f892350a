// Package compare is the verb that sets runs against each other: how they differ,
// how surely, and whether that passes a gate.
package compare

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/runs"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/document"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

const long = `Set runs against the first of them, the baseline: by how much each number
differs, the confidence interval of that, and whether it is more than chance.

A run is its directory, or a result file of vllm bench serve or GuideLLM.
SCENARIO=FILE or SCENARIO/ENGINE=FILE gives the one load of such a file the name
of a scenario, and its engine that of an engine, of the run it is compared with.

Runs that measured different things (a simulated one and a real one, another
model, another load) are refused.`

const examples = `  # The newest run against an older one
  kubectl llmbench compare results/20260304T050607Z-nightly results/latest

  # In CI: exit with 3 where a number got significantly worse, and say so in a
  # pull request
  kubectl llmbench compare baseline/ results/latest --gate 'ttft_p95:+10%,success:-0.5pp' --format junit,markdown

  # Against what was measured before with another program
  kubectl llmbench compare chat/vllm=old/vllm-serve.json results/latest --allow-unlike`

// outputMarkdown prints what --format markdown writes.
const outputMarkdown = "markdown"

// Options are the verb's flags.
type Options struct {
	Streams     cli.Streams
	Runs        []string
	Output      string
	Formats     []string
	OutputDir   string
	Gate        runs.Gate
	AllowUnlike bool
	Colour      cli.Colour
}

// NewCommand returns `compare BASELINE RUN…`.
func NewCommand(streams cli.Streams) *cobra.Command {
	o := Options{Streams: streams}
	c := &cobra.Command{
		Use:     "compare BASELINE RUN...",
		Short:   "Say how runs differ, and gate on it",
		Long:    long,
		Example: examples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return cli.Usagef("compare wants two runs at least, the baseline first, for instance baseline/ results/latest")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.Runs = args
			if err := o.complete(); err != nil {
				return &cli.UsageError{Err: err}
			}
			return o.run()
		},
	}
	f := c.Flags()
	f.StringVarP(&o.Output, "output", "o", "table", "Standard output: table, wide, json, yaml or markdown")
	f.StringSliceVar(&o.Formats, "format", nil, "Documents to write: "+strings.Join(runs.Formats(), ", "))
	f.StringVar(&o.OutputDir, "output-dir", "", "Folder of the documents (default reports in the directory of the last run)")
	f.BoolVar(&o.AllowUnlike, "allow-unlike", false, "Compare runs that measured different things, and warn")
	o.Gate.Bind(f)
	cli.BindColour(f, &o.Colour)
	return c
}

// complete refuses flags that make no sense.
func (o *Options) complete() error {
	return errors.Join(ui.CheckOutput(o.Output, append(ui.Outputs(), outputMarkdown)...), runs.CheckFormats(o.Formats), o.Gate.Complete())
}

func (o *Options) run() error {
	var sources []runs.Source
	for _, text := range o.Runs {
		s, err := runs.Open(text)
		if err != nil {
			return err
		}
		sources = append(sources, s)
	}
	folder, err := o.folder(sources[len(sources)-1])
	if err != nil {
		return err
	}
	c, err := runs.Compare(sources, o.Gate, o.AllowUnlike)
	if err != nil {
		return err
	}
	files, written := runs.WriteDocuments(folder, c, o.Formats)
	for _, f := range files {
		_, err := fmt.Fprintf(o.Streams.Err, "wrote %s\n", f)
		written = errors.Join(written, err)
	}
	if doubt := o.Gate.Doubt(c); doubt != "" {
		_, err := fmt.Fprintf(o.Streams.Err, "warning: %s\n", ui.Printable(doubt))
		written = errors.Join(written, err)
	}
	return errors.Join(written, o.print(c), o.Gate.Err(c))
}

// folder is where documents go.
func (o *Options) folder(last runs.Source) (string, error) {
	switch {
	case o.OutputDir != "":
		return o.OutputDir, nil
	case len(o.Formats) > 0 && !last.Dir:
		return "", cli.Usagef("%s is no run directory that could hold documents: name a folder with --output-dir", last.Path)
	}
	return filepath.Join(last.Path, "reports"), nil
}

func (o *Options) print(c record.Comparison) error {
	if o.Output == outputMarkdown {
		return document.ComparisonMarkdown(o.Streams.Out, c)
	}
	return ui.WriteComparison(o.Streams.Out, c, o.Output, ui.Colour(o.Colour.On(o.Streams)))
}
