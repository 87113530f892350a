// Command kubectl-llmbench measures LLM inference engines as a kubectl plugin.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// Set by the linker.
var version, commit = "dev", "unknown"

func main() {
	interruptible, interrupt := context.WithCancel(context.Background()) //nolint:gosec // a view calls it, if anything does
	ctx, stop := signal.NotifyContext(interruptible, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	streams := cli.Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Plain: os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
		ErrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())), OutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		Live: cli.Live(os.Stdin, os.Stderr, os.Getenv),
	}
	system := cli.System{Getenv: os.Getenv, ReadFile: os.ReadFile, Now: time.Now, Executable: os.Executable, Interrupt: interrupt}
	root := cmd.NewRoot(streams, system, cli.Build{Version: version, Commit: commit})
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", cmd.Message(err))
	}
	os.Exit(cmd.ExitCode(err))
}
