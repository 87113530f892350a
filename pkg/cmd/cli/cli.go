// Package cli holds what every verb of the command line shares: its streams,
// its view of the machine, and the errors that decide an exit code. It knows
// no verb.
package cli

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Streams are a command's standard input, output and error.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// ErrIsTerminal says that Err may be drawn on, OutIsTerminal that a person
	// reads Out.
	ErrIsTerminal, OutIsTerminal bool
	// Plain says that the environment asks for text without colour (NO_COLOR,
	// TERM=dumb).
	Plain bool
	// Live says that a person sits before In and Err, so that a view may be drawn
	// on the one and keys read from the other.
	Live bool
}

// System is the machine a command runs on; tests give their own.
type System struct {
	Getenv   func(string) string
	ReadFile func(string) ([]byte, error)
	Now      func() time.Time
	// Executable is the path of this program, for its own child processes.
	Executable func() (string, error)
	// Interrupt ends the command's context as the first interrupt does; it may
	// be nil.
	Interrupt func()
}

// Build is what the release stamped into the program.
type Build struct{ Version, Commit string }

// UsageError is a wrong flag or argument: exit code 2.
type UsageError struct{ Err error }

// Error implements error.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef makes a UsageError.
func Usagef(format string, args ...any) error {
	return &UsageError{Err: fmt.Errorf(format, args...)}
}

// ErrTargetMissed ends a run under --fail-on-target whose target was missed,
// or could not be shown to be met: exit code 3.
var ErrTargetMissed = errors.New("a target was not met")

// ErrCheckFailed ends a validation in which a check failed: exit code 3.
var ErrCheckFailed = errors.New("a check failed")

// ErrInterrupted ends a run that was stopped by a signal: exit code 130.
var ErrInterrupted = errors.New("interrupted; what was measured is kept")
