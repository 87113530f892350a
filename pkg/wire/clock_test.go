package wire

import (
	"testing"
	"time"
)

// zero is how far the realtime clock of these tests is from the monotonic one.
var zero = time.Duration(epoch.UnixNano())

// clockAt returns a converter whose present is elapsed after epoch.
func clockAt(elapsed time.Duration) realtime {
	return newRealtime(func() (time.Time, time.Duration) { return epoch.Add(elapsed), zero })
}

func TestConvertKeepsAStampOfThePast(t *testing.T) {
	c := clockAt(time.Second)
	stamp := epoch.Add(400 * time.Millisecond)
	at, ok := c.convert(stamp.UnixNano(), epoch)
	if !ok || !at.Equal(stamp) {
		t.Errorf("convert = %v, %v; want %v, true", at.Sub(epoch), ok, stamp.Sub(epoch))
	}
}

func TestConvertRefusesWhatCannotBe(t *testing.T) {
	for _, tt := range []struct {
		name  string
		stamp time.Duration
		floor time.Duration
	}{
		{"a stamp of the future", 1500 * time.Millisecond, 0},
		{"a stamp from before the request", 200 * time.Millisecond, 500 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := clockAt(time.Second)
			at, ok := c.convert(epoch.Add(tt.stamp).UnixNano(), epoch.Add(tt.floor))
			if ok || !at.Equal(epoch.Add(time.Second)) {
				t.Errorf("convert = %v, %v; want the present and false", at.Sub(epoch), ok)
			}
		})
	}
}

func TestConvertTakesRoundingForNow(t *testing.T) {
	c := clockAt(time.Second)
	at, ok := c.convert(epoch.Add(time.Second+3*time.Microsecond).UnixNano(), epoch)
	if !ok || !at.Equal(epoch.Add(time.Second)) {
		t.Errorf("convert = %v, %v; want the present and true", at.Sub(epoch), ok)
	}
}

func TestAStepOfTheClockCostsOneReadItsStamp(t *testing.T) {
	distance := zero
	c := newRealtime(func() (time.Time, time.Duration) { return epoch.Add(time.Second), distance })
	distance += 5 * time.Millisecond
	stamp := epoch.Add(905 * time.Millisecond).UnixNano()
	if at, ok := c.convert(stamp, epoch); ok || !at.Equal(epoch.Add(time.Second)) {
		t.Errorf("a stamp across a step = %v, %v; want the present and false", at.Sub(epoch), ok)
	}
	if at, ok := c.convert(stamp, epoch); !ok || !at.Equal(epoch.Add(900*time.Millisecond)) {
		t.Errorf("the stamp after the step = %v, %v; want 900ms and true", at.Sub(epoch), ok)
	}
}

func TestOneBadReadingIsNoStep(t *testing.T) {
	bad := 0
	c := newRealtime(func() (time.Time, time.Duration) {
		if bad--; bad == 0 { // the thread lost its processor between the two clocks
			return epoch.Add(time.Second), zero + time.Millisecond
		}
		return epoch.Add(time.Second), zero
	})
	bad = 1
	if _, stayed := c.settle(); !stayed {
		t.Error("a single bad reading was taken for a step")
	}
	if c.distance != zero {
		t.Errorf("the distance moved by %v", c.distance-zero)
	}
}
