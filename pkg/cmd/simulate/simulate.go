// Package simulate is the verb that serves a simulated engine.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
)

const examples = `  # A simulated vLLM server
  kubectl llmbench simulate --engine vllm --listen 127.0.0.1:8000

  # A slow Ollama whose every tenth stream breaks off after three tokens
  kubectl llmbench simulate --engine ollama --listen 127.0.0.1:11434 --step 30ms --fault truncate:after=3,share=0.1`

// Options are the verb's flags.
type Options struct {
	Streams cli.Streams
	Listen  string
	Truth   string
	Faults  []string
	Server  simulate.Options
	// UntilEOF ends the server when standard input does, which is how a
	// parent's child dies with it.
	UntilEOF bool
	tune     tuning
}

// NewCommand returns `simulate`.
func NewCommand(streams cli.Streams) *cobra.Command {
	o := Options{Streams: streams}
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Serve a simulated engine: vLLM, TGI or Ollama",
		Long: "Serve one simulated engine that speaks its protocol over a real socket, with a\nmodel of continuous batching behind it. The address goes to standard output.\n\n" +
			"Times and sizes that are not given are the engine's own, as it might run a small\nmodel on one GPU.\n\nFaults:\n" + faultHelp(),
		Example: examples,
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.complete(c); err != nil {
				return &cli.UsageError{Err: err}
			}
			return o.run(c.Context())
		},
	}
	f := c.Flags()
	f.StringVar(&o.Server.Engine, "engine", "vllm", "Engine to simulate: vllm, tgi or ollama")
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8000", "Address to listen on; port 0 picks a free one")
	f.StringVar(&o.Server.Model, "served-model", "", "Name of the model it serves (default simulated/tiny-7b)")
	f.Uint64Var(&o.Server.Seed, "seed", 1, "Seed of answers, lengths and jitter")
	f.StringVar(&o.Truth, "truth-log", "", "File for a JSONL line per request: when it was read and when each frame was sent")
	f.StringArrayVar(&o.Faults, "fault", nil, "Fault to inject, as kind[:key=value,...]; repeatable")
	f.IntVar(&o.Server.Reasoning, "reasoning", 0, "Tokens of reasoning before each answer")
	f.BoolVar(&o.UntilEOF, "until-eof", false, "End when standard input ends")
	_ = f.MarkHidden("until-eof")
	o.tune.bind(f)
	return c
}

// noArguments is cli.NoArgs as an error of usage.
func noArguments(c *cobra.Command, args []string) error {
	if err := cli.NoArgs(c, args); err != nil {
		return &cli.UsageError{Err: err}
	}
	return nil
}

func faultHelp() string { return "  " + strings.Join(simulate.Faults(), "\n  ") }

func (o *Options) complete(c *cobra.Command) error {
	o.Server.Profile = simulate.DefaultProfile(o.Server.Engine)
	o.tune.apply(c.Flags(), &o.Server.Profile)
	for _, text := range o.Faults {
		fault, err := simulate.ParseFault(text)
		if err != nil {
			return fmt.Errorf("--fault %q: %w", text, err)
		}
		o.Server.Faults = append(o.Server.Faults, fault)
	}
	_, err := simulate.New(o.Server)
	return err
}

func (o *Options) run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if o.Truth != "" {
		f, openErr := os.OpenFile(o.Truth, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if openErr != nil {
			return fmt.Errorf("open truth log: %w (name a file that can be written with --truth-log)", openErr)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		o.Server.Truth = f
	}
	server, err := simulate.New(o.Server)
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w (choose another address with --listen)", err)
	}
	if o.UntilEOF {
		go func() { defer cancel(); _, _ = io.Copy(io.Discard, o.Streams.In) }()
	}
	if _, err := fmt.Fprintf(o.Streams.Out, "http://%s\n", ln.Addr()); err != nil {
		return errors.Join(err, ln.Close())
	}
	_, _ = fmt.Fprintf(o.Streams.Err, "SIMULATED %s at http://%s; stop it with Ctrl-C\n", o.Server.Engine, ln.Addr())
	return server.Serve(ctx, ln)
}
