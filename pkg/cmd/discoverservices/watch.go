package discoverservices

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// watch looks until it is interrupted, which is how it ends well. A look that
// fails is told, and the next one tried; the first must succeed.
func (o *Options) watch(ctx context.Context) error {
	found, err := o.Look.Search.Run(ctx)
	if err != nil {
		return err
	}
	cluster.Note(o.Streams.Err, found, o.Look.Verbose)
	w := ui.NewDiscoveryWatch(o.Streams.Out, ui.WidthOf(o.Output), o.Output == outputName)
	for {
		if found != nil {
			if err := w.Show(found.Document()); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(o.Interval):
		}
		found, err = o.Look.Search.Run(ctx)
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return nil
		case err != nil:
			_, _ = fmt.Fprintln(o.Streams.Err, "warning:", ui.Printable(err.Error()))
		}
	}
}
