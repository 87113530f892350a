// Package generateconfig is the verb that writes a configuration to start from.
package generateconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
)

const examples = `  # A commented configuration of the standard run, on standard output
  kubectl llmbench generate-config

  # The quick run's, into a file that every run in this folder reads
  kubectl llmbench generate-config --preset quick --file llmbench.yaml`

// NewCommand returns `generate-config`.
func NewCommand(streams cli.Streams) *cobra.Command {
	var preset, file string
	var force bool
	c := &cobra.Command{
		Use:     "generate-config",
		Short:   "Write a commented configuration to start from",
		Example: examples,
		Args:    cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			data, err := config.Generate(preset)
			if err != nil {
				return &cli.UsageError{Err: err}
			}
			if file == "" {
				_, err = streams.Out.Write(data)
				return err
			}
			if err := write(file, data, force); err != nil {
				return err
			}
			_, err = fmt.Fprintf(streams.Err, "wrote %s; check it with: kubectl llmbench custom --config %s --dry-run\n", file, file)
			return err
		},
	}
	c.Flags().StringVar(&preset, "preset", "standard", "Preset to start from: "+strings.Join(config.Presets(), ", "))
	c.Flags().StringVar(&file, "file", "", "File to write; standard output where empty")
	c.Flags().BoolVar(&force, "force", false, "Replace the file where it exists")
	return c
}

func write(file string, data []byte, force bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if !force {
		flags |= os.O_EXCL
	}
	f, err := os.OpenFile(file, flags, 0o644) //nolint:gosec // the caller names the file, and it holds no secret
	if errors.Is(err, fs.ErrExist) {
		return cli.Usagef("%s exists: name another file, or replace it with --force", file)
	}
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
