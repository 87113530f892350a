//go:build !unix

package cli

import "os"

// needsTERM is false where consoles have no TERM.
const needsTERM = false

// inForeground is true where there are no jobs.
func inForeground(*os.File) bool { return true }
