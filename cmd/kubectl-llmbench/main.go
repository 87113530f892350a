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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	streams := cli.Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Plain: os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
		ErrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())), OutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
	}
	system := cli.System{Getenv: os.Getenv, ReadFile: os.ReadFile, Now: time.Now, Executable: os.Executable}
	root := cmd.NewRoot(streams, system, cli.Build{Version: version, Commit: commit})
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
	}
	os.Exit(cmd.ExitCode(err))
}
