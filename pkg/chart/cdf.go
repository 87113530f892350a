package chart

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// curvePoints bounds the points of a distribution curve.
const curvePoints = 500

// cdf shows how single requests' latencies are distributed: all of what
// percentiles pick from. It needs the numbers of single requests.
func (d describer) cdf(sc record.ScenarioResult) []Figure {
	ttft := d.curves(sc, metricTTFT, labelTTFT)
	if len(ttft.Lines) == 0 {
		return nil
	}
	f := d.figure(KindCDF, "cdf", "Distribution of latencies", sc)
	f.Note = "A curve shows which share of an engine's successful requests was at least as fast; further left is better."
	f.Panels = []Panel{ttft, d.curves(sc, "tpot_ms", "Time per output token")}
	return []Figure{f}
}

func (d describer) curves(sc record.ScenarioResult, metric, title string) Panel {
	p := Panel{Title: title, X: Axis{Label: title, Unit: "ms"}, Y: Axis{Label: "Share of requests", Unit: "%"}}
	var all spread
	for _, e := range d.results(sc) {
		if d.values == nil {
			break
		}
		if points := distribution(finite(d.values(sc.Name, e.Engine, metric))); len(points) > 0 {
			p.Lines = append(p.Lines, Line{Engine: e.Engine, Step: true, Points: points})
			all.add(points[0][0], points[len(points)-1][0])
		}
	}
	p.X.Log = all.log()
	if len(p.Lines) == 0 {
		p.Empty = d.whyNoPercentile(sc, metric)
	}
	return p
}

// distribution is the empirical distribution function of a sorted sample, in
// per cent, at no more than curvePoints points. A large sample is thinned to
// evenly spaced ranks, so that between two points no more than one part in
// curvePoints of the sample is passed over.
func distribution(sorted []float64) []Point {
	n := len(sorted)
	points := make([]Point, 0, min(n+1, curvePoints))
	if 0 < n && n < curvePoints {
		points = append(points, Point{sorted[0], 0})
	}
	steps := min(n, curvePoints)
	for j := 1; j <= steps; j++ {
		rank := (j*n + steps - 1) / steps
		points = append(points, Point{sorted[rank-1], 100 * float64(rank) / float64(n)})
	}
	return points
}
