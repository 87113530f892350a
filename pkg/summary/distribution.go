package summary

import (
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// describe is a sample's distribution; an empty one has none. The level stands
// in it even where no interval does, because it decides which percentiles there are.
func describe(s stats.Ordered, mean, level float64) *record.Distribution {
	n := s.N()
	if n == 0 {
		return nil
	}
	d := &record.Distribution{
		N: n, Mean: record.Some(mean), Min: record.Some(s.At(1)), Max: record.Some(s.At(n)),
		CI: &record.Intervals{Level: level},
	}
	d.P50, d.CI.P50 = percentile(s, 0.5, level)
	d.P90, d.CI.P90 = percentile(s, 0.9, level)
	d.P95, d.CI.P95 = percentile(s, 0.95, level)
	d.P99, d.CI.P99 = percentile(s, 0.99, level)
	d.P999, d.CI.P999 = percentile(s, 0.999, level)
	return d
}

// percentile is the nearest-rank percentile and its interval, both absent
// where the sample is too small for the interval.
func percentile(s stats.Ordered, p, level float64) (record.Float, *record.Interval) {
	low, high, ok := stats.QuantileInterval(s, p, level)
	if !ok {
		return record.Float{}, nil
	}
	v, _ := stats.Quantile(s, p)
	return record.Some(v), &record.Interval{low, high}
}

func describeValues(values stats.Sorted, level float64) *record.Distribution {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return describe(values, sum/float64(max(len(values), 1)), level)
}

func describeGaps(g *Gaps, level float64) *record.Distribution {
	sample, mean := g.counted()
	return describe(sample, mean, level)
}
