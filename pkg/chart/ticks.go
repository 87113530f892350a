package chart

import (
	"math"

	gochart "github.com/wcharczuk/go-chart/v2"
)

// niceStep is the next larger of 1, 2 or 5 times a power of ten.
func niceStep(raw float64) float64 {
	if !(raw > 0) || !drawable(raw) {
		return 1
	}
	return niceAbove(raw)
}

// niceAbove and niceBelow are the neighbours of a positive number among 1, 2 and
// 5 times the powers of ten, or the number itself.
func niceAbove(v float64) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*ten >= v*(1-tiny) {
			return m * ten
		}
	}
	return 10 * ten
}

func niceBelow(v float64) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{5, 2} {
		if m*ten <= v*(1+tiny) {
			return m * ten
		}
	}
	return ten
}

// mostTicks bounds what rounding or hostile numbers could make of an axis.
const mostTicks = 50

// linearTicks are the multiples of a step within a range.
func linearTicks(low, high, step float64) []gochart.Tick {
	decimals := max(-int(math.Floor(math.Log10(step)+tiny)), 0)
	var ticks []gochart.Tick
	first := math.Ceil(low/step - tiny)
	for i := first; i*step <= high+step*tiny && len(ticks) < mostTicks; i++ {
		v := i * step
		if v == 0 {
			v = 0 // never -0
		}
		ticks = append(ticks, gochart.Tick{Value: v, Label: decimal(v, min(decimals, 12))})
	}
	return ticks
}

// logTicks are the numbers of 1-2-5 within a range, or only powers of ten, or
// only some of them, so that about n are left.
func logTicks(low, high float64, n int) []gochart.Tick {
	from, to := int(math.Floor(math.Log10(low)+tiny)), int(math.Ceil(math.Log10(high)-tiny))
	steps, every := []float64{1, 2, 5}, 1
	if decades := math.Log10(high / low); 2*decades > float64(n) {
		steps = steps[:1]
		every = max(int(math.Ceil(decades/float64(max(n, 1)))), 1)
	}
	var ticks []gochart.Tick
	for e := from; e <= to; e += every {
		for _, m := range steps {
			v := m * math.Pow(10, float64(e))
			label := decimal(v, min(max(-e, 0), 12))
			if v >= low*(1-tiny) && v <= high*(1+tiny) && len(ticks) < mostTicks {
				ticks = append(ticks, gochart.Tick{Value: v, Label: label})
			}
		}
	}
	return ticks
}
