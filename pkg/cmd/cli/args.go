package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// NoArgs refuses arguments: exit code 2.
func NoArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return Usagef("%s takes no arguments, but was given %q\nSee '%s --help' for usage", c.CommandPath(), args[0], c.CommandPath())
}

// KnownCommand refuses the name of a command that there is not, and guesses
// what was meant: exit code 2.
func KnownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	guess := ""
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		guess = "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return Usagef("unknown command %q%s\nSee '%s --help' for usage", args[0], guess, c.CommandPath())
}
