package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"sync"
	"time"
)

// loader is Ollama's scheduler as far as a client notices it: the model is
// loaded by the first request, stays for keep_alive after the last, and is
// loaded again when a request wants another context length.
type loader struct {
	takes time.Duration

	mu      sync.Mutex
	users   int
	context int       // 0 while nothing is loaded
	ready   time.Time // when the load has ended
	expires time.Time
}

// defaultKeep is OLLAMA_KEEP_ALIVE's default.
const defaultKeep = 5 * time.Minute

// forever stands for a negative keep_alive.
const forever = time.Duration(math.MaxInt64)

var errKeepAlive = errors.New("invalid keep_alive: want a duration such as \"5m\", or a number of seconds")

// keepAlive reads keep_alive: a duration in words, or a number of seconds.
func keepAlive(raw json.RawMessage) (time.Duration, error) {
	var seconds float64
	var words string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return defaultKeep, nil
	case json.Unmarshal(raw, &seconds) == nil:
		return atMostForever(seconds * float64(time.Second)), nil
	case json.Unmarshal(raw, &words) != nil:
		return 0, errKeepAlive
	}
	d, err := time.ParseDuration(words)
	if err != nil {
		return 0, errKeepAlive
	}
	return atMostForever(float64(d)), nil
}

func atMostForever(ns float64) time.Duration {
	if ns < 0 || ns >= math.MaxInt64/2 {
		return forever
	}
	return time.Duration(ns)
}

// acquire waits until the model is there with the context, and returns how
// long that took. Each acquire needs a release, unless it fails.
func (l *loader) acquire(ctx context.Context, context int) (time.Duration, error) {
	began := time.Now()
	ready := l.claim(began, context)
	if wait := time.Until(ready); wait > 0 && !sleep(ctx, wait) {
		l.release(defaultKeep)
		return 0, ctx.Err()
	}
	return time.Since(began), nil
}

func (l *loader) claim(now time.Time, context int) (ready time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone := l.users == 0 && now.After(l.expires)
	if l.context != context || gone {
		from := now
		if l.ready.After(now) {
			from = l.ready
		}
		l.context, l.ready = context, from.Add(l.takes)
	}
	l.users++
	return l.ready
}

func (l *loader) release(keep time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users--
	now := time.Now()
	l.expires = now.Add(min(keep, maxKeep))
	if keep == 0 && l.users == 0 {
		l.context = 0
	}
}

// maxKeep is "forever" as /api/ps shows it: 300 years would not fit a Time.
const maxKeep = 100 * 365 * 24 * time.Hour

// unload drops the model, unless somebody uses it.
func (l *loader) unload() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users == 0 {
		l.context = 0
	}
}

// loaded returns the context of the model in memory and when it will go; ok is
// false where there is none.
func (l *loader) loaded() (context int, expires time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.context == 0 || now.Before(l.ready) || l.users == 0 && now.After(l.expires) {
		return 0, time.Time{}, false
	}
	if l.users > 0 {
		return l.context, now.Add(defaultKeep), true
	}
	return l.context, l.expires, true
}
