package ui

import (
	"math"
	"slices"
	"sync"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
)

// The histogram reaches to an hour, and a value in it is less than 0.1 % off.
const (
	histogramTop    = int64(3600 * 1e6)
	histogramDigits = 3
)

// counted is a histogram as an ordered sample of milliseconds. Unlike
// stats.Counted it copies nothing: a drawing must leave no garbage that stops
// those who measure.
type counted struct{ h *hdrhistogram.Histogram }

// N implements stats.Ordered.
func (c counted) N() int64 { return c.h.TotalCount() }

// At implements stats.Ordered. The library turns the share back into the rank.
func (c counted) At(rank int64) float64 {
	return float64(c.h.ValueAtPercentile(float64(rank)/float64(c.N())*100)) / 1000
}

// mostFresh bounds the values that wait to be sorted into a histogram.
const mostFresh = 1 << 14

// sampler is the sample of one metric so far. Adding to it costs an append,
// whether or not somebody reads it at the time: whoever has just finished a
// request must not wait for one who draws.
type sampler struct {
	mu    sync.Mutex
	fresh []float64

	reading sync.Mutex
	spare   []float64
	all     *hdrhistogram.Histogram // of microseconds, nil while there is nothing
	known   []estimate              // of the first n values
	n       int64
}

// add takes a value in milliseconds.
func (s *sampler) add(ms float64) {
	s.mu.Lock()
	s.fresh = append(s.fresh, ms)
	full := len(s.fresh) >= mostFresh
	s.mu.Unlock()
	if full {
		s.reading.Lock()
		defer s.reading.Unlock()
		s.fold()
	}
}

// fold sorts what is fresh into the histogram.
func (s *sampler) fold() {
	s.mu.Lock()
	fresh := s.fresh
	s.fresh = s.spare[:0]
	s.mu.Unlock()
	if s.all == nil && len(fresh) > 0 {
		s.all = hdrhistogram.New(1, histogramTop, histogramDigits)
	}
	for _, ms := range fresh {
		us := math.Round(min(max(ms*1000, 0), float64(histogramTop)))
		_ = s.all.RecordValue(int64(us)) // it refuses what is out of its range alone
	}
	s.spare = fresh
}

// estimate is a percentile so far with its interval, absent where the sample
// cannot support it.
type estimate struct {
	value, low, high record.Float
}

// estimates returns percentiles of what was added until now. The histogram has
// three significant digits; the results that a run keeps are exact.
func (s *sampler) estimates(level float64, ps ...float64) []estimate {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.fold()
	if s.all == nil {
		return make([]estimate, len(ps))
	}
	if s.known != nil && s.n == s.all.TotalCount() {
		return slices.Clone(s.known)
	}
	s.known, s.n = make([]estimate, len(ps)), s.all.TotalCount()
	for i, p := range ps {
		s.known[i] = estimated(counted{s.all}, p, level)
	}
	return slices.Clone(s.known)
}

func estimated(sample stats.Ordered, p, level float64) estimate {
	low, high, ok := stats.QuantileInterval(sample, p, level)
	if !ok {
		return estimate{}
	}
	value, _ := stats.Quantile(sample, p)
	return estimate{record.Some(value), record.Some(low), record.Some(high)}
}
