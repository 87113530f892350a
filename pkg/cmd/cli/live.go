package cli

import (
	"os"

	"golang.org/x/term"
)

// Live says whether a live view may be drawn: keys come from a terminal, out is
// one that can move its cursor, and this process is the one it listens to. A
// job in the background would be stopped for changing the terminal's mode.
func Live(in, out *os.File, getenv func(string) string) bool {
	name := getenv("TERM")
	return name != "dumb" && (name != "" || !needsTERM) &&
		term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd())) && inForeground(in) //nolint:gosec // descriptors are small
}
