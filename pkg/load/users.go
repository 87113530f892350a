package load

import (
	"fmt"
	"time"
)

// Users is a closed-loop load: Users users come one after another during
// RampUp, and each then alternates between a request and a think time until
// the end. As in any closed loop, a slower engine is asked less often.
//
// The phases follow each other: RampUp, Warmup at full load, and the measured
// Duration. All times that its methods return count from the begin of RampUp.
type Users struct {
	// Users is how many there are, at least 1.
	Users int
	// RampUp, Warmup and Duration are the lengths of the phases. Duration must
	// be positive; the others may be 0.
	RampUp, Warmup, Duration time.Duration
	// Drain bounds how long requests may still run after the end; those that
	// take longer are cancelled. 0 waits for every one of them.
	Drain time.Duration
	// Seed fixes every think time.
	Seed uint64
	// Think is how long a user waits after an answer.
	Think Think
	// Part is which of the users are run here; Users counts all.
	Part Part
}

// Validate refuses a load that cannot be run or would measure nothing.
func (u Users) Validate() error {
	switch {
	case u.Users < 1:
		return fmt.Errorf("load of %d users: at least 1 is needed", u.Users)
	case u.RampUp < 0 || u.Warmup < 0 || u.Drain < 0:
		return fmt.Errorf("load with a ramp-up of %v, a warm-up of %v and a drain of %v: none may be negative", u.RampUp, u.Warmup, u.Drain)
	case u.Duration <= 0:
		return fmt.Errorf("load with a measured duration of %v: nothing would be measured", u.Duration)
	}
	if err := u.Part.Validate(); err != nil {
		return err
	}
	return u.Think.Validate()
}

// Begin is when a user, counted from 0, sends the first request. The users are
// spread evenly over RampUp: after a share s of it, a share s of them has come.
func (u Users) Begin(user int) time.Duration {
	ramp, n, i := int64(u.RampUp), int64(u.Users), int64(user)
	// ramp*i/n, in two parts because the product overflows for a long ramp-up
	// of many users.
	return time.Duration(ramp/n*i + ramp%n*i/n)
}

// Pause is how long a user thinks before request k, counted from 0. Nobody
// thinks before the first one. It depends on the seed, the user and k alone,
// so every run with the same seed thinks alike, however its requests went.
func (u Users) Pause(user, k int) time.Duration {
	if k == 0 {
		return 0
	}
	return u.Think.draw(random(u.Seed, user, k))
}

// MeasureFrom is when the measured time begins. Requests scheduled before it
// are warm-up.
func (u Users) MeasureFrom() time.Duration { return u.RampUp + u.Warmup }

// End is when the measured time ends. No request is scheduled at or after it.
func (u Users) End() time.Duration { return u.MeasureFrom() + u.Duration }
