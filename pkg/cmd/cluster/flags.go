// Package cluster is what every verb that looks at a cluster shares: kubectl's
// connection flags, the flags that say what to look for, and the search itself.
//
// Its main type is Flags. It knows no verb.
package cluster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
)

// Flags say which cluster to look at, where in it, and what for.
type Flags struct {
	// Connection holds kubectl's own flags.
	Connection    *genericclioptions.ConfigFlags
	AllNamespaces bool
	Selector      string
	Via           string
}

// Bind adds the flags to a command. Those of the connection get a section of
// their own in its usage.
func (f *Flags) Bind(c *cobra.Command) {
	flags := c.Flags()
	f.Connection = genericclioptions.NewConfigFlags(true)
	connection := pflag.NewFlagSet("connection", pflag.ContinueOnError)
	f.Connection.AddFlags(connection)
	flags.AddFlagSet(connection)
	flags.BoolVarP(&f.AllNamespaces, "all-namespaces", "A", false, "Look for engines in every namespace")
	flags.StringVarP(&f.Selector, "selector", "l", "", "Look only for engines whose Service or pods have these labels, as app=llm,tier!=test")
	flags.StringVar(&f.Via, "via", "", "Reach engines in this way alone: "+strings.Join(discover.Vias(), ", "))
	section(c, connection)
}

// Given says that the caller asked for a search in the cluster.
func (f *Flags) Given() bool {
	return f.AllNamespaces || f.Selector != "" || f.Via != "" || f.namespaceGiven()
}

func (f *Flags) namespaceGiven() bool {
	return f.Connection != nil && *f.Connection.Namespace != ""
}

// check refuses values that no search can use.
func (f *Flags) check() (labels.Selector, error) {
	if f.Via != "" && !slices.Contains(discover.Vias(), f.Via) {
		return nil, cli.Usagef("--via %q: want one of %s", f.Via, strings.Join(discover.Vias(), ", "))
	}
	if f.AllNamespaces && f.namespaceGiven() {
		return nil, cli.Usagef("--namespace and --all-namespaces contradict each other: choose one")
	}
	selector, err := labels.Parse(f.Selector)
	if err != nil {
		return nil, cli.Usagef("--selector %q: %w", f.Selector, err)
	}
	return selector, nil
}

// section shows some of a command's flags under a heading of their own, so
// that kubectl's do not stand between the verb's.
func section(c *cobra.Command, own *pflag.FlagSet) {
	plain := new(cobra.Command).UsageFunc()
	c.SetUsageFunc(func(c *cobra.Command) error {
		hide := func(hidden bool) {
			own.VisitAll(func(f *pflag.Flag) { c.Flags().Lookup(f.Name).Hidden = hidden })
		}
		hide(true)
		err := plain(c)
		hide(false)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.OutOrStderr(), "\nConnection to the cluster, as kubectl's:\n%s", own.FlagUsages())
		return err
	})
}
