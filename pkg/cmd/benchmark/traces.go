package benchmark

import (
	"bytes"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
)

// readTraces reads what load tests replay.
func (o *Options) readTraces() error {
	for _, t := range o.config.Config.TestScenarios.LoadTests {
		if t.Arrival != config.ArrivalTrace {
			continue
		}
		data, err := o.System.ReadFile(t.Trace.File)
		if err != nil {
			return cli.Usagef("trace of load test %q: %w", t.Name, err)
		}
		trace, err := load.ParseTrace(bytes.NewReader(data), t.Trace.Format, t.Trace.MaxRequests)
		if err != nil {
			return cli.Usagef("trace %s of load test %q: %w", t.Trace.File, t.Name, err)
		}
		trace.Speed = t.Trace.Speed
		if warmup := t.WarmupSeconds; trace.Span().Seconds() <= warmup {
			return cli.Usagef("trace %s of load test %q takes %s at its speed, which the warm-up of %g s uses up", t.Trace.File, t.Name, trace.Span(), warmup)
		}
		if o.traces == nil {
			o.traces = bench.Traces{}
		}
		o.traces[t.Name] = trace
	}
	return nil
}
