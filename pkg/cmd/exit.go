package cmd

import (
	"context"
	"errors"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
)

// The exit codes, documented in README.md.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitTarget      = 3
	exitInterrupted = 130
)

// ExitCode is the one place where an error becomes an exit code.
func ExitCode(err error) int {
	var usage *cli.UsageError
	var badConfig *config.Error
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, cli.ErrInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage), errors.As(err, &badConfig):
		return exitUsage
	case errors.Is(err, cli.ErrTargetMissed), errors.Is(err, cli.ErrCheckFailed), errors.Is(err, cli.ErrGateFailed):
		return exitTarget
	}
	return exitFailed
}
