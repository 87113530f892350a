package chart

import (
	"math"
	"slices"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// mostOutliers is how many single points a box plot keeps. More would be one
// blot on paper and a burden in a page.
const mostOutliers = 100

// box sums up a sample. Its median is the summary's own, and so is the median's
// interval: both renderers and the tables must print one number. ok is false
// where there is no finite value.
func box(values []float64, d *record.Distribution) (b Box, ok bool) {
	sorted := finite(values)
	if len(sorted) == 0 {
		return Box{}, false
	}
	at := func(p float64) float64 {
		v, _ := stats.Quantile(stats.Sorted(sorted), p)
		return v
	}
	b = Box{N: len(sorted), Q1: at(0.25), Median: at(0.5), Q3: at(0.75)}
	if d != nil && d.P50.Known() {
		b.Median = d.P50.Or(0)
		b.MedianCI = interval(d, "p50")
	}
	b.whiskers(sorted)
	return b, true
}

// whiskers are Tukey's: they end at the furthest values within 1.5 times the
// box's height of it, and what lies beyond are outliers. See Tukey, Exploratory
// Data Analysis (1977), 2D.
func (b *Box) whiskers(sorted []float64) {
	reach := 1.5 * (b.Q3 - b.Q1)
	from, _ := slices.BinarySearch(sorted, b.Q1-reach)
	to := from
	for to < len(sorted) && sorted[to] <= b.Q3+reach {
		to++
	}
	b.Low, b.High = min(sorted[from], b.Q1), max(sorted[to-1], b.Q3)
	b.Outliers = thinValues(slices.Concat(sorted[:from], sorted[to:]), mostOutliers)
}

// thinValues keeps at most n values of a sorted slice, evenly spread by rank,
// the first and the last among them.
func thinValues(sorted []float64, n int) []float64 {
	if len(sorted) <= n {
		return sorted
	}
	kept := make([]float64, n)
	for i := range kept {
		kept[i] = sorted[i*(len(sorted)-1)/(n-1)]
	}
	return kept
}

// finite returns the finite values in ascending order.
func finite(values []float64) []float64 {
	sorted := make([]float64, 0, len(values))
	for _, v := range values {
		if isFinite(v) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	return sorted
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// interval finds a statistic's confidence interval; nil where there is none.
func interval(d *record.Distribution, statistic string) *[2]float64 {
	if d == nil || d.CI == nil {
		return nil
	}
	ci := map[string]*record.Interval{
		"mean": d.CI.Mean, "p50": d.CI.P50, "p90": d.CI.P90, "p95": d.CI.P95, "p99": d.CI.P99, "p99_9": d.CI.P999,
	}[statistic]
	return bounds(ci)
}

// bounds copies an interval; nil where it is absent or no interval.
func bounds(ci *record.Interval) *[2]float64 {
	if ci == nil || !isFinite(ci[0]) || !isFinite(ci[1]) || ci[0] > ci[1] {
		return nil
	}
	return &[2]float64{ci[0], ci[1]}
}
