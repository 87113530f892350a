// Package cluster is what every verb that looks at a cluster shares: kubectl's
// connection flags, the flags that say what to look for, and the search itself.
//
// Its main type is Flags. It knows no verb.
package cluster

import (
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

// ConnectionHeading is that of kubectl's own flags in a command's usage.
const ConnectionHeading = "Connection to the cluster, as kubectl's"

// Bind adds the flags to a command.
func (f *Flags) Bind(c *cobra.Command) {
	flags := c.Flags()
	f.Connection = genericclioptions.NewConfigFlags(true)
	f.Connection.AddFlags(flags)
	flags.Lookup("namespace").Usage = "Namespace to look in; the context's own where it is left out"
	flags.BoolVarP(&f.AllNamespaces, "all-namespaces", "A", false, "Look for engines in every namespace")
	flags.StringVarP(&f.Selector, "selector", "l", "", "Look only for engines whose Service or pods have these labels, as app=llm,tier!=test")
	flags.StringVar(&f.Via, "via", "", "Reach engines in this way alone: "+strings.Join(discover.Vias(), ", "))
}

// ShowConnection shows those of the connection under [ConnectionHeading], but what
// the command shows elsewhere.
func (f *Flags) ShowConnection(c *cobra.Command) {
	connection := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.Connection.AddFlags(connection)
	var names []string
	connection.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	cli.AddSection(c, ConnectionHeading, names...)
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
