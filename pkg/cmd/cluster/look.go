package cluster

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// connectTimeout bounds the connection to an endpoint that is probed.
const connectTimeout = 5 * time.Second

// Look is what verbs have in common that only look at a cluster: the flags that
// say where, how far engines are trusted, and how much is told.
type Look struct {
	Cluster Flags
	Trust   Trust
	Verbose bool

	Search Search
}

// Bind adds the flags; verbose says what --verbose tells.
func (l *Look) Bind(c *cobra.Command, verbose string) {
	c.Flags().BoolVar(&l.Verbose, "verbose", false, verbose)
	l.Trust.Bind(c.Flags())
	l.Cluster.Bind(c)
	l.Cluster.ShowConnection(c)
}

// Connect checks the flags and makes the clients; it sends nothing. Search must
// be closed at the end.
func (l *Look) Connect(streams cli.Streams, system cli.System) error {
	opts, err := l.Trust.Wire(system, connectTimeout)
	if err != nil {
		return err
	}
	l.Search = Search{Flags: &l.Cluster, Wire: opts, Getenv: system.Getenv, Say: Teller(streams, l.Verbose)}
	return l.Search.Connect()
}
