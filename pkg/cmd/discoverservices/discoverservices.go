// Package discoverservices is the verb that shows which engines run in a
// cluster and how each is reached.
package discoverservices

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

const (
	long = `Find the inference engines that run in a cluster, by their images, commands,
ports and labels, and make sure of each by asking it what it is. Every way in is
tried: a Route, an HTTPRoute, an Ingress, a load balancer, a node port, the
cluster's own names when run inside it, and a port-forward. Shown is the best one
that works, and with -o wide or -o json what became of the others.

Nothing is installed, and no engine is asked to generate anything.`

	examples = `  # The engines of the current namespace
  kubectl llmbench discover-services

  # All that may be seen, with every way in and why it was taken or not
  kubectl llmbench discover-services -A -o wide

  # The Role that the search needs, for those who may grant it
  kubectl llmbench discover-services --print-rbac -n team-llm | kubectl apply -f -

  # And what runs from inside the cluster need beside it
  kubectl llmbench discover-services --print-rbac --in-cluster -n team-llm`
)

// outputName prints the engines' names, as --services takes them.
const outputName = "name"

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	System  cli.System

	Look      cluster.Look
	Output    string
	Watch     bool
	Interval  time.Duration
	PrintRBAC bool
	InCluster bool
	Colour    cli.Colour
}

// NewCommand returns `discover-services`.
func NewCommand(streams cli.Streams, system cli.System) *cobra.Command {
	o := &Options{Streams: streams, System: system}
	c := &cobra.Command{
		Use: "discover-services", Aliases: []string{"discover"},
		Short: "Find the engines of a cluster and the ways to them",
		Long:  long, Example: examples,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.PrintRBAC {
				if o.InCluster {
					return cluster.PrintRoles(o.Streams.Out, &o.Look.Cluster, kube.WorkerPermissions()...)
				}
				return cluster.PrintRoles(o.Streams.Out, &o.Look.Cluster)
			}
			if err := o.Complete(); err != nil {
				return err
			}
			return o.Run(c.Context())
		},
	}
	f := c.Flags()
	f.StringVarP(&o.Output, "output", "o", "table", "Standard output: table, wide, json, yaml or name (of each engine, as --services takes it)")
	f.BoolVarP(&o.Watch, "watch", "w", false, "Look again and again, and show what changed, until interrupted")
	f.DurationVar(&o.Interval, "watch-interval", 5*time.Second, "Time between two looks under --watch")
	f.BoolVar(&o.PrintRBAC, "print-rbac", false, "Print the Roles that the search and a port-forward need, and ask no cluster")
	f.BoolVar(&o.InCluster, "in-cluster", false, "With --print-rbac: print also what runs with --in-cluster need")
	cli.BindColour(f, &o.Colour)
	o.Look.Bind(c, "Say what the search does, and what this cluster has no API for")
	return c
}

// Complete checks the flags and makes the clients.
func (o *Options) Complete() error {
	if err := ui.CheckOutput(o.Output, append(ui.Outputs(), outputName)...); err != nil {
		return &cli.UsageError{Err: err}
	}
	if o.Watch && (o.Output == "json" || o.Output == "yaml") {
		return cli.Usagef("--watch shows rows: choose -o table, wide or name")
	}
	if o.Interval <= 0 {
		return cli.Usagef("--watch-interval %s: want a time above 0", o.Interval)
	}
	return o.Look.Connect(o.Streams, o.System)
}

// Run looks once, or again and again.
func (o *Options) Run(ctx context.Context) error {
	defer o.Look.Search.Close()
	if o.Watch {
		return o.watch(ctx)
	}
	found, err := o.Look.Search.Run(ctx)
	if err != nil {
		return err
	}
	return o.show(found)
}

func (o *Options) show(found *cluster.Found) error {
	cluster.Note(o.Streams.Err, found, o.Look.Verbose)
	doc := found.Document()
	switch o.Output {
	case "json", "yaml":
		return ui.WriteDocument(o.Streams.Out, doc, o.Output)
	case outputName:
		for _, e := range doc.Engines {
			if _, err := fmt.Fprintln(o.Streams.Out, e.Engine); err != nil {
				return err
			}
		}
		return nil
	}
	return ui.WriteDiscovery(o.Streams.Out, doc, ui.WidthOf(o.Output), ui.Colour(o.Colour.On(o.Streams)))
}
