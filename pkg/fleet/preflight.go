package fleet

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const (
	// settleIn is for how long an engine that cannot be reached is asked again. A
	// pod that has just begun may be ahead of what makes the network of it: proxies
	// learn of a Service's new endpoints, and policies of a new pod, seconds later.
	settleIn = 15 * time.Second
	askAnew  = time.Second
)

// noting is a Sink that notes to which engines a trial stream went.
type noting struct {
	*Writer
	streamed sync.Map
}

// Sample implements bench.Sink.
func (n *noting) Sample(s record.Sample) {
	n.streamed.Store(s.Engine, true)
	n.Writer.Sample(s)
}

// preflight is bench.Preflight with some patience for engines that could not even
// be asked what they are.
func (w *worker) preflight(ctx context.Context, b bench.Options) (ready []*bench.Target, findings []record.Finding) {
	sink := &noting{Writer: w.w}
	b.Sink = sink
	order := slices.Clone(b.Targets)
	for end := time.Now().Add(settleIn); ; {
		passed, found := bench.Preflight(ctx, b)
		ready = append(ready, passed...)
		again := slices.DeleteFunc(slices.Clone(b.Targets), func(t *bench.Target) bool {
			_, streamed := sink.streamed.Load(t.Name)
			return streamed || slices.Contains(passed, t)
		})
		last := len(again) == 0 || time.Now().After(end) || !sleep(ctx, askAnew)
		for _, f := range found {
			if last || !slices.ContainsFunc(again, func(t *bench.Target) bool { return t.Name == f.Subject }) {
				findings = append(findings, f)
			}
		}
		if last {
			break
		}
		b.Targets = again
	}
	slices.SortFunc(ready, func(x, y *bench.Target) int { return slices.Index(order, x) - slices.Index(order, y) })
	return ready, findings
}
