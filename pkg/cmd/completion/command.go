package completion

import (
	_ "embed" // the shims are files of their own, which the archives hold too
	"io"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// kubectl runs the first program of this name on PATH to complete the plugin.
// https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
var (
	//go:embed kubectl_complete-llmbench
	shim []byte
	//go:embed kubectl_complete-llmbench.cmd
	shimWindows []byte
)

// program is the name under which the scripts complete the program when it is
// called without kubectl.
const program = "kubectl-llmbench"

const (
	long = `Print what a shell needs to complete this command.

Called as 'kubectl llmbench' it is kubectl that completes, through a program
named kubectl_complete-llmbench on the PATH: 'kubectl' and 'kubectl-windows'
print it. It asks for kubectl's own completion to be set up. The archives of a
release hold it already.

Called as kubectl-llmbench it needs the script of the shell itself.`

	examples = `  # kubectl llmbench <TAB>, in any shell that completes kubectl
  kubectl llmbench completion kubectl > ~/.local/bin/kubectl_complete-llmbench
  chmod +x ~/.local/bin/kubectl_complete-llmbench

  # kubectl-llmbench <TAB> in this bash
  source <(kubectl-llmbench completion bash)`
)

// scripts are the arguments of the verb, and what prints each.
var scripts = []struct {
	name  string
	write func(root *cobra.Command, w io.Writer) error
}{
	{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
	{"zsh", func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) }},
	{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
	{"powershell", func(root *cobra.Command, w io.Writer) error { return root.GenPowerShellCompletionWithDesc(w) }},
	{"kubectl", func(_ *cobra.Command, w io.Writer) error { _, err := w.Write(shim); return err }},
	{"kubectl-windows", func(_ *cobra.Command, w io.Writer) error { _, err := w.Write(shimWindows); return err }},
}

// NewCommand returns `completion SHELL`.
func NewCommand(streams cli.Streams) *cobra.Command {
	var names []string
	for _, s := range scripts {
		names = append(names, s.name)
	}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell|kubectl|kubectl-windows",
		Short: "Print what a shell needs to complete this command",
		Long:  long, Example: examples,
		ValidArgs: names,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("completion wants the name of one shell, or kubectl\nSee '%s --help' for usage", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return write(c, streams.Out, args[0]) },
	}
}

func write(c *cobra.Command, w io.Writer, name string) error {
	for _, s := range scripts {
		if s.name == name {
			root := c.Root()
			root.Use = program // the name that the scripts are for
			return s.write(root, w)
		}
	}
	return cli.Usagef("there is no completion for %q\nSee '%s --help' for those there are", name, c.CommandPath())
}
