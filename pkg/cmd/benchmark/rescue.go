package benchmark

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
)

// rescue writes the documents of a run to another place where its own directory
// refused them, and says where. The error stays one: the run is not kept as it
// was asked to be.
func (o *Options) rescue(j *journal, result report.Result, refused error) error {
	if refused == nil {
		return nil
	}
	out := o.config.Config.Output
	path, err := report.Rescue(result, report.Documents{Formats: out.Formats, Charts: out.Charts, Figures: out.Figures})
	if path == "" {
		return fmt.Errorf("%w; nor could the results be written elsewhere: %w", refused, err)
	}
	_, _ = fmt.Fprintf(o.Streams.Err, "warning: %s takes no documents; they are in %s\n", j.dir.Path(), path)
	return fmt.Errorf("%w; the documents are in %s, without the single requests", refused, path)
}
