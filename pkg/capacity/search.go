package capacity

import (
	"math"
	"strconv"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Search is a search over rates: doubling or halving until one rate holds and
// another misses, then bisection on the logarithmic scale.
type Search struct {
	// StartPerS is the first rate, MaxPerS the highest, in requests per second.
	StartPerS, MaxPerS float64
	// Precision is how far apart, as a share, the highest rate that held and the
	// next one above it may be in the end; 0.05 is 5 %.
	Precision float64
}

// lowestShare of the first rate is the least that is tried.
const lowestShare = 1.0 / 1024

// maxSteps ends a search that noise keeps from ending.
const maxSteps = 48

// Next is the rate to try after these steps, in the order in which they were
// taken. more is false where the search has ended.
//
// A step that cannot be judged is neither side of the bracket. The gap between
// the highest rate that held and the next rate tried above it is narrowed
// first, whatever that one showed; then the gap between the lowest rate that
// missed and the next one below it. So what nobody could judge stays between
// the two ends of the result.
func (s Search) Next(steps []Step) (rate float64, more bool) {
	if len(steps) == 0 {
		return min(s.StartPerS, s.MaxPerS), true
	}
	if len(steps) >= maxSteps {
		return 0, false
	}
	b := boundsOf(steps)
	stuck := b.misses > 0 || b.clientBound // no use in going up
	switch {
	case !stuck && b.highest < s.MaxPerS:
		return min(2*b.highest, s.MaxPerS), true
	case b.holds > 0:
		return s.narrow(b, steps)
	case stuck && !b.lowestHasTooFew && b.lowest/2 >= s.StartPerS*lowestShare:
		return b.lowest / 2, true
	}
	// A rate below one with too few requests to say has fewer still, so what may
	// hold lies between it and the miss.
	return s.narrowMiss(b, steps)
}

// narrow splits the gap above the highest rate that held, then the one below
// the lowest that missed.
func (s Search) narrow(b bounds, steps []Step) (rate float64, more bool) {
	above, _ := b.neighbours(steps)
	if above > 0 && above/b.holds > 1+s.Precision {
		return between(b.holds, above), true
	}
	return s.narrowMiss(b, steps)
}

func (s Search) narrowMiss(b bounds, steps []Step) (rate float64, more bool) {
	_, below := b.neighbours(steps)
	if below > 0 && b.misses/below > 1+s.Precision {
		return between(below, b.misses), true
	}
	return 0, false
}

// bounds are the rates that a search has come to; 0 where there is none.
type bounds struct {
	lowest, highest float64 // of all steps
	// holds is the highest rate that held and misses the lowest that missed.
	holds, misses float64
	clientBound   bool // at some rate the client was the limit
	// lowestHasTooFew says that the lowest rate had too few requests to say.
	lowestHasTooFew bool
}

func boundsOf(steps []Step) bounds {
	b := bounds{lowest: math.Inf(1)}
	for _, s := range steps {
		rate := s.Point.OfferedPerS
		if rate < b.lowest {
			b.lowest, b.lowestHasTooFew = rate, s.tooFew()
		}
		b.highest = max(b.highest, rate)
		b.clientBound = b.clientBound || s.ClientBound
		switch s.Point.Verdict {
		case record.CapacityHolds:
			b.holds = max(b.holds, rate)
		case record.CapacityMisses:
			if b.misses == 0 || rate < b.misses {
				b.misses = rate
			}
		}
	}
	return b
}

// neighbours are the lowest rate tried above the one that held, 0 where none
// was, and the highest tried below the one that missed.
func (b bounds) neighbours(steps []Step) (above, below float64) {
	for _, s := range steps {
		rate := s.Point.OfferedPerS
		if rate > b.holds && (above == 0 || rate < above) {
			above = rate
		}
		if rate < b.misses {
			below = max(below, rate)
		}
	}
	return above, below
}

// between is the geometric mean, rounded to four digits so that it reads well.
func between(low, high float64) float64 {
	mid, err := strconv.ParseFloat(strconv.FormatFloat(math.Sqrt(low*high), 'g', 4, 64), 64)
	if err != nil || mid <= low || mid >= high {
		return math.Sqrt(low * high)
	}
	return mid
}
