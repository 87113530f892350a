package ui

import "slices"

// trendPoints is how many points a trend keeps, even.
const trendPoints = 64

// trend follows a value from its first to its latest in bounded memory: where
// it is full, two neighbouring points become one.
type trend struct {
	points []float64 // means of every values each
	every  int
	sum    float64 // of the n values that make no point yet
	n      int
}

func (t *trend) add(v float64) {
	t.every = max(t.every, 1)
	t.sum, t.n = t.sum+v, t.n+1
	if t.n < t.every {
		return
	}
	t.points = append(t.points, t.sum/float64(t.n))
	t.sum, t.n = 0, 0
	if len(t.points) == trendPoints {
		t.points = halved(t.points)
		t.every *= 2
	}
}

// halved is half as many points, each the mean of two; an odd one stays.
func halved(points []float64) []float64 {
	half := make([]float64, 0, len(points)/2+1)
	for pair := range slices.Chunk(points, 2) {
		half = append(half, (pair[0]+pair[len(pair)-1])/2)
	}
	return half
}

// sparks are the heights of a sparkline, lowest first.
var sparks = []rune("▁▂▃▄▅▆▇█")

// sparkline draws points from their least to their largest, in width columns
// at most.
func sparkline(points []float64, width int) string {
	points = squeezed(points, width)
	if len(points) == 0 {
		return ""
	}
	low, high := slices.Min(points), slices.Max(points)
	line := make([]rune, len(points))
	for i, v := range points {
		at := 0
		if high > low {
			at = min(int((v-low)/(high-low)*float64(len(sparks))), len(sparks)-1)
		}
		line[i] = sparks[at]
	}
	return string(line)
}

// squeezed is at most n points, each the mean of those in its place.
func squeezed(points []float64, n int) []float64 {
	if len(points) <= n {
		return points
	}
	few := make([]float64, 0, max(n, 0))
	for i := range n {
		part := points[i*len(points)/n : (i+1)*len(points)/n]
		sum := 0.0
		for _, v := range part {
			sum += v
		}
		few = append(few, sum/float64(len(part)))
	}
	return few
}
