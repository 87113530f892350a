package load

import "time"

// MaxRetryAfter is the longest wait that a server may ask for. Who asks for
// more is out of service for the length of a benchmark, and a request that
// slept through it would be of no use to anyone.
const MaxRetryAfter = time.Minute

// Backoff says how long to wait before a failed request is sent again: a time
// drawn evenly between 0 and a ceiling that doubles with every attempt. This
// "full jitter" spreads clients that failed together, and got by with the
// least work and time among the variants that M. Brooker compared in
// "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
type Backoff struct {
	// Initial is the ceiling of the wait after the first attempt, and Max that
	// of every wait.
	Initial, Max time.Duration
	// Attempts is how often a request is sent in all; 1 or less never retries.
	Attempts int
}

// Delay returns how long to wait after an attempt (counted from 1) has failed.
// again is false where the request may not be sent again: it was the last
// attempt, or the server's retryAfter is longer than MaxRetryAfter.
//
// A positive retryAfter (RFC 9110, section 10.2.3) goes before the ceiling:
// the drawn time is added to it, so that no request comes earlier than the
// server asked and not all come at that very instant. Equal arguments give
// equal waits.
func (b Backoff) Delay(seed uint64, attempt int, retryAfter time.Duration) (wait time.Duration, again bool) {
	if attempt >= b.Attempts || retryAfter > MaxRetryAfter {
		return 0, false
	}
	drawn := random(seed, 0, attempt).Int64N(max(int64(b.ceiling(attempt)), 1))
	return max(retryAfter, 0) + time.Duration(drawn), true
}

// ceiling is Initial doubled for each attempt after the first, at most Max.
func (b Backoff) ceiling(attempt int) time.Duration {
	c := b.Initial
	for i := 1; i < attempt && 0 < c && c < b.Max; i++ {
		if c > b.Max/2 { // doubling could overflow
			return b.Max
		}
		c *= 2
	}
	return max(min(c, b.Max), 0)
}
