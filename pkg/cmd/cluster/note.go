package cluster

import (
	"fmt"
	"io"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// Note tells what the search could not look at, and that it found nothing.
// What this cluster has no API for is told only where everything is.
func Note(w io.Writer, f *Found, everything bool) {
	for _, s := range f.Skipped {
		if s.Forbidden || everything {
			_, _ = fmt.Fprintf(w, "%s: %s\n", ui.Printable(s.Source), ui.Printable(s.Reason))
		}
	}
	if len(f.Engines) == 0 {
		_, _ = fmt.Fprintf(w, "No engines found in %s.\n", f.Place())
	}
}

// Teller says what a search does: on a terminal always, elsewhere only where
// everything is wanted.
func Teller(streams cli.Streams, everything bool) func(string) {
	return func(text string) {
		if everything || streams.ErrIsTerminal {
			_, _ = fmt.Fprintln(streams.Err, ui.Printable(text))
		}
	}
}

// PrintRoles writes the exact permissions that a search, a port-forward and
// whatever more is given need. It asks no cluster.
func PrintRoles(w io.Writer, f *Flags, more ...kube.Permission) error {
	text, err := roles(f, more)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

func roles(f *Flags, more []kube.Permission) ([]byte, error) {
	namespace := *f.Connection.Namespace
	if namespace == "" && !f.AllNamespaces {
		if named, _, err := f.Connection.ToRawKubeConfigLoader().Namespace(); err == nil {
			namespace = named
		}
	}
	if f.AllNamespaces {
		namespace = ""
	}
	return kube.Roles("llmbench", namespace, slices.Concat(kube.ListPermissions(), kube.TunnelPermissions(), more))
}
