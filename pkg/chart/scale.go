package chart

import (
	"math"

	gochart "github.com/wcharczuk/go-chart/v2"
)

// scale puts the numbers of an axis on the sheet.
type scale struct {
	// over spans the numbers, or their logarithms.
	over  gochart.ContinuousRange
	log   bool
	start int // the pixel of the range's beginning, or of its end where it descends
	ticks []gochart.Tick
}

// at is the pixel of a number; one outside the axis stands at its end.
func (s scale) at(v float64) int {
	if s.log {
		v = math.Log10(math.Max(v, math.SmallestNonzeroFloat64))
	}
	return s.start + s.over.Translate(min(max(v, s.over.Min), s.over.Max))
}

// tooLarge is no measurement any more, and sums of such numbers overflow.
const tooLarge = 1e100

func drawable(v float64) bool { return isFinite(v) && math.Abs(v) < tooLarge }

// newScale lays an axis over a range of numbers with about n ticks. Rounded says
// to widen it to whole ticks, as upright axes are. A linear axis begins at zero
// where that costs it no more than a quarter, or half where it is rounded.
func newScale(s spread, log, rounded bool, start, length, n int) scale {
	low, high := s.low, s.high
	if !s.any {
		low, high = 0, 1
	}
	result := scale{log: log && low > 0, start: start}
	if result.log {
		low, high = logEnds(low, high, rounded)
		result.ticks = logTicks(low, high, n)
		low, high = math.Log10(low), math.Log10(high)
	} else {
		low, high = linearEnds(low, high, rounded)
		step := niceStep((high - low) / float64(max(n, 1)))
		if rounded {
			low, high = math.Floor(low/step+tiny)*step, math.Ceil(high/step-tiny)*step
		}
		result.ticks = linearTicks(low, high, step)
	}
	result.over = gochart.ContinuousRange{Min: low, Max: high, Domain: length}
	return result
}

// tiny forgives the rounding of a number that is a whole multiple of a step.
const tiny = 1e-9

// linearEnds includes zero where it is near, and gives a single number some room.
func linearEnds(low, high float64, rounded bool) (from, to float64) {
	near := 0.25
	if rounded {
		near = 0.5
	}
	switch {
	case low >= 0 && low <= high*near || low == high && low > 0:
		low = 0
	case high <= 0 && high >= low*near:
		high = 0
	}
	if low == high {
		high = low + math.Max(1, math.Abs(low))
	}
	return low, high
}

// logEnds widens a range to the next numbers of 1-2-5.
func logEnds(low, high float64, rounded bool) (from, to float64) {
	if rounded || low == high {
		low, high = niceBelow(low), niceAbove(high)
	}
	if low == high {
		high = low * 10
	}
	return low, high
}
