package cmd_test

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// TestOfferedValuesAreTheFlagsOwn holds completions to the flags' help: each
// value that is offered stands there.
func TestOfferedValuesAreTheFlagsOwn(t *testing.T) {
	enums := map[string]bool{"output": true, "format": true, "via": true, "color": true, "preset": true, "slo-preset": true, "engine": true, "gate-unknown": true}
	seen := map[string]bool{}
	root := cmd.NewRoot(cli.Streams{Out: io.Discard, Err: io.Discard}, cli.System{}, cli.Build{})
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !enums[f.Name] {
				return
			}
			seen[f.Name] = true
			complete, ok := c.GetFlagCompletionFunc(f.Name)
			if !ok {
				t.Errorf("%s --%s has no completion", c.Name(), f.Name)
				return
			}
			checkOffered(t, c, f, complete)
		})
	}
	for name := range enums {
		if !seen[name] {
			t.Errorf("no verb has --%s any more", name)
		}
	}
}

func checkOffered(t *testing.T, c *cobra.Command, f *pflag.Flag, complete cobra.CompletionFunc) {
	t.Helper()
	values, _ := complete(c, nil, "")
	if len(values) == 0 {
		t.Errorf("%s --%s: offered %q", c.Name(), f.Name, values)
	}
	words := strings.FieldsFunc(f.Usage, func(r rune) bool { return strings.ContainsRune(" ,:()", r) })
	for _, v := range values {
		known := false
		for _, w := range words {
			known = known || w == v
		}
		if !known {
			t.Errorf("%s --%s offers %q, which its help does not name: %s", c.Name(), f.Name, v, f.Usage)
		}
	}
}
