package benchmark

import (
	"context"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// openProgress shows how the run goes. A scenario is skipped through skip, where
// one is under way to hear of it.
func (o *Options) openProgress(ctx context.Context, run record.Run, live *bench.Live, skip chan<- string) ui.Progress {
	return ui.NewProgress(ctx, ui.ProgressOptions{
		Name: run.Name, Plan: run.Plan, Out: o.Streams.Err, In: o.Streams.In,
		Live: o.Streams.Live, Colour: ui.Colour(o.Colour.OnErr(o.Streams)), Stop: o.System.Interrupt,
		Counter: counter{live},
		Skip: func(scenario string) bool {
			select {
			case skip <- scenario:
				return true
			default:
				return false
			}
		},
	})
}

// counter shows the live view what goes on between the ends of requests.
type counter struct{ live *bench.Live }

// Read implements ui.Counter.
func (c counter) Read() []ui.Count {
	counts := c.live.Read()
	shown := make([]ui.Count, len(counts))
	for i, n := range counts {
		shown[i] = ui.Count(n)
	}
	return shown
}
