package bench

import (
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// since is to - from in milliseconds, absent where either did not happen.
func since(from, to time.Time) record.Float {
	if from.IsZero() || to.IsZero() {
		return record.Float{}
	}
	return record.Some(millis(to.Sub(from)))
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
