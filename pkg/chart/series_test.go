package chart

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestClocks(t *testing.T) {
	var points []record.TimelinePoint
	for _, at := range []float64{10, 11, 12, 14, 15} {
		points = append(points, record.TimelinePoint{TS: at, Engine: "a", InFlight: int64(at)})
	}
	at, begins := runTime.place(points)
	if diff := cmp.Diff([]float64{10, 11, 12, 14, 15}, at) + cmp.Diff([]bool{true, false, false, true, false}, begins); diff != "" {
		t.Error("the run's time:", diff)
	}
	at, begins = measuredTime.place(points)
	if diff := cmp.Diff([]float64{0, 1, 2, 3, 4}, at) + cmp.Diff(make([]bool, 5), begins); diff != "" {
		t.Error("measured time:", diff)
	}
	d := describer{engines: []string{"a", "b"}}
	sc := record.ScenarioResult{Timeline: append(points[3:], points[:3]...)}
	want := []Line{
		{Engine: "a", Points: []Point{{10, 10}, {11, 11}, {12, 12}}},
		{Engine: "a", Points: []Point{{14, 14}, {15, 15}}},
	}
	if diff := cmp.Diff(want, d.lines(sc, inFlight, runTime, "", false)); diff != "" {
		t.Error("a pause ends a line:", diff)
	}
}

// TestThinningMovesNoQuantile compares a thinned distribution with the whole one
// between and at all of its values.
func TestThinningMovesNoQuantile(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 5, 498, 499, 500, 501, 502, 999, 1000, 1001, 12_345, 1_000_000} {
		sorted := make([]float64, n)
		for i := range sorted {
			sorted[i] = math.Round(random.ExpFloat64() * 1e5) // with ties
		}
		slices.Sort(sorted)
		points := distribution(sorted)
		if len(points) > curvePoints {
			t.Fatalf("n=%d: %d points", n, len(points))
		}
		worst := 0.0
		for _, v := range sorted {
			upTo := sort.Search(n, func(i int) bool { return sorted[i] > v })
			drawn := sort.Search(len(points), func(i int) bool { return points[i][0] > v })
			share := 0.0
			if drawn > 0 {
				share = points[drawn-1][1] / 100
			}
			worst = max(worst, math.Abs(share-float64(upTo)/float64(n)))
		}
		if limit := 1.0 / curvePoints; worst > limit*(1+tiny) || n < curvePoints && worst > tiny {
			t.Errorf("n=%d: moved by %v", n, worst)
		}
		if last := points[len(points)-1]; last != (Point{sorted[n-1], 100}) {
			t.Errorf("n=%d: ends at %v", n, last)
		}
	}
	if points := distribution(nil); len(points) != 0 {
		t.Errorf("points of nothing: %v", points)
	}
}
