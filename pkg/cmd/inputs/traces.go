package inputs

import (
	"bytes"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/load"
)

// ReadTraces reads what load tests replay.
func ReadTraces(c config.Config, readFile func(string) ([]byte, error)) (traces bench.Traces, err error) {
	for _, t := range c.TestScenarios.LoadTests {
		if t.Arrival != config.ArrivalTrace {
			continue
		}
		data, err := readFile(t.Trace.File)
		if err != nil {
			return nil, cli.Usagef("trace of load test %q: %w", t.Name, err)
		}
		trace, err := load.ParseTrace(bytes.NewReader(data), t.Trace.Format, t.Trace.MaxRequests)
		if err != nil {
			return nil, cli.Usagef("trace %s of load test %q: %w", t.Trace.File, t.Name, err)
		}
		trace.Speed = t.Trace.Speed
		if warmup := t.WarmupSeconds; trace.Span().Seconds() <= warmup {
			return nil, cli.Usagef("trace %s of load test %q takes %s at its speed, which the warm-up of %g s uses up", t.Trace.File, t.Name, trace.Span(), warmup)
		}
		if traces == nil {
			traces = bench.Traces{}
		}
		traces[t.Name] = trace
	}
	return traces, nil
}
