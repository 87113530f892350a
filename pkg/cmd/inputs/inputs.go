// Package inputs reads what a configuration names beside itself: prompts and
// traces. The verbs that measure share it with the worker, which reads the same
// files from its plan.
//
// Its main type is Inputs. It knows no verb and no flag.
package inputs

import (
	"io"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
)

// Inputs are a configuration and where its files come from.
type Inputs struct {
	Config config.Config
	// Traces are those of ReadTraces.
	Traces   bench.Traces
	Seed     uint64
	ReadFile func(string) ([]byte, error)
	// Warn takes what a reader should know of the files.
	Warn io.Writer
}

// Files are the names of all files that a configuration names.
func Files(c config.Config) (names []string) {
	if c.Prompts.File != "" {
		names = append(names, c.Prompts.File)
	}
	for _, t := range c.TestScenarios.LoadTests {
		if t.Arrival == config.ArrivalTrace {
			names = append(names, t.Trace.File)
		}
	}
	return names
}
