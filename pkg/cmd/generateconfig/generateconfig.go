// Package generateconfig is the verb that writes a configuration to start from.
package generateconfig

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

const (
	long = `Write a commented configuration to start from: a built-in preset, an example for a
purpose, or one for the engines that run in a cluster. Editors that know JSON
schemas complete and check it by its first line.`

	examples = `  # A commented configuration of the standard run, on standard output
  kubectl llmbench generate-config

  # The quick run's, into a file that every run in this folder reads
  kubectl llmbench generate-config --preset quick --file llmbench.yaml

  # Which examples there are, and one of them
  kubectl llmbench generate-config --list
  kubectl llmbench generate-config --example ci-gate --file ci-gate.yaml

  # For what runs in a namespace
  kubectl llmbench generate-config --from-cluster -n team-llm --file team-llm.yaml`
)

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	System  cli.System

	Preset, Example, File    string
	List, FromCluster, Force bool
	Look                     cluster.Look
}

// NewCommand returns `generate-config`.
func NewCommand(streams cli.Streams, system cli.System) *cobra.Command {
	o := &Options{Streams: streams, System: system}
	c := &cobra.Command{
		Use:   "generate-config",
		Short: "Write a commented configuration to start from",
		Long:  long, Example: examples,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.Run(c.Context()) },
	}
	f := c.Flags()
	f.StringVar(&o.Preset, "preset", "standard", "Preset to start from: "+strings.Join(config.Presets(), ", "))
	f.StringVar(&o.Example, "example", "", "Example to start from; --list names them")
	f.BoolVar(&o.List, "list", false, "List the presets and examples")
	f.BoolVar(&o.FromCluster, "from-cluster", false, "Start from the engines that are found in the cluster")
	f.StringVar(&o.File, "file", "", "File to write; standard output where empty")
	f.BoolVar(&o.Force, "force", false, "Replace the file where it exists")
	o.Look.Bind(c, "Say what the search in the cluster does")
	c.MarkFlagsMutuallyExclusive("preset", "example", "list", "from-cluster")
	return c
}

// Run writes what was asked for.
func (o *Options) Run(ctx context.Context) error {
	if o.List {
		return o.list()
	}
	if !o.FromCluster && o.Look.Cluster.Given() {
		return cli.Usagef("--namespace, --all-namespaces, --selector and --via say where to look for engines: add --from-cluster")
	}
	data, err := o.generate(ctx)
	if err != nil {
		return err
	}
	if o.File == "" {
		_, err = o.Streams.Out.Write(data)
		return err
	}
	if err := write(o.File, data, o.Force); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Streams.Err, "wrote %s; check it with: kubectl llmbench custom --config %s --dry-run\n", o.File, o.File)
	return err
}

func (o *Options) generate(ctx context.Context) (data []byte, err error) {
	switch {
	case o.FromCluster:
		return o.discovered(ctx)
	case o.Example != "":
		data, err = config.GenerateExample(o.Example)
	default:
		data, err = config.Generate(o.Preset)
	}
	if err != nil {
		return nil, &cli.UsageError{Err: err}
	}
	return data, nil
}

// discovered is the configuration for what the cluster runs.
func (o *Options) discovered(ctx context.Context) ([]byte, error) {
	if err := o.Look.Connect(o.Streams, o.System); err != nil {
		return nil, err
	}
	defer o.Look.Search.Close()
	found, err := o.Look.Search.Run(ctx)
	if err != nil {
		return nil, err
	}
	doc := found.Document()
	if len(doc.Engines) == 0 {
		return nil, fmt.Errorf("no engines found in %s: look elsewhere with -n or -A, or see 'kubectl llmbench discover-services --verbose'", found.Place())
	}
	cluster.Note(o.Streams.Err, found, o.Look.Verbose)
	return fromCluster(doc, found.Place()+" of "+found.Cluster.Host), nil
}

func (o *Options) list() error {
	all, err := config.Examples()
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(all))
	for _, p := range config.Presets() {
		rows = append(rows, []string{p, "preset", "What 'kubectl llmbench " + p + "' runs"})
	}
	for _, e := range all {
		rows = append(rows, []string{e.Name, "example", e.About})
	}
	return ui.WriteRows(o.Streams.Out, []string{"NAME", "KIND", "FOR"}, rows)
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
