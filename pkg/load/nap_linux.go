package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// nap sleeps for about a time, by a timer of the kernel's.
func nap(d time.Duration) {
	spec := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&spec, nil) // a signal ends it early, and the caller looks at the clock anyway
}
