package chart

import (
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// reading takes one number from a slice of time; it is absent where the engine
// or the slice has none.
type reading func(record.TimelinePoint) record.Float

func known(v float64) record.Float { return record.Some(v) }

// The numbers of a timeline. KV-cache use is in per cent.
func tokensPerS(p record.TimelinePoint) record.Float   { return known(p.OutputTokensPerS) }
func requestsPerS(p record.TimelinePoint) record.Float { return known(p.RequestsPerS) }
func inFlight(p record.TimelinePoint) record.Float     { return known(float64(p.InFlight)) }
func failures(p record.TimelinePoint) record.Float     { return known(float64(p.Errors)) }
func ttftP95(p record.TimelinePoint) record.Float      { return p.TTFTP95MS }
func queued(p record.TimelinePoint) record.Float       { return p.Queue }
func running(p record.TimelinePoint) record.Float      { return p.Running }
func kvCache(p record.TimelinePoint) record.Float {
	if v, ok := p.KVCache.Get(); ok {
		return known(100 * v)
	}
	return record.Float{}
}

// clock puts an engine's slices on an axis of time.
type clock struct {
	label string
	// place returns the place of each slice, and where a stretch without a pause
	// begins.
	place func([]record.TimelinePoint) (at []float64, begins []bool)
}

// The two axes of time. Engines are loaded one at a time, so by the run's clock
// they lie beside each other; by measured time alone they lie over each other,
// and an engine's rounds follow without a pause.
var (
	runTime      = clock{"Time since the run's start", sinceStart}
	measuredTime = clock{"Measured time", withoutPauses}
)

func sinceStart(points []record.TimelinePoint) (at []float64, begins []bool) {
	at, begins = make([]float64, len(points)), pauses(points)
	for i, p := range points {
		at[i] = p.TS
	}
	return at, begins
}

func withoutPauses(points []record.TimelinePoint) (at []float64, begins []bool) {
	at, begins = make([]float64, len(points)), make([]bool, len(points))
	paused, step := pauses(points), usualStep(points)
	for i := 1; i < len(points); i++ {
		at[i] = at[i-1] + step
		if !paused[i] {
			at[i] = at[i-1] + points[i].TS - points[i-1].TS
		}
	}
	return at, begins
}

// pauses tells where a slice follows the one before it at twice the usual
// distance or more: something else was measured between them.
func pauses(points []record.TimelinePoint) []bool {
	begins, step := make([]bool, len(points)), usualStep(points)
	for i := range points {
		begins[i] = i == 0 || points[i].TS-points[i-1].TS >= 2*step
	}
	return begins
}

// usualStep is the median distance of slices.
func usualStep(points []record.TimelinePoint) float64 {
	var steps []float64
	for i := 1; i < len(points); i++ {
		steps = append(steps, points[i].TS-points[i-1].TS)
	}
	if len(steps) == 0 {
		return 0
	}
	slices.Sort(steps)
	return steps[(len(steps)-1)/2]
}

// lines draws a reading of every engine over time.
func (d describer) lines(sc record.ScenarioResult, read reading, over clock, name string, dashed bool) []Line {
	var lines []Line
	for _, engine := range d.engines {
		points := timelineOf(sc, engine)
		at, begins := over.place(points)
		line := Line{Engine: engine, Name: name, Dashed: dashed}
		for i, p := range points {
			if begins[i] && len(line.Points) > 0 {
				lines = append(lines, line)
				line.Points = nil
			}
			if v, ok := read(p).Get(); ok && isFinite(at[i]) {
				line.Points = append(line.Points, Point{at[i], v})
			}
		}
		if len(line.Points) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// timelineOf is one engine's part of a timeline in the order of time.
func timelineOf(sc record.ScenarioResult, engine string) []record.TimelinePoint {
	var points []record.TimelinePoint
	for _, p := range sc.Timeline {
		if p.Engine == engine && isFinite(p.TS) {
			points = append(points, p)
		}
	}
	slices.SortStableFunc(points, func(a, b record.TimelinePoint) int {
		switch {
		case a.TS < b.TS:
			return -1
		case a.TS > b.TS:
			return 1
		}
		return 0
	})
	return points
}

// anyAbove says whether a line goes above zero anywhere.
func anyAbove(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool {
		return slices.ContainsFunc(l.Points, func(p Point) bool { return p[1] > 0 })
	})
}
