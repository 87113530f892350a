package discover

import (
	"regexp"
	"strconv"
	"time"
)

// unit is what an annotation's bare number counts.
type unit = time.Duration

var timeText = regexp.MustCompile(`^(\d+)(us|ms|s|m|h|d)?$`)

// units are the suffixes of HAProxy's and nginx's times.
var units = map[string]time.Duration{
	"us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// parseTime reads a time as proxies' settings have it: a number, with a suffix
// or else of the unit that is usual there.
func parseTime(text string, bare unit) (time.Duration, bool) {
	m := timeText.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1], 10, 32)
	if err != nil {
		return 0, false
	}
	if m[2] != "" {
		bare = units[m[2]]
	}
	return time.Duration(n) * bare, true
}

// wholeSeconds rounds a time up to whole seconds.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }
