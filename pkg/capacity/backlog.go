package capacity

import (
	"math"
	"sort"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// backlog is what the number of requests under way did in a step's second half.
type backlog struct {
	// before and after are its means over the third and the last quarter.
	before, after float64
	growing       bool
	// unclear says that it rose by more than chance explains, and by less than
	// shows that it will go on.
	unclear bool
}

// The bounds of a rise, in standard errors: from clearRise on it is told from
// chance for good, from doubtfulRise on nobody should say that there is none.
// overloadRise stops a step while it runs, when it is looked at often.
const (
	clearRise    = 4.0
	doubtfulRise = 2.0
	overloadRise = 6.0
)

// The growth from the third quarter to the last that goes with them. A backlog
// that has grown from nothing in a straight line is 1.4 times as long in the last.
const (
	clearGrowth    = 1.25
	doubtfulGrowth = 1.1
)

// leastRise is the rise, in requests, below which no backlog grows.
const leastRise = 5

// backlogPoints is how often a half is sampled, leastArrivals how many requests
// it must have for that.
const (
	backlogPoints = 240
	leastArrivals = 40
)

// backlog judges the requests under way in the second half of the window, or in
// what of it the load has settled in.
//
// In a stable queue what comes and what goes differ over a quarter by chance
// only, by no more than a free random walk would: its variance is that of the
// arrivals and that of the departures, 2 n for n arrivals where both are Poisson.
// A rise far beyond that is an overload, whatever the queue. Where arrivals and
// answers are more even, the rise is held against the scatter of the levels
// around their own trend, which sees less of it.
func (o Observation) backlog(sure float64) backlog {
	from := max(o.NowS/2, o.settledS())
	if !(from < o.NowS) {
		return backlog{}
	}
	arrivals, levels := o.levels(from)
	if arrivals < leastArrivals {
		return backlog{}
	}
	half := len(levels) / 2
	b := backlog{before: mean(levels[:half]), after: mean(levels[half:])}
	rise := b.after - b.before
	if rise < leastRise {
		return b
	}
	walk := math.Sqrt(float64(arrivals)) // 2 n of a quarter is n of the half
	rest := detrended(levels)
	scatter := math.Sqrt(2 * variance(rest) * inflationOf(rest) / float64(half))
	b.growing = rise > sure*walk || rise > sure*scatter && rise > walk && b.after > clearGrowth*b.before
	b.unclear = !b.growing && rise > doubtfulRise*scatter && b.after > doubtfulGrowth*b.before
	return b
}

// levels samples how many requests are under way from an instant on, and counts
// those that were due since.
func (o Observation) levels(from float64) (arrivals int, levels []float64) {
	begins, ends := make([]float64, 0, len(o.Requests)), make([]float64, 0, len(o.Requests))
	for _, r := range o.Requests {
		if r.AtS > o.NowS {
			continue
		}
		if r.AtS >= from {
			arrivals++
		}
		begins, ends = append(begins, r.AtS), append(ends, r.EndS)
	}
	sort.Float64s(begins)
	sort.Float64s(ends)
	levels = make([]float64, backlogPoints)
	for i := range levels {
		t := from + (o.NowS-from)*(float64(i)+0.5)/backlogPoints
		begun := sort.Search(len(begins), func(k int) bool { return begins[k] > t })
		ended := sort.Search(len(ends), func(k int) bool { return ends[k] > t })
		levels[i] = float64(begun - ended)
	}
	return arrivals, levels
}

// settledShare of the requests that have ended took no longer than the time
// after which a load counts as settled.
const settledShare = 0.95

// settledS is when the load had settled, in seconds of the window: as long after
// it began as its requests take. Until then ever more are under way at any rate,
// because none of the first has ended, and each meets an emptier engine than it
// will. It is +Inf where none has ended.
func (o Observation) settledS() float64 {
	var took []float64
	for _, r := range o.Requests {
		if r.Outcome != Pending {
			took = append(took, r.EndS-r.AtS)
		}
	}
	if len(took) == 0 {
		return math.Inf(1)
	}
	sort.Float64s(took)
	longest, _ := stats.Quantile(stats.Sorted(took), settledShare)
	return o.Requests[0].AtS + longest
}

// Overloaded says that the step cannot end well: requests were dropped, or ever
// more are under way. It may be asked as often as one likes while a step runs.
func (o Observation) Overloaded() bool {
	return o.Dropped > 0 || o.backlog(overloadRise).growing
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func variance(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(values))
}

// detrended is what a straight line through the values leaves of them.
func detrended(values []float64) []float64 {
	n := float64(len(values))
	middle, m := (n-1)/2, mean(values)
	var xy, xx float64
	for i, v := range values {
		xy += (float64(i) - middle) * (v - m)
		xx += (float64(i) - middle) * (float64(i) - middle)
	}
	rest := make([]float64, len(values))
	for i, v := range values {
		rest[i] = v - m - xy/xx*(float64(i)-middle)
	}
	return rest
}
