package summary

import (
	"math"
	"slices"
	"sort"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// timeline draws a load cell's windows slice by slice, with the engine's gauges
// where they are of one process.
func (a *Aggregator) timeline(engine string, c *cell, windows spans) []record.TimelinePoint {
	points := c.timeline(engine, windows, a.level())
	if a.replicas(engine) == "" {
		c.gaugesOver(windows.slices(), points)
	}
	return points
}

// timeline draws a load cell's windows slice by slice.
func (c *cell) timeline(engine string, windows spans, level float64) []record.TimelinePoint {
	cut := windows.slices()
	points := make([]record.TimelinePoint, len(cut))
	flows := c.flows(cut, record.SLO{})
	inFlight := c.inFlight(cut)
	ttft := make([]stats.Sorted, len(cut))
	for r := range c.rows.all {
		if i, inside := cut.at(r.at); inside && r.measured {
			switch {
			case r.outcome == failed:
				points[i].Errors++
			case r.outcome == succeeded && !math.IsNaN(r.waited(r.ttft)):
				ttft[i] = append(ttft[i], r.waited(r.ttft))
			}
		}
	}
	for i := range points {
		p, seconds := &points[i], cut[i:i+1].seconds()
		p.TS, p.Engine, p.InFlight = cut[i].from/1000, engine, inFlight[i]
		p.RequestsPerS, p.OutputTokensPerS = flows[i].requests/seconds, flows[i].output/seconds
		slices.Sort(ttft[i])
		p.TTFTP95MS, _ = percentile(ttft[i], 0.95, level)
	}
	return points
}

// inFlight counts the requests that were under way in the middle of each slice.
func (c *cell) inFlight(cut spans) []int64 {
	begun := make([]int64, len(cut)+1) // changes from one slice to the next
	from := func(instant float64) int {
		return sort.Search(len(cut), func(i int) bool { return (cut[i].from+cut[i].to)/2 >= instant })
	}
	for r := range c.rows.all {
		if r.end() > r.at { // false where either is unknown
			begun[from(r.at)]++
			begun[from(r.end())]--
		}
	}
	for i := range cut {
		begun[i+1] += begun[i]
	}
	return begun[:len(cut)]
}
