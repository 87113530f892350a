package load

import (
	"fmt"
	"math"
	"testing"
	"time"
)

func TestBackoffCeiling(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		initial, max time.Duration
		want         []time.Duration // by attempt, from the first
	}{
		{100 * ms, 1000 * ms, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1000 * ms, 1000 * ms}},
		{100 * ms, 400 * ms, []time.Duration{100 * ms, 200 * ms, 400 * ms, 400 * ms}},
		{100 * ms, 50 * ms, []time.Duration{50 * ms, 50 * ms}},
		{0, time.Second, []time.Duration{0, 0}},
		{-1, time.Second, []time.Duration{0, 0}},
		{time.Second, 0, []time.Duration{0, 0}},
		{math.MaxInt64 / 3, math.MaxInt64, []time.Duration{math.MaxInt64 / 3, math.MaxInt64 / 3 * 2, math.MaxInt64}},
	} {
		b := Backoff{Initial: c.initial, Max: c.max}
		for i, want := range c.want {
			if got := b.ceiling(i + 1); got != want {
				t.Errorf("%+v: ceiling of attempt %d is %v, want %v", b, i+1, got, want)
			}
		}
	}
}

func TestBackoffGivesUp(t *testing.T) {
	for _, c := range []struct {
		attempts, attempt int
		retryAfter        time.Duration
		want              bool
	}{
		{attempts: 0, attempt: 1, want: false},
		{attempts: 1, attempt: 1, want: false},
		{attempts: 2, attempt: 1, want: true},
		{attempts: 2, attempt: 2, want: false},
		{attempts: 3, attempt: 1, retryAfter: MaxRetryAfter, want: true},
		{attempts: 3, attempt: 1, retryAfter: MaxRetryAfter + 1, want: false},
		{attempts: 1, attempt: 1, retryAfter: time.Second, want: false},
	} {
		b := Backoff{Initial: time.Second, Max: time.Second, Attempts: c.attempts}
		wait, again := b.Delay(1, c.attempt, c.retryAfter)
		if again != c.want {
			t.Errorf("attempt %d of %d, Retry-After %v: again = %v, want %v", c.attempt, c.attempts, c.retryAfter, again, c.want)
		}
		if !again && wait != 0 {
			t.Errorf("attempt %d of %d: wait %v before giving up", c.attempt, c.attempts, wait)
		}
	}
}

func TestBackoffDelay(t *testing.T) {
	b := Backoff{Initial: 100 * time.Millisecond, Max: 5 * time.Second, Attempts: 9}
	for _, c := range []struct {
		seed       uint64
		attempt    int
		retryAfter time.Duration
		want       time.Duration
	}{
		{seed: 1, attempt: 1, want: 47575228},
		{seed: 2, attempt: 1, want: 41540477},
		{seed: 1, attempt: 2, want: 112702907},
		{seed: 1, attempt: 8, want: 2249930826},
		{seed: 1, attempt: 1, retryAfter: 3 * time.Second, want: 3047575228},
		{seed: 1, attempt: 1, retryAfter: -time.Second, want: 47575228},
	} {
		if got, _ := b.Delay(c.seed, c.attempt, c.retryAfter); got != c.want {
			t.Errorf("Delay(%d, %d, %v) = %d, want %d", c.seed, c.attempt, c.retryAfter, got, c.want)
		}
	}
}

func TestBackoffDrawsFromItsWholeRange(t *testing.T) {
	b := Backoff{Initial: time.Second, Max: time.Minute, Attempts: 99}
	for _, retryAfter := range []time.Duration{0, 10 * time.Second} {
		for attempt, ceiling := range map[int]time.Duration{1: time.Second, 3: 4 * time.Second, 98: time.Minute} {
			t.Run(fmt.Sprintf("attempt %d after %v", attempt, retryAfter), func(t *testing.T) {
				low, high := time.Duration(math.MaxInt64), time.Duration(0)
				for seed := range uint64(1000) {
					wait, _ := b.Delay(seed, attempt, retryAfter)
					low, high = min(low, wait), max(high, wait)
				}
				// 1000 draws miss an outer hundredth with a chance of 1 in 23,000,
				// and the seeds are fixed.
				if low < retryAfter || low > retryAfter+ceiling/100 {
					t.Errorf("the shortest wait is %v, want it just above %v", low, retryAfter)
				}
				if high >= retryAfter+ceiling || high < retryAfter+ceiling*99/100 {
					t.Errorf("the longest wait is %v, want it just below %v", high, retryAfter+ceiling)
				}
			})
		}
	}
}

func TestBackoffWithoutAWaitDoesNotWait(t *testing.T) {
	if wait, again := (Backoff{Attempts: 2}).Delay(1, 1, 0); wait != 0 || !again {
		t.Errorf("Delay = %v, %v, want 0, true", wait, again)
	}
}
