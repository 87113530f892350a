package bench

import (
	"math"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, " 3 ": 3 * time.Second, "-3": 0, "soon": 0, "99999999999999999999": math.MaxInt64,
		"Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second, "Fri, 02 Jan 2026 03:04:00 GMT": 0,
	} {
		if got := parseRetryAfter(value, now); got != want {
			t.Errorf("Retry-After %q: %v, want %v", value, got, want)
		}
	}
}

func TestPrintableLetsNoControlCharacterThrough(t *testing.T) {
	if got := printable("\x1b[31mred\x07 \u202ere\u200bversed\n"); got != "[31mred   re versed" {
		t.Errorf("%q", got)
	}
}

func TestUsageIsOfTheWindowAlone(t *testing.T) {
	b := newBlock(time.Now(), blockState)
	stop := b.countUsage(time.Now(), time.Now().Add(20*time.Millisecond))
	defer stop()
	for i := 0; ; i++ {
		b.mu.Lock()
		over := b.spent != nil
		b.mu.Unlock()
		if over || i > 2000 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	first := b.snapshot().Client
	time.Sleep(20 * time.Millisecond) // the drain
	if second := b.snapshot().Client; first == nil || second != first {
		t.Errorf("usage went on behind the window: %+v, then %+v", first, second)
	}
}
