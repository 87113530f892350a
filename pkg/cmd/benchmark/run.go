package benchmark

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/children"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/inputs"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// outputName prints the run's folder and nothing else.
const outputName = "name"

// Run measures, or prints the plan under --dry-run.
func (o *Options) Run(ctx context.Context) (err error) {
	if o.DryRun {
		return o.writePlan()
	}
	if o.Crew.Given() {
		return o.runInCluster(ctx)
	}
	if o.Simulate {
		stop, err := o.simulate(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	targets, end, err := o.targets()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	prompts, err := o.prompts()
	if err != nil {
		return err
	}
	if err := o.askAboutOthers(ctx, targets); err != nil {
		return err
	}
	j, err := o.openJournal(ctx)
	if err != nil {
		return err
	}
	defer j.progress.Close(false) // whatever happens, the terminal is given back
	measured := o.measure(ctx, j, targets, prompts)
	return o.close(j, measured)
}

// prompts reads the prompts that the configuration names.
func (o *Options) prompts() (inputs.PromptSource, error) {
	return inputs.Inputs{
		Config: o.config.Config, Traces: o.traces, Seed: o.Seed, ReadFile: o.System.ReadFile, Warn: o.Streams.Err,
	}.Prompts()
}

func (o *Options) writePlan() error {
	name, plan := o.config.Config.Benchmark.Name, o.plan()
	if o.Output == "json" || o.Output == "yaml" {
		return ui.WriteDocument(o.Streams.Out, plan, o.Output)
	}
	return ui.WritePlan(o.Streams.Out, name, plan, o.Simulate)
}

// simulate starts the engines of --simulate and fills in their addresses.
func (o *Options) simulate(ctx context.Context) (stop func() error, err error) {
	self, err := o.System.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program to run simulators with: %w", err)
	}
	var wanted []string
	for _, e := range o.engines {
		wanted = append(wanted, e.name)
	}
	set, err := children.Start(ctx, self, wanted, "--seed", fmt.Sprint(o.Seed))
	if err != nil {
		return nil, err
	}
	for i := range o.engines {
		o.engines[i].url = set.URLs[o.engines[i].name]
	}
	return set.Stop, nil
}

// measure runs preflight and the scenarios. It returns what ended the run
// early, or that nothing could be measured.
func (o *Options) measure(ctx context.Context, j *journal, targets []*bench.Target, prompts inputs.PromptSource) error {
	b := bench.Options{
		Config: o.config.Config, Targets: targets, Prompts: prompts(j.run.RunID), Traces: o.traces, Seed: o.Seed,
		Start: j.run.StartedAt, RunID: j.run.RunID, Sink: j.recorder, Notify: j.notify, Skip: j.skip,
		Host: inputs.Host(o.System.ReadFile), Live: j.live,
		MaxErrorRate: o.Rails.maxErrorRate,
		OnPanic:      func() { j.progress.Close(false) },
		Texts:        j.texts(),
	}
	for _, f := range append(o.searchFindings(), o.groundFindings(ctx)...) {
		j.find(f)
	}
	ready, findings := bench.Preflight(ctx, b)
	for _, f := range append(findings, unverified(targets)...) {
		j.find(f)
	}
	j.know(targets)
	if err := ctx.Err(); err != nil {
		return err
	}
	b.Targets = ready
	return bench.Run(ctx, b)
}

// close ends the run: it sums up what was measured, writes the documents,
// prints the tables, and decides the exit code.
func (o *Options) close(j *journal, measured error) error {
	interrupted := errors.Is(measured, context.Canceled)
	result := j.finish(o.System.Now(), interrupted, measured == nil)
	written, sum := o.documents(j, result), result.Summary
	shown := o.show(j, sum)
	switch {
	case interrupted:
		return errors.Join(cli.ErrInterrupted, written, shown)
	case measured != nil:
		return errors.Join(measured, written, shown)
	}
	return errors.Join(written, shown, o.compareWithBaseline(j.dir.Path()), o.unmeasured(j.run, sum), o.targetsMissed(sum))
}

// unverified names the engines whose certificates nobody checked.
func unverified(targets []*bench.Target) (findings []record.Finding) {
	for _, t := range targets {
		if t.Info.InsecureTLS {
			findings = append(findings, record.Finding{
				ID: "insecure-tls", Severity: record.SeverityWarn, Subject: t.Name,
				Message: "its certificate was not verified, so nothing shows that it was this engine which answered",
				Remedy:  "pass its authority with --engine-ca-file in place of --engine-insecure-skip-tls-verify",
			})
		}
	}
	return findings
}

func (o *Options) show(j *journal, sum record.Summary) error {
	if o.Output == outputName {
		_, err := fmt.Fprintln(o.Streams.Out, j.dir.Path())
		return err
	}
	err := ui.Write(o.Streams.Out, sum, o.Output, ui.Colour(o.Colour.On(o.Streams)))
	_, sayErr := fmt.Fprintf(o.Streams.Err, "\nresults: %s (redraw with: kubectl llmbench report %s)\n", j.dir.Path(), j.dir.Path())
	return errors.Join(err, sayErr)
}

// unmeasured names the engines that gave no result: a run that leaves one out
// has not done what was asked.
func (o *Options) unmeasured(run record.Run, sum record.Summary) error {
	got := map[string]bool{}
	for _, s := range sum.Scenarios {
		for _, e := range s.Engines {
			got[e.Engine] = got[e.Engine] || e.Succeeded > 0
		}
	}
	var missing []string
	for _, e := range run.Plan.Engines {
		if !got[e.Engine] {
			missing = append(missing, e.Engine)
		}
	}
	for _, f := range o.unreached {
		missing = append(missing, f.Engine)
	}
	if len(missing) == 0 {
		return nil
	}
	return &unmeasuredError{missing: missing, of: len(run.Plan.Engines) + len(o.unreached)}
}

// unmeasuredError is a run in which some engines gave no result.
type unmeasuredError struct {
	missing []string
	of      int
}

func (e *unmeasuredError) Error() string {
	return fmt.Sprintf("%d of %d engines gave no result: %s; the reasons stand above", len(e.missing), e.of, joined(e.missing))
}

// targetsMissed is an error under --fail-on-target where a target is not shown
// to be met.
func (o *Options) targetsMissed(sum record.Summary) error {
	if !o.FailOnTarget {
		return nil
	}
	for _, t := range sum.Targets {
		if t.Met == nil || !*t.Met {
			return fmt.Errorf("%w: %s %s of %s in %s (limit %g ms)", cli.ErrTargetMissed, t.Statistic, t.Metric, t.Engine, t.Scenario, t.Limit)
		}
	}
	return noCapacity(sum)
}

// newRunID is the run's time with what tells it from another of that second.
func newRunID(now time.Time, salt uint32) string {
	return fmt.Sprintf("%s-%06x", now.UTC().Format("20060102t150405"), salt&0xffffff)
}
