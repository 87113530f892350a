//go:build !unix

package bench

import "time"

// processCPU is not known here, and the results leave it out.
func processCPU() (time.Duration, bool) { return 0, false }
