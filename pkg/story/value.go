package story

import (
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// number is a cell of a value that may be missing.
func number(f record.Float) Cell {
	if v, known := f.Get(); known {
		return Cell{Text: Number(v)}
	}
	return missing("")
}

// amount is a cell of what is most often whole: tokens of a request.
func amount(c Cell, f record.Float) Cell {
	if v, known := f.Get(); known {
		c.Text = Amount(v)
	}
	return c
}

// share is a cell of a share of 0..1 that may be missing.
func share(f record.Float) Cell {
	if v, known := f.Get(); known {
		return Cell{Text: Share(v)}
	}
	return missing("")
}

// tally is a cell of a count that may be missing.
func tally(i record.Int) Cell {
	if n, known := i.Get(); known {
		return Cell{Text: Count(n)}
	}
	return missing("")
}

// count is a cell of a count.
func count(n int64) Cell { return Cell{Text: Count(n)} }

// quantiles are the percentiles that tables show.
var quantiles = []struct {
	key, title string
	p          float64
	ci         func(*record.Intervals) *record.Interval
}{
	{"p50", "P50", 0.5, func(i *record.Intervals) *record.Interval { return i.P50 }},
	{"p90", "P90", 0.9, func(i *record.Intervals) *record.Interval { return i.P90 }},
	{"p95", "P95", 0.95, func(i *record.Intervals) *record.Interval { return i.P95 }},
	{"p99", "P99", 0.99, func(i *record.Intervals) *record.Interval { return i.P99 }},
	{"p99_9", "P99.9", 0.999, func(i *record.Intervals) *record.Interval { return i.P999 }},
}

// statistic is a cell of one number of a distribution, with its interval below
// it. Where the sample cannot bear a percentile it says how many it takes.
func statistic(d *record.Distribution, key string) Cell {
	if d == nil || d.N == 0 {
		return missing("")
	}
	v, known := d.Statistic(key).Get()
	if !known {
		return missing(needs(d, key))
	}
	cell := Cell{Text: Number(v)}
	if ci := interval(d, key); ci != nil {
		cell.Detail = Interval(*ci)
	}
	return cell
}

// needs says how many values a percentile takes at the distribution's level.
func needs(d *record.Distribution, key string) string {
	for _, q := range quantiles {
		if q.key == key {
			return "needs N ≥ " + Count(int64(stats.MinSamples(q.p, level(d))))
		}
	}
	return ""
}

func interval(d *record.Distribution, key string) *record.Interval {
	if d.CI == nil {
		return nil
	}
	if key == "mean" {
		return d.CI.Mean
	}
	for _, q := range quantiles {
		if q.key == key {
			return q.ci(d.CI)
		}
	}
	return nil
}

// usualLevel is the level of intervals where a run does not say.
const usualLevel = 0.95

func level(d *record.Distribution) float64 {
	if d == nil || d.CI == nil || d.CI.Level == 0 {
		return usualLevel
	}
	return d.CI.Level
}

// runLevel is the level of the run's intervals.
func runLevel(s record.Summary) float64 { return scenarioLevel(s.Scenarios...) }

// scenarioLevel is the level of scenarios' intervals.
func scenarioLevel(all ...record.ScenarioResult) float64 {
	for _, sc := range all {
		for _, e := range sc.Engines {
			for _, m := range e.Metrics() {
				if m.Distribution != nil && m.Distribution.CI != nil && m.Distribution.CI.Level > 0 {
					return m.Distribution.CI.Level
				}
			}
		}
	}
	return usualLevel
}

// intervalNote explains the small print of a table of percentiles.
func intervalNote(level float64) string {
	return fmt.Sprintf("Small print: %s confidence interval. Where it says “needs N”, there are too few successful requests for that percentile.", Level(level))
}
