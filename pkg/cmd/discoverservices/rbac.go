package discoverservices

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
)

// printRBAC writes what the search and a port-forward need, and nothing more.
func (o *Options) printRBAC() error {
	text, err := cluster.Roles(&o.Cluster)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(o.Streams.Out, string(text))
	return err
}
