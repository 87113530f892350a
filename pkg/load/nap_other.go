//go:build !linux

package load

import "time"

// nap sleeps for about a time.
func nap(d time.Duration) { time.Sleep(d) }
