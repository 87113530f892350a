// Package worker is the hidden verb that a pod of a run from inside the cluster
// starts: it measures what its plan says, by the orders of a caller.
package worker

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/inputs"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// indexVariable is where Kubernetes tells a pod its place in an Indexed Job
// (https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode).
const indexVariable = "JOB_COMPLETION_INDEX"

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	System  cli.System
	Build   cli.Build

	Plan, Orders string
}

// NewCommand returns `worker`.
func NewCommand(streams cli.Streams, system cli.System, build cli.Build) *cobra.Command {
	o := &Options{Streams: streams, System: system, Build: build}
	c := &cobra.Command{
		Use: "worker", Hidden: true,
		Short: "Measure inside the cluster, by the orders of another llmbench",
		Args:  cli.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return o.Run(c.Context()) },
	}
	c.Flags().StringVar(&o.Plan, "plan", fleet.PlanFile, "File with the plan")
	c.Flags().StringVar(&o.Orders, "orders", fleet.OrdersFile, "File in which orders appear")
	return c
}

// Run measures and writes what it measured to standard output.
func (o *Options) Run(ctx context.Context) error {
	index, err := strconv.Atoi(o.System.Getenv(indexVariable))
	if err != nil {
		return cli.Usagef("%s: %w; it is started by 'kubectl llmbench quick --in-cluster', not by hand", indexVariable, err)
	}
	data, err := o.System.ReadFile(o.Plan)
	if err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	plan, err := fleet.DecodePlan(data)
	if err != nil {
		return err
	}
	b, err := o.options(plan)
	if err != nil {
		return err
	}
	defer func() {
		for _, t := range b.Targets {
			t.Close()
		}
	}()
	return fleet.Work(ctx, fleet.WorkOptions{
		Plan: plan, Index: index, Version: o.Build.Version, Bench: b, Log: o.Streams.Out,
		Orders: func() ([]byte, error) { return o.System.ReadFile(o.Orders) },
	})
}

// options are those of the run that the plan tells.
func (o *Options) options(plan fleet.Plan) (b bench.Options, err error) {
	loaded, err := config.Load([]config.Source{{Name: "plan", Data: []byte(plan.Run.Config)}}, "")
	if err != nil {
		return b, fmt.Errorf("read the plan's configuration: %w", err)
	}
	readFile := func(name string) ([]byte, error) {
		if data, ok := plan.Files[name]; ok {
			return data, nil
		}
		return nil, fmt.Errorf("the plan lacks the file %q", name)
	}
	in := inputs.Inputs{Config: loaded.Config, Seed: plan.Run.Plan.Seed, ReadFile: readFile, Warn: o.Streams.Err}
	if in.Traces, err = inputs.ReadTraces(loaded.Config, readFile); err != nil {
		return b, err
	}
	prompts, err := in.Prompts()
	if err != nil {
		return b, err
	}
	b = bench.Options{Config: loaded.Config, Prompts: prompts(plan.Run.RunID), Traces: in.Traces, Host: inputs.Host(o.System.ReadFile), MaxErrorRate: plan.MaxErrorRate}
	for _, e := range plan.Engines {
		t, err := o.target(plan, e, loaded.Config)
		if err != nil {
			return b, err
		}
		b.Targets = append(b.Targets, t)
	}
	return b, nil
}

// target opens the transports to an engine.
func (o *Options) target(plan fleet.Plan, e fleet.Engine, c config.Config) (*bench.Target, error) {
	opts := wire.Options{
		ConnectTimeout: time.Duration(c.Timeouts.ConnectSeconds * float64(time.Second)), InsecureSkipVerify: plan.Insecure, CAPEM: plan.CAPEM,
	}
	if e.TokenEnv != "" {
		token, err := inputs.CleanToken(o.System.Getenv(e.TokenEnv), "the Secret of "+e.Name)
		if err != nil {
			return nil, err
		}
		opts.Token = token
	}
	t, err := bench.NewTarget(e.Name, engine.Kind(e.Kind), e.URL, e.Via, opts)
	if err != nil {
		return nil, err
	}
	insecure, endpoint := t.Info.InsecureTLS, t.Info.Endpoint
	t.Info = e.Info
	t.Info.Engine, t.Info.Kind, t.Info.Endpoint, t.Info.Via, t.Info.InsecureTLS = e.Name, e.Kind, endpoint, e.Via, insecure
	t.API, t.Model = e.API, e.Model
	return t, nil
}
