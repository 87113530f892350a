package history

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// loose is a number that may be missing, null or written as a string ("inf").
// Anything else in its place is as good as missing.
type loose struct {
	value float64
	known bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *loose) UnmarshalJSON(data []byte) error {
	*l = loose{}
	text := string(data)
	var quoted string
	if json.Unmarshal(data, &quoted) == nil && quoted != "" {
		text = quoted
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(v) {
		*l = loose{v, true}
	}
	return nil
}

// measured is the number times a factor where it is one that can be measured:
// finite and not negative.
func (l loose) measured(factor float64) record.Float {
	if !l.known || l.value < 0 {
		return record.Float{}
	}
	return record.Some(l.value * factor) // absent where it is infinite
}

// positive is as measured, and absent where the number is 0: the programs write 0
// for a time that they do not have.
func (l loose) positive(factor float64) record.Float {
	if l.value == 0 {
		return record.Float{}
	}
	return l.measured(factor)
}

// count is the number as a count; ok says that it is one.
func (l loose) count() (n int64, ok bool) {
	if !l.known || l.value < 0 || l.value > 1e12 || l.value != math.Trunc(l.value) {
		return 0, false
	}
	return int64(l.value), true
}

// document is a JSON object whose keys are read one by one.
type document map[string]json.RawMessage

func (d document) number(key string) loose {
	var l loose
	if raw, has := d[key]; has {
		_ = l.UnmarshalJSON(raw) //nolint:errcheck // it never fails
	}
	return l
}

func (d document) text(key string) string {
	var s string
	if json.Unmarshal(d[key], &s) != nil {
		return ""
	}
	return s
}

// list reads a list into a pointer to a slice; a missing one is empty.
func (d document) list(key string, into any) error {
	raw, has := d[key]
	if !has {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read %s of the result: %w", key, err)
	}
	return nil
}

// level is the confidence at which a percentile must be supported to be taken
// over, that of a run that names none.
const level = 0.95

// distribution is the statistics of a file, without the percentiles that so few
// requests cannot support; nil where none is there. of finds a statistic by the
// JSON key of a record.Distribution.
func distribution(n int64, of func(statistic string) record.Float) *record.Distribution {
	if n <= 0 {
		return nil
	}
	percentile := func(statistic string, p float64) record.Float {
		if !stats.Supports(n, p, level) {
			return record.Float{}
		}
		return of(statistic)
	}
	d := &record.Distribution{
		N: n, Mean: of("mean"), Min: of("min"), Max: of("max"), P50: percentile("p50", 0.5), P90: percentile("p90", 0.9),
		P95: percentile("p95", 0.95), P99: percentile("p99", 0.99), P999: percentile("p99_9", 0.999),
	}
	if !d.Mean.Known() && !d.P50.Known() && !d.P90.Known() && !d.P95.Known() && !d.P99.Known() && !d.P999.Known() {
		return nil
	}
	d.CI = &record.Intervals{Level: level}
	return d
}
