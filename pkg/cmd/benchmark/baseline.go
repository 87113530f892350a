package benchmark

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/runs"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// baseline is an earlier run that this one is compared with once it has ended.
type baseline struct {
	// Run is where it lies, "" for none.
	Run         string
	Gate        runs.Gate
	AllowUnlike bool

	source runs.Source
}

func (b *baseline) bind(f *pflag.FlagSet) {
	f.StringVar(&b.Run, "baseline", "", "Run to compare this one with: its directory, or a result file of vllm bench serve or GuideLLM")
	f.BoolVar(&b.AllowUnlike, "allow-unlike", false, "Compare with a --baseline that measured something else, and warn")
	b.Gate.Bind(f)
}

// complete reads the baseline, so that one which cannot be read is refused before
// anything is measured, and so that results/latest is not this run itself.
func (b *baseline) complete() (err error) {
	if err := b.Gate.Complete(); err != nil {
		return err
	}
	if b.Run == "" {
		if b.Gate.Text != "" || b.AllowUnlike {
			return cli.Usagef("--gate and --allow-unlike are about a --baseline: name the run to compare with")
		}
		return nil
	}
	if b.source, err = runs.Open(b.Run); err != nil {
		return fmt.Errorf("--baseline: %w", err)
	}
	return nil
}

// compareWithBaseline sets the run that lies at path against the baseline, prints
// how they differ, keeps it in the run's reports, and applies the gate. It reads the
// run back from its directory, as compare would.
func (o *Options) compareWithBaseline(path string) error {
	b := &o.Baseline
	if b.Run == "" {
		return nil
	}
	this, err := runs.Open(path)
	if err != nil {
		return fmt.Errorf("compare with the baseline: %w", err)
	}
	c, err := runs.Compare([]runs.Source{b.source, this}, b.Gate, b.AllowUnlike)
	if err != nil {
		return fmt.Errorf("the run is kept in %q, but there is no comparison with the baseline: %w", path, err)
	}
	_, written := runs.WriteDocuments(filepath.Join(path, "reports"), c, o.comparisonFormats())
	return errors.Join(written, o.showComparison(c), b.Gate.Err(c))
}

// comparisonFormats are those of the run's formats that a comparison has, and JSON.
func (o *Options) comparisonFormats() []string {
	return slices.DeleteFunc(runs.Formats(), func(f string) bool {
		return f != "json" && !slices.Contains(o.config.Config.Output.Formats, f)
	})
}

// showComparison prints a comparison under the run's tables. Where standard output
// is a document or a name, which nothing may be added to, it goes to standard error.
func (o *Options) showComparison(c record.Comparison) error {
	var said error
	if doubt := o.Baseline.Gate.Doubt(c); doubt != "" {
		_, said = fmt.Fprintf(o.Streams.Err, "warning: %s\n", ui.Printable(doubt))
	}
	switch o.Output {
	case "table", "wide":
		_, err := fmt.Fprintln(o.Streams.Out)
		return errors.Join(said, err, ui.WriteComparison(o.Streams.Out, c, o.Output, ui.Colour(o.Colour.On(o.Streams))))
	}
	return errors.Join(said, ui.WriteComparison(o.Streams.Err, c, "table", ui.Colour(o.Colour.OnErr(o.Streams))))
}
