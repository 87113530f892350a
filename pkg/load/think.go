package load

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// The distributions of a Think. "" is Fixed.
const (
	Fixed       = "fixed"
	Uniform     = "uniform"
	Exponential = "exponential"
)

// Think is how long a user waits between an answer and the next request. The
// zero value does not wait.
type Think struct {
	// Distribution is Fixed (always Seconds), Uniform (between Min and Max) or
	// Exponential (with the mean Seconds, which makes a single user's requests
	// memoryless).
	Distribution string
	// Seconds, Min and Max are in seconds.
	Seconds, Min, Max float64
}

// Validate refuses a distribution that nobody draws from, and times that are
// negative, not finite or no range.
func (t Think) Validate() error {
	switch t.Distribution {
	case "", Fixed, Uniform, Exponential:
	default:
		return fmt.Errorf("think time distribution %q is not one of %s, %s, %s", t.Distribution, Fixed, Uniform, Exponential)
	}
	for _, s := range []float64{t.Seconds, t.Min, t.Max} {
		if s < 0 || math.IsNaN(s) || math.IsInf(s, 0) {
			return fmt.Errorf("think time of %g s: want a number of seconds, 0 or more", s)
		}
	}
	if t.Distribution == Uniform && t.Min > t.Max {
		return fmt.Errorf("think time between %g and %g s is no range", t.Min, t.Max)
	}
	return nil
}

// draw returns one think time. For a Think that Validate refuses it is some
// time of 0 or more, and no panic.
func (t Think) draw(r *rand.Rand) time.Duration {
	switch t.Distribution {
	case Uniform:
		// The conversion keeps the compiler from fusing the two operations,
		// which would round differently from one processor to the next.
		return duration(t.Min + float64((t.Max-t.Min)*r.Float64()))
	case Exponential:
		return duration(t.Seconds * r.ExpFloat64())
	}
	return duration(t.Seconds)
}

// longest is a think time that outlasts every run, and can be added to a time
// of today without overflow.
const longest = 100 * 365 * 24 * time.Hour

// duration converts seconds to the nearest nanosecond between 0 and longest.
func duration(seconds float64) time.Duration {
	ns := math.Round(seconds * float64(time.Second))
	switch {
	case !(ns > 0): // NaN too
		return 0
	case ns > float64(longest):
		return longest
	}
	return time.Duration(ns)
}
