package ui

import (
	"slices"
	"sync"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/stats"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

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
	all     *summary.Gaps
	known   []estimate // of the first n values
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
		s.all = summary.NewGaps()
	}
	for _, ms := range fresh {
		s.all.RecordMS(ms, 1)
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
	if s.known != nil && s.n == s.all.N() {
		return slices.Clone(s.known)
	}
	sample := s.all.Sample()
	s.known, s.n = make([]estimate, len(ps)), sample.N()
	for i, p := range ps {
		s.known[i] = estimated(sample, p, level)
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
