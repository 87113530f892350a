package crew

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// Connection is kubectl's own flags, for verbs that look for workers.
type Connection struct {
	flags *genericclioptions.ConfigFlags
}

// Bind adds the flags.
func (c *Connection) Bind(command *cobra.Command) {
	c.flags = genericclioptions.NewConfigFlags(true)
	c.flags.AddFlags(command.Flags())
}

// Connect makes the clients; it sends nothing.
func (c *Connection) Connect() (*kube.Cluster, error) {
	cluster, err := kube.Connect(c.flags)
	if errors.Is(err, kube.ErrContext) {
		return nil, &cli.UsageError{Err: err}
	}
	return cluster, err
}

// RunOf is the run that an object belongs to.
func RunOf(o kube.WorkerObject) string { return o.Labels[fleet.LabelRun] }

// Find looks for the objects of a run by its ID or by the name of its Job; with ""
// there must be one run alone.
func Find(ctx context.Context, c *kube.Cluster, name string) (kube.WorkerObject, error) {
	selector := fleet.Selector
	if name != "" {
		selector = fleet.RunSelector(strings.TrimPrefix(name, fleet.JobName("")))
	}
	all, err := c.WorkerObjects(ctx, c.Namespace, selector)
	switch {
	case err != nil:
		return kube.WorkerObject{}, err
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0 && name == "":
		return kube.WorkerObject{}, fmt.Errorf("no run has workers in namespace %s; look elsewhere with -n", c.Namespace)
	case len(all) == 0:
		return kube.WorkerObject{}, fmt.Errorf("run %s has no workers in namespace %s: it was collected or removed, or is elsewhere (-n)", name, c.Namespace)
	}
	var names []string
	for _, o := range all {
		names = append(names, RunOf(o))
	}
	return kube.WorkerObject{}, cli.Usagef("several runs have workers in namespace %s: name one of %s", c.Namespace, strings.Join(names, ", "))
}

// Take reads the plan of a run that was begun before.
func Take(ctx context.Context, c *kube.Cluster, o kube.WorkerObject) (fleet.Plan, error) {
	data, err := c.Workers(o.Namespace, o.Name, fleet.Selector).Plan(ctx, fleet.PlanKey)
	if err != nil {
		return fleet.Plan{}, err
	}
	return fleet.DecodePlan(data)
}

// Remove deletes a run's objects.
func Remove(ctx context.Context, c *kube.Cluster, o kube.WorkerObject) error {
	return c.Workers(o.Namespace, o.Name, fleet.Selector).Delete(ctx)
}
