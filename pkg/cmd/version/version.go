// Package version is the verb that says what this program is.
package version

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// NewCommand returns `version`.
func NewCommand(streams cli.Streams, build cli.Build) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of this plugin",
		Example: "  kubectl llmbench version\n  kubectl llmbench version -o json",
		Args:    cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info := map[string]string{
				"version": build.Version, "commit": build.Commit, "go": runtime.Version(),
				"platform": runtime.GOOS + "/" + runtime.GOARCH,
			}
			switch output {
			case "json":
				return json.NewEncoder(streams.Out).Encode(info)
			case "":
				_, err := fmt.Fprintf(streams.Out, "kubectl-llmbench %s (%s) %s %s\n", build.Version, build.Commit, info["go"], info["platform"])
				return err
			}
			return cli.Usagef("output format %q is not one of json", output)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", "Output format: json")
	return c
}
