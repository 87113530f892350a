// Package attach is the verb that goes on with a run from inside the cluster whose
// caller is gone: it leads its workers to their end, and collects what they
// measured.
package attach

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/crew"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

const (
	long = `Go on with a run that measures from inside the cluster, when the program that
began it was killed or left with --detach. What its workers have measured so far is
read from their logs, they are led through the rest, and the result is written and
shown as the run itself would have.

RUN is the run's folder, its ID, or the name of its Job; without one there must be
one run alone in the namespace. A run whose caller lives is refused. Ctrl-C leaves
the workers as they are.`

	examples = `  # The only run of a namespace
  kubectl llmbench attach -n team-llm

  # A run by its folder, or by its ID on another machine
  kubectl llmbench attach results/latest
  kubectl llmbench attach 20261125t031500-a1b2c3 --output-dir results`

	// startTimeout is how long workers may take that were not ready yet.
	startTimeout = 3 * time.Minute
)

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	System  cli.System

	Run        string
	Connection crew.Connection
	OutputDir  string
	Output     string
	NoCharts   bool
	Colour     cli.Colour
}

// NewCommand returns `attach`.
func NewCommand(streams cli.Streams, system cli.System) *cobra.Command {
	o := &Options{Streams: streams, System: system}
	c := &cobra.Command{
		Use: "attach [RUN]", Short: "Collect a run from inside the cluster whose caller is gone",
		Long: long, Example: examples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return cli.Usagef("attach takes one run, but was given %q", args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Run = args[0]
			}
			return o.run(c.Context())
		},
	}
	f := c.Flags()
	f.StringVar(&o.OutputDir, "output-dir", "results", "Folder with the run's own folder, or where it gets one")
	f.StringVarP(&o.Output, "output", "o", "table", "Standard output: table, wide, json or yaml")
	f.BoolVar(&o.NoCharts, "no-charts", false, "Write no charts")
	cli.BindColour(f, &o.Colour)
	o.Connection.Bind(c)
	return c
}

func (o *Options) run(ctx context.Context) error {
	if err := ui.CheckOutput(o.Output); err != nil {
		return &cli.UsageError{Err: err}
	}
	cluster, err := o.Connection.Connect()
	if err != nil {
		return err
	}
	defer cluster.Close()
	dir, runID, err := o.named()
	if err != nil {
		return err
	}
	object, err := crew.Find(ctx, cluster, runID)
	if err != nil {
		return err
	}
	plan, err := crew.Take(ctx, cluster, object)
	if err != nil {
		return err
	}
	o.say(fmt.Sprintf("run %s: %d workers in namespace %s", plan.Run.RunID, plan.Workers, object.Namespace))
	team := &crew.Crew{Cluster: cluster, Namespace: object.Namespace, Plan: plan, Say: o.say}
	if err := team.Unled(ctx); err != nil {
		return unled(err)
	}
	c, err := o.open(dir, plan)
	if err != nil {
		return err
	}
	return o.collect(ctx, team, c)
}

// unled says what to do where somebody leads the run.
func unled(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return cli.ErrInterrupted
	case errors.Is(err, fleet.ErrLed):
		return fmt.Errorf("%w: it lives, and wrote to the workers just now; let it end, or kill it (Ctrl-C there removes the workers) and come back", err)
	}
	return err
}

// named reads which run is meant: by its folder, or else by a name. Nothing else
// of a folder counts but its ID.
func (o *Options) named() (dir, runID string, err error) {
	if !isFolder(o.Run) {
		return "", o.Run, nil
	}
	d, err := report.Open(o.Run)
	if err != nil {
		return "", "", err
	}
	run, err := d.Run()
	return o.Run, run.RunID, errors.Join(err, d.Close())
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// collection is a run's folder while it is written to.
type collection struct {
	run      record.Run
	dir      *report.Dir
	sum      *summary.Aggregator
	recorder *report.Recorder
}

// open goes on with the run's folder, or makes one where there is none here.
func (o *Options) open(path string, plan fleet.Plan) (c *collection, err error) {
	c = &collection{run: plan.Run}
	if path == "" {
		path = report.Find(o.OutputDir, plan.Run.RunID)
	}
	if path == "" {
		c.dir, err = report.Create(o.OutputDir, c.run.Name, c.run.StartedAt)
	} else if c.dir, err = report.Open(path); err == nil {
		c.run, err = c.dir.Run()
	}
	if err == nil {
		err = c.dir.WriteRun(c.run)
	}
	if err != nil {
		return nil, err
	}
	c.sum = summary.New(c.run)
	c.recorder, err = report.Resume(c.dir, c.sum, func(err error) { o.say("warning: " + err.Error()) })
	return c, err
}

func (o *Options) say(text string) { _, _ = fmt.Fprintln(o.Streams.Err, ui.Printable(text)) }

func (o *Options) collect(ctx context.Context, team *crew.Crew, c *collection) error {
	team.Sink, team.Notify = c.recorder, func(e bench.Event) {
		if e.Kind == bench.EventScenario {
			o.say("scenario " + e.Scenario)
		}
	}
	out, err := team.Conduct(ctx, startTimeout, false, true)
	if ctx.Err() != nil {
		kept := errors.Join(c.recorder.Close(), c.dir.Close())
		o.say(fmt.Sprintf("the workers go on; come back with 'kubectl llmbench attach %s -n %s', or remove them with 'kubectl llmbench cleanup %s -n %s'", c.run.RunID, team.Namespace, c.run.RunID, team.Namespace))
		return errors.Join(cli.ErrInterrupted, kept)
	}
	return errors.Join(err, o.finish(c, out))
}

// finish writes what came of the run, and shows it.
func (o *Options) finish(c *collection, out fleet.Outcome) error {
	kept := c.recorder.Close()
	now := o.System.Now()
	c.run.FinishedAt, c.run.Interrupted, c.run.Environment.Workers = &now, false, out.Workers
	c.run.Findings = append(c.run.Findings, out.Findings...)
	for _, e := range out.Engines {
		for i, known := range c.run.Plan.Engines {
			if known.Engine == e.Engine {
				c.run.Plan.Engines[i] = e
			}
		}
	}
	c.run.Environment.Engines = c.run.Plan.Engines
	kept = errors.Join(kept, c.dir.WriteRun(c.run))
	result := report.Conclude(c.sum, c.run)
	_, err := report.WriteDocuments(c.dir, result, o.documents(c.run))
	kept = errors.Join(kept, err)
	err = ui.Write(o.Streams.Out, result.Summary, o.Output, ui.Colour(o.Colour.On(o.Streams)))
	o.say(fmt.Sprintf("\nresults: %s (redraw with: kubectl llmbench report %s)", c.dir.Path(), c.dir.Path()))
	return errors.Join(kept, err, c.dir.Close())
}

// documents are those that the run's configuration asks for.
func (o *Options) documents(run record.Run) report.Documents {
	loaded, err := config.Load([]config.Source{{Name: report.RunFile, Data: []byte(run.Config)}}, "")
	if err != nil {
		return report.Documents{Formats: []string{"json"}}
	}
	c := loaded.Config.Output
	return report.Documents{Formats: c.Formats, Charts: c.Charts && !o.NoCharts, Figures: c.Figures}
}
