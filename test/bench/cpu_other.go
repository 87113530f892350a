//go:build !unix

package main

import "time"

// cpuTime is not known here, so costs come out as 0.
func cpuTime() time.Duration { return 0 }

// mostResident is not known here.
func mostResident() int64 { return 0 }
