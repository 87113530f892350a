// Package validateinfra is the verb that looks at the ground which the engines
// of a cluster stand on, before anybody compares them.
package validateinfra

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

const (
	long = `Check whether the engines of a namespace stand on even ground: what the caller may
see and do, whether the engines are well, kept apart and equally equipped with
GPUs, whether there is room for another, whether the nodes are well, whether
streams get through on the way in, and in what the engines' settings differ.

Each check passes, warns, fails, or is skipped with the reason why it could not
look. The command ends with exit code 3 where one fails.`

	examples = `  # The engines of the current namespace and the nodes below them
  kubectl llmbench validate-infra

  # Only what is about the engines, for a pipeline
  kubectl llmbench validate-infra -n team-llm --engines-only -o json

  # The Role that all checks need; without some of it the rest still works
  kubectl llmbench validate-infra -n team-llm --print-rbac`
)

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	System  cli.System

	Look        cluster.Look
	Output      string
	EnginesOnly bool
	PrintRBAC   bool
	Colour      cli.Colour
}

// NewCommand returns `validate-infra`.
func NewCommand(streams cli.Streams, system cli.System) *cobra.Command {
	o := &Options{Streams: streams, System: system}
	c := &cobra.Command{
		Use: "validate-infra", Aliases: []string{"validate"},
		Short: "Check the ground that the engines of a cluster stand on",
		Long:  long, Example: examples,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.PrintRBAC {
				return cluster.PrintRoles(o.Streams.Out, &o.Look.Cluster, kube.SurveyPermissions()...)
			}
			if err := o.Complete(); err != nil {
				return err
			}
			return o.Run(c.Context())
		},
	}
	f := c.Flags()
	f.StringVarP(&o.Output, "output", "o", "table", "Standard output: table, wide, json or yaml")
	f.BoolVar(&o.EnginesOnly, "engines-only", false, "Leave out what is about the cluster and its nodes as a whole")
	f.BoolVar(&o.PrintRBAC, "print-rbac", false, "Print the Roles that every check needs, and ask no cluster")
	cli.BindColour(f, &o.Colour)
	o.Look.Bind(c, "Say what is looked at")
	return c
}

// Complete checks the flags and makes the clients.
func (o *Options) Complete() error {
	if err := ui.CheckOutput(o.Output); err != nil {
		return &cli.UsageError{Err: err}
	}
	return o.Look.Connect(o.Streams, o.System)
}

// Run looks, prints what it saw, and is an error where a check failed.
func (o *Options) Run(ctx context.Context) error {
	defer o.Look.Search.Close()
	found, err := o.Look.Search.Run(ctx)
	if err != nil {
		return err
	}
	checks, err := found.Validate(ctx, o.System.Now(), o.EnginesOnly)
	if err != nil {
		return err
	}
	v := record.NewValidation(&found.About, checks)
	if err := o.show(v); err != nil {
		return err
	}
	if v.Summary.Fail > 0 {
		return fmt.Errorf("%w: %d of %d", cli.ErrCheckFailed, v.Summary.Fail, len(v.Checks))
	}
	return nil
}

func (o *Options) show(v record.Validation) error {
	if o.Output == "json" || o.Output == "yaml" {
		return ui.WriteDocument(o.Streams.Out, v, o.Output)
	}
	return ui.WriteValidation(o.Streams.Out, v, ui.WidthOf(o.Output), ui.Colour(o.Colour.On(o.Streams)))
}
