// Package cmd assembles the command line: one package a verb below it, and
// the one place where errors become exit codes.
package cmd

import (
	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/attach"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/benchmark"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cleanup"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/compare"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/completion"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/discoverservices"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/generateconfig"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/validateinfra"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/version"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/worker"
)

const long = `Measure the LLM inference engines that you run: vLLM, TGI, Ollama and any
OpenAI-compatible server. See time to first token, inter-token latency and
throughput under load, with the confidence each number deserves.`

// NewRoot returns the whole command tree.
func NewRoot(streams cli.Streams, sys cli.System, build cli.Build) *cobra.Command {
	root := &cobra.Command{
		Use:           "llmbench",
		Short:         "Measure LLM inference engines",
		Long:          long,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl llmbench"},
		Args:          cli.KnownCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SuggestionsMinimumDistance = 2
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return cli.Usagef("%w\nSee '%s --help' for usage", err, c.CommandPath())
	})
	cli.BindVerbosity(root.PersistentFlags(), streams.Err)
	root.AddCommand(benchmark.NewCommands(streams, sys, build)...)
	root.AddCommand(
		attach.NewCommand(streams, sys),
		cleanup.NewCommand(streams, sys),
		worker.NewCommand(streams, sys, build),
		compare.NewCommand(streams),
		discoverservices.NewCommand(streams, sys),
		report.NewCommand(streams),
		generateconfig.NewCommand(streams, sys),
		simulate.NewCommand(streams),
		validateinfra.NewCommand(streams, sys),
		version.NewCommand(streams, build),
		completion.NewCommand(streams),
	)
	completion.Register(root)
	return root
}
