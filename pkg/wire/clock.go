package wire

import "time"

// epoch is the process's zero of monotonic time. Stamps are epoch plus a
// duration, so that arithmetic on them never touches the wall clock again.
var epoch = time.Now()

// stepTolerance is how far two readings of the distance between the realtime
// and the monotonic clock may lie apart before the realtime clock is taken to
// have been set. NTP slews both clocks alike, so the distance moves only when
// it is set; the readings themselves differ by the time between two vDSO calls.
const stepTolerance = 20 * time.Microsecond

// readings is how often a clock reading that looks like a step is taken again,
// because a thread may lose its processor between the two calls.
const readings = 4

// realtime converts stamps of the realtime clock, which the kernel uses, to
// the monotonic clock.
type realtime struct {
	// distance is realtime minus monotonic, counted from epoch.
	distance time.Duration
	measure  func() (now time.Time, distance time.Duration)
}

func newRealtime(measure func() (time.Time, time.Duration)) realtime {
	c := realtime{measure: measure}
	c.settle()
	return c
}

// readClocks reads both clocks, one right after the other.
func readClocks() (now time.Time, distance time.Duration) {
	now = time.Now()
	return now, time.Duration(now.UnixNano()) - now.Sub(epoch)
}

// settle notices that the realtime clock was set since it was last looked at,
// and reports whether it had stayed. at is a time after settle was called.
func (c *realtime) settle() (at time.Time, stayed bool) {
	var distance time.Duration
	for range readings {
		at, distance = c.measure()
		if (distance - c.distance).Abs() <= stepTolerance {
			return at, true
		}
	}
	c.distance = distance
	return at, false
}

// convert returns the monotonic instant of a kernel stamp, in nanoseconds
// since 1970. ok is false, and at the present, where the stamp cannot be
// trusted: the clock was set since the last look, the stamp lies in the future,
// or before floor, the earliest instant at which the bytes can have arrived.
func (c *realtime) convert(unixNano int64, floor time.Time) (at time.Time, ok bool) {
	now, stayed := c.settle()
	if !stayed {
		return now, false
	}
	at = epoch.Add(time.Duration(unixNano) - c.distance)
	if late := at.Sub(now); late > 0 {
		return now, late <= stepTolerance
	}
	if at.Before(floor) {
		return now, false
	}
	return at, true
}
