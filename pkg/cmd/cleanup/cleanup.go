// Package cleanup is the verb that removes what runs from inside the cluster left
// there.
package cleanup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/crew"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

const (
	long = `Find the Jobs and ConfigMaps that runs with --in-cluster left behind, as when their
caller was killed, and remove them. Those whose workers still run stay, unless the
run is named or --all is given.

A run removes what it made by itself when it ends, also on Ctrl-C, and a Job that
is forgotten removes itself some hours after its end.`

	examples = `  # What is left in a namespace; it asks before it removes anything
  kubectl llmbench cleanup -n team-llm

  # One run, workers that still run included
  kubectl llmbench cleanup 20261125t031500-a1b2c3 --yes

  # Everywhere, what is older than a day
  kubectl llmbench cleanup --all-namespaces --older-than 24h --yes`
)

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	System  cli.System

	Run           string
	Connection    crew.Connection
	AllNamespaces bool
	All           bool
	OlderThan     time.Duration
	Yes           bool
	DryRun        bool
}

// NewCommand returns `cleanup`.
func NewCommand(streams cli.Streams, system cli.System) *cobra.Command {
	o := &Options{Streams: streams, System: system}
	c := &cobra.Command{
		Use: "cleanup [RUN]", Short: "Remove what runs from inside the cluster left behind",
		Long: long, Example: examples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return cli.Usagef("cleanup takes one run, but was given %q", args)
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
	f.BoolVarP(&o.AllNamespaces, "all-namespaces", "A", false, "Look in every namespace")
	f.BoolVar(&o.All, "all", false, "Remove runs whose workers still run, too")
	f.DurationVar(&o.OlderThan, "older-than", 0, "Remove only what was made so long ago, as 24h")
	f.BoolVarP(&o.Yes, "yes", "y", false, "Remove without asking")
	f.BoolVar(&o.DryRun, "dry-run", false, "List what would be removed, and remove nothing")
	o.Connection.Bind(c)
	return c
}

func (o *Options) run(ctx context.Context) error {
	cluster, err := o.Connection.Connect()
	if err != nil {
		return err
	}
	defer cluster.Close()
	return o.clean(ctx, cluster)
}

// clean lists what is to be removed, and removes it.
func (o *Options) clean(ctx context.Context, cluster *kube.Cluster) error {
	found, err := o.find(ctx, cluster)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		_, err := fmt.Fprintln(o.Streams.Err, "Nothing to remove.")
		return err
	}
	for _, f := range found {
		state := "ended"
		if f.Active > 0 {
			state = fmt.Sprintf("%d workers run", f.Active)
		}
		if _, err := fmt.Fprintf(o.Streams.Out, "%s %s/%s  run %s, made %s ago, %s\n", strings.ToLower(f.Kind), f.Namespace, f.Name, crew.RunOf(f), o.System.Now().Sub(f.Created).Round(time.Second), state); err != nil {
			return err
		}
	}
	if o.DryRun {
		return nil
	}
	if err := o.ask(len(found)); err != nil {
		return err
	}
	var faults []error
	for _, f := range found {
		faults = append(faults, crew.Remove(ctx, cluster, f))
	}
	return errors.Join(faults...)
}

// find lists what is to be removed.
func (o *Options) find(ctx context.Context, cluster *kube.Cluster) ([]kube.WorkerObject, error) {
	namespace, selector := cluster.Namespace, fleet.Selector
	if o.AllNamespaces {
		namespace = ""
	}
	if o.Run != "" {
		selector = fleet.RunSelector(strings.TrimPrefix(o.Run, fleet.JobName("")))
	}
	all, err := cluster.WorkerObjects(ctx, namespace, selector)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(w kube.WorkerObject) bool {
		runs := w.Active > 0 && !o.All && o.Run == ""
		return runs || o.System.Now().Sub(w.Created) < o.OlderThan
	}), nil
}

// ask asks whether to go on.
func (o *Options) ask(n int) error {
	if o.Yes {
		return nil
	}
	if !o.Streams.ErrIsTerminal || o.Streams.In == nil {
		return cli.Usagef("nobody can be asked here whether to remove them: pass --yes")
	}
	if _, err := fmt.Fprintf(o.Streams.Err, "Remove these %d? [y/N] ", n); err != nil {
		return err
	}
	answer, _ := bufio.NewReader(o.Streams.In).ReadString('\n')
	if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
		return errors.New("nothing was removed")
	}
	return nil
}
