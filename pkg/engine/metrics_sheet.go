package engine

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// maxMetrics bounds what is parsed, in bytes.
const maxMetrics = 4 << 20

// series is one row of a family: its labels, and its value or distribution.
type series struct {
	labels map[string]string
	value  float64
	// buckets are those of a histogram, in the family's unit; count and sum
	// those of a histogram or of a summary.
	buckets    []bucket
	count, sum float64
	spread     bool // has count and sum in place of a value
}

type bucket struct{ upTo, count float64 }

// sheet holds families by name, counters without _total.
type sheet map[string][]series

// readSheet parses what of a text in Prometheus' format belongs to the named
// families, and buckets of those of withBuckets alone. An engine's other lines, most of them buckets, are not looked at:
// parsing them each second would cost the client what it is to measure with,
// and a fault in one of them is nobody's business here.
func readSheet(text []byte, names, withBuckets []string) (sheet, error) {
	if len(text) > maxMetrics {
		return nil, fmt.Errorf("%d bytes are more than %d", len(text), maxMetrics)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(only(text, names, withBuckets)))
	if err != nil {
		return nil, err
	}
	s := sheet{}
	for name, family := range families {
		name = strings.TrimSuffix(name, "_total")
		for _, m := range family.GetMetric() {
			row := series{labels: map[string]string{}}
			for _, l := range m.GetLabel() {
				row.labels[l.GetName()] = l.GetValue()
			}
			row.value = m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
			if h := m.GetHistogram(); h != nil {
				row.spread, row.sum = true, h.GetSampleSum()
				row.count = float64(h.GetSampleCount()) + h.GetSampleCountFloat()
				for _, b := range h.GetBucket() {
					row.buckets = append(row.buckets, bucket{b.GetUpperBound(), float64(b.GetCumulativeCount()) + b.GetCumulativeCountFloat()})
				}
			}
			if q := m.GetSummary(); q != nil {
				row.spread, row.sum, row.count = true, q.GetSampleSum(), float64(q.GetSampleCount())
			}
			s[name] = append(s[name], row)
		}
	}
	return s, nil
}

// typeLine begins the line that gives a family its type.
var typeLine = []byte("# TYPE ")

// bucketSuffix is on the names of a histogram's buckets.
var bucketSuffix = []byte("_bucket{")

// only returns the lines whose names begin with one of those given.
func only(text []byte, names, withBuckets []string) []byte {
	var kept []byte
	for line := range bytes.Lines(text) {
		name := bytes.TrimPrefix(bytes.TrimLeft(line, " \t"), typeLine)
		wanted := names
		if bytes.Contains(name, bucketSuffix) {
			wanted = withBuckets
		}
		if slices.ContainsFunc(wanted, func(n string) bool { return bytes.HasPrefix(name, []byte(n)) }) {
			kept = append(kept, line...)
		}
	}
	if len(kept) > 0 && kept[len(kept)-1] != '\n' {
		kept = append(kept, '\n')
	}
	return kept
}

// sheetReader takes what it is asked for out of a sheet, until a number is
// none that there can be.
type sheetReader struct {
	sheet sheet
	found int // families of the engine's own that were there
	err   error
}

// rows returns the family that stands in the sheet under one of its names.
func (r *sheetReader) rows(names []string) (name string, rows []series) {
	for _, n := range names {
		if rows = r.sheet[n]; len(rows) > 0 {
			r.found++
			return n, rows
		}
	}
	return "", nil
}

// maxCount is up to where a float64 holds every whole number.
const maxCount = 1 << 53

// counter adds up the series that pick takes, all of them where it is nil. Of
// a histogram that is the sum of what was observed.
func (r *sheetReader) counter(names []string, pick func(map[string]string) bool) record.Int {
	name, rows := r.rows(names)
	total, known := 0.0, false
	for _, row := range rows {
		if pick == nil || pick(row.labels) {
			v := row.value
			if row.spread {
				v = row.sum
			}
			total, known = total+v, true
		}
	}
	if !known {
		return record.Int{}
	}
	return r.whole(name, total)
}

func (r *sheetReader) whole(name string, v float64) record.Int {
	if !(v >= 0 && v <= maxCount) { // NaN is neither
		r.err = fmt.Errorf("%s is %g, which counts nothing", name, v)
		return record.Int{}
	}
	return record.Some(int64(math.Round(v)))
}

// The ways to make one value of a gauge that an engine's parts have each.
var (
	mean   = func(values []float64) float64 { return sum(values) / float64(len(values)) }
	latest = slices.Max[[]float64]
)

func sum(values []float64) (v float64) {
	for _, x := range values {
		v += x
	}
	return v
}

func (r *sheetReader) gauge(names []string, join func([]float64) float64) record.Float {
	name, rows := r.rows(names)
	if len(rows) == 0 {
		return record.Float{}
	}
	values := make([]float64, len(rows))
	for i, row := range rows {
		values[i] = row.value
	}
	v := join(values)
	if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		r.err = fmt.Errorf("%s is %g, which measures nothing", name, v)
	}
	return record.Some(v)
}

// histogram adds up a family of seconds. It is absent where the parts differ in
// their bounds, or have none.
func (r *sheetReader) histogram(names []string) *record.ServerHistogram {
	name, rows := r.rows(names)
	var all *record.ServerHistogram
	for _, row := range rows {
		one := r.buckets(name, row)
		switch {
		case one == nil:
			return nil
		case all == nil:
			all = one
		case !slices.Equal(all.UpToMS, one.UpToMS):
			return nil
		default:
			all.Count, all.SumMS = all.Count+one.Count, all.SumMS+one.SumMS
			for i, n := range one.Counts {
				all.Counts[i] += n
			}
		}
	}
	return all
}

func (r *sheetReader) buckets(name string, row series) *record.ServerHistogram {
	if len(row.buckets) == 0 || math.IsNaN(row.sum) || math.IsInf(row.sum, 0) {
		return nil
	}
	h := &record.ServerHistogram{Count: r.whole(name, row.count).Or(0), SumMS: row.sum * 1000, UpToMS: []float64{}, Counts: []int64{}}
	slices.SortFunc(row.buckets, func(a, b bucket) int { return int(math.Copysign(1, a.upTo-b.upTo)) })
	for _, b := range row.buckets {
		if math.IsInf(b.upTo, 1) {
			continue // Count holds it
		}
		if math.IsNaN(b.upTo) || math.IsInf(b.upTo, -1) {
			return nil
		}
		h.UpToMS = append(h.UpToMS, b.upTo*1000)
		h.Counts = append(h.Counts, r.whole(name, b.count).Or(0))
	}
	if !slices.IsSorted(h.Counts) || len(h.Counts) > 0 && h.Counts[len(h.Counts)-1] > h.Count {
		return nil
	}
	return h
}

// durations adds up families of seconds; nil where there is none.
func (r *sheetReader) durations(names seriesNames) map[string]record.ServerSum {
	var all map[string]record.ServerSum
	for _, name := range names.durations {
		var one record.ServerSum
		_, rows := r.rows([]string{name})
		for _, row := range rows {
			one.Count += r.whole(name, row.count).Or(0)
			one.SumMS += row.sum * 1000
		}
		if len(rows) == 0 || math.IsNaN(one.SumMS) || math.IsInf(one.SumMS, 0) {
			continue
		}
		if all == nil {
			all = map[string]record.ServerSum{}
		}
		all[strings.TrimSuffix(strings.TrimPrefix(name, names.prefix), "_seconds")+"_ms"] = one
	}
	return all
}
