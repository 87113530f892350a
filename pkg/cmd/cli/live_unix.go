//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// needsTERM says that a terminal without a TERM cannot be told from a dumb one.
const needsTERM = true

// inForeground says whether the terminal's keys go to this process's group.
func inForeground(f *os.File) bool {
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP) //nolint:gosec // descriptors are small
	return err == nil && group == unix.Getpgrp()
}
