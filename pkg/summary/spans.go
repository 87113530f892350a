package summary

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// span is a stretch of time in ms since the run's start: from is inside, to is not.
type span struct{ from, to float64 }

// spans are in order and do not overlap.
type spans []span

func (ss spans) seconds() float64 {
	sum := 0.0
	for _, s := range ss {
		sum += s.to - s.from
	}
	return sum / 1000
}

// share tells each which part of the time from..to lies in which span. The
// parts add up to 1 where the spans hold all of it; an instant is a whole.
func (ss spans) share(from, to float64, each func(i int, part float64)) {
	for i := ss.after(from); i < len(ss) && ss[i].from <= to; i++ {
		if to <= from {
			each(i, 1)
			return
		}
		if overlap := min(to, ss[i].to) - max(from, ss[i].from); overlap > 0 {
			each(i, overlap/(to-from))
		}
	}
}

// after is the first span that ends after an instant.
func (ss spans) after(at float64) int {
	return sort.Search(len(ss), func(i int) bool { return ss[i].to > at })
}

// at is the span that holds an instant.
func (ss spans) at(instant float64) (i int, ok bool) {
	i = ss.after(instant)
	return i, i < len(ss) && ss[i].from <= instant
}

// longestWindow, in ms, is more than any run: ten years.
const longestWindow = 10 * 366 * 24 * 3600 * 1000.0

// windows are the measured windows of the blocks, joined where they overlap.
// That of a block which was never finished, because the run was killed, ends
// with the last thing known of it.
func (c *cell) windows() spans {
	var all spans
	for _, b := range c.blocks {
		w := span{b.StartMS, b.EndMS}
		if !b.Done {
			w.to = min(w.to, c.lastKnown())
		}
		if length := w.to - w.from; length > 0 && length <= longestWindow {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var joined spans
	for _, w := range all {
		if n := len(joined); n > 0 && w.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, w.to)
			continue
		}
		joined = append(joined, w)
	}
	return joined
}

func (c *cell) lastKnown() float64 {
	last := math.Inf(-1)
	for r := range c.rows.all {
		if end := r.end(); end > last {
			last = end
		}
	}
	return last
}

// maxPoints bounds an engine's timeline, and sliceMS is how long its slices
// are where the bound allows it.
const (
	maxPoints = 600
	sliceMS   = 1000.0
)

// slices cuts windows into equal slices of about a second, or of more where
// there would be too many.
func (ss spans) slices() spans {
	length := max(sliceMS, math.Ceil(ss.seconds()/maxPoints)*1000)
	var cut spans
	for _, s := range ss {
		n := max(math.Round((s.to-s.from)/length), 1)
		edge := func(i float64) float64 { return s.from + (s.to-s.from)*i/n }
		for i := 0.0; i < n; i++ {
			cut = append(cut, span{edge(i), edge(i + 1)})
		}
	}
	return cut
}
