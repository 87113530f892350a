//go:build !unix

package report

import "os"

// lock does nothing where files have no advisory locks: every run makes a
// directory of its own anyway.
func lock(*os.File) error { return nil }
