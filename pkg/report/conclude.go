package report

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/verdict"
)

// Result is a run summed up and judged.
type Result struct {
	Run     record.Run
	Summary record.Summary
	// Values gives the numbers of single requests, as summary.Aggregator.Values
	// does.
	Values func(scenario, engine, metric string) []float64
}

// Conclude sums up what was gathered of a run and judges it by the run's own
// configuration. It comes to the same whether the run has just ended or was read
// from its directory.
func Conclude(sum *summary.Aggregator, run record.Run) Result {
	sum.SetRun(run)
	r := Result{Run: run, Summary: sum.Summary(), Values: sum.Values}
	verdict.Judge(&r.Summary, sum.Values, judgedBy(run))
	return r
}

// judgedBy are the options of a run's verdict. A configuration that this program
// cannot read, as of a later one, leaves the built-in ones at the plan's level.
func judgedBy(run record.Run) verdict.Options {
	loaded, err := config.Load([]config.Source{{Name: RunFile, Data: []byte(run.Config)}}, "")
	if err != nil {
		return verdict.Options{Level: run.Plan.Confidence, Seed: run.Plan.Seed}
	}
	return verdict.FromConfig(loaded.Config, run.Plan.Seed)
}
