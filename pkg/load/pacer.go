package load

import (
	"fmt"
	"iter"
	"math"
	"time"
)

// Pacer says when the requests of an open loop are due. Its methods are plain
// arithmetic over the time since the load began; no clock is in them.
type Pacer interface {
	// Validate refuses a pace that cannot be kept.
	Validate() error
	// Arrivals yields when each request is due, in order. Equal seeds give equal
	// instants; what follows a rule alone disregards the seed. It may go on for
	// longer than anyone measures.
	Arrivals(seed uint64) iter.Seq[time.Duration]
	// Expected is how many requests are due before an instant, on average where
	// they are drawn.
	Expected(before time.Duration) float64
}

// Profile is a rate that follows straight lines, one segment after another:
// one level segment is a constant rate, one that rises is a ramp, and several
// level ones are steps. It ends with its last segment.
//
// Request k, counted from 0, is due where the area below the rate reaches k, so
// the requests of any stretch are as many as its rate asks for, to within one.
type Profile []Segment

// Segment is a stretch in which the rate goes from From to To, in requests per
// second, in a straight line that takes For.
type Segment struct {
	From, To float64
	For      time.Duration
}

// Validate implements Pacer.
func (p Profile) Validate() error {
	for _, s := range p {
		if !sensible(s.From) || !sensible(s.To) || s.For < 0 {
			return fmt.Errorf("a rate from %g to %g requests/s during %v cannot be kept", s.From, s.To, s.For)
		}
	}
	if p.Expected(math.MaxInt64) == 0 {
		return fmt.Errorf("a load without a request: no segment has a rate above 0")
	}
	return nil
}

// sensible is what a rate can be: 0 or more, and neither infinite nor no number.
func sensible(v float64) bool { return v >= 0 && !math.IsInf(v, 1) }

// Arrivals implements Pacer.
func (p Profile) Arrivals(uint64) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		begin, area, k := time.Duration(0), 0.0, 0.0
		for _, s := range p {
			for ; k < area+s.area(s.For); k++ {
				// What rounding puts behind the segment belongs to the next one.
				if !yield(begin + min(s.after(k-area), s.For)) {
					return
				}
			}
			begin, area = begin+s.For, area+s.area(s.For)
		}
	}
}

// Expected implements Pacer.
func (p Profile) Expected(before time.Duration) float64 {
	sum := 0.0
	for _, s := range p {
		part := min(max(before, 0), s.For)
		sum += s.area(part)
		before -= part
	}
	return sum
}

// area is how many requests a time d from the segment's begin asks for: with
// the slope a = (To - From) / For it is From d + a d^2 / 2. The conversions keep
// the compiler from fusing operations, as in Think.draw.
func (s Segment) area(d time.Duration) float64 {
	t := d.Seconds()
	return float64(s.From*t) + float64(float64(s.slope()*t)*t)/2
}

// after is the inverse of area: the t at which From t + a t^2 / 2 = n. Of the
// forms of that root this is the one that holds for a = 0 and cancels nothing.
func (s Segment) after(n float64) time.Duration {
	if n <= 0 {
		return 0
	}
	root := math.Sqrt(max(float64(s.From*s.From)+float64(2*s.slope()*n), 0))
	return duration(2 * n / (s.From + root))
}

func (s Segment) slope() float64 {
	if s.For == 0 {
		return 0
	}
	return (s.To - s.From) / s.For.Seconds()
}

// Burst is Size requests at once, at the begin and after every further Every.
type Burst struct {
	Size  int
	Every time.Duration
}

// Validate implements Pacer.
func (b Burst) Validate() error {
	if b.Size < 1 || b.Every <= 0 {
		return fmt.Errorf("bursts of %d requests every %v: want at least 1 and a time above 0", b.Size, b.Every)
	}
	return nil
}

// Arrivals implements Pacer.
func (b Burst) Arrivals(uint64) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for at := time.Duration(0); at < longest; at += b.Every {
			for range b.Size {
				if !yield(at) {
					return
				}
			}
		}
	}
}

// Expected implements Pacer.
func (b Burst) Expected(before time.Duration) float64 {
	if before <= 0 {
		return 0
	}
	return float64(b.Size) * float64((before-1)/b.Every+1)
}
