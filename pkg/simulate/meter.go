package simulate

import (
	"sort"
	"sync"
	"time"
)

// measure names a histogram that an engine may keep.
type measure int

const (
	timeToFirst measure = iota
	tokenGap
	meanGap
	endToEnd
	queueTime
	inferenceTime
	prefillTime
	decodeTime
	validationTime
	batchPrefillTime
	promptLength
	answerLength
	stepTokens
	measures
)

// histogram counts observations in buckets, as Prometheus does.
type histogram struct {
	bounds []float64
	counts []uint64 // not cumulative; the last one is past all bounds
	sum    float64
	n      uint64
}

func newHistogram(bounds []float64) *histogram {
	return &histogram{bounds: bounds, counts: make([]uint64, len(bounds)+1)}
}

func (h *histogram) observe(v float64) {
	h.counts[sort.SearchFloat64s(h.bounds, v)]++
	h.sum += v
	h.n++
}

// meter counts what an engine's /metrics tells. The pump's lock guards all but
// refusals, which have their own.
type meter struct {
	started time.Time
	hist    [measures]*histogram

	prompts, cached, generated uint64
	prefills, decodes          uint64 // steps that did either
	finished                   map[string]uint64

	mu       sync.Mutex
	requests uint64
	refused  map[string]uint64
}

func newMeter(bounds map[measure][]float64) *meter {
	m := &meter{started: time.Now(), finished: map[string]uint64{}, refused: map[string]uint64{}}
	for which, b := range bounds {
		m.hist[which] = newHistogram(b)
	}
	return m
}

func (m *meter) observe(which measure, v float64) {
	if h := m.hist[which]; h != nil {
		h.observe(v)
	}
}

// refuse counts a request that got no answer, by the engine's label for it.
func (m *meter) refuse(label string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused[label]++
}

// request counts a request that was read.
func (m *meter) request() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
}

func (m *meter) admitted(q *sequence) {
	m.prompts += uint64(q.prompt) //nolint:gosec // a count
	m.cached += uint64(q.cached)  //nolint:gosec // a count
	m.observe(promptLength, float64(q.prompt))
	m.observe(validationTime, q.job.queued.Sub(q.job.received).Seconds())
	m.observe(queueTime, q.job.admitted.Sub(q.job.queued).Seconds())
}

func (m *meter) step(s *step) {
	m.observe(stepTokens, float64(s.prefill+s.decoders))
	if s.decoders > 0 {
		m.decodes++
	}
	if s.prefill > 0 {
		m.prefills++
		m.observe(batchPrefillTime, s.took.Seconds())
	}
}

// token notes that a job has one more token, before the batch counts it.
func (m *meter) token(j *job, now time.Time) {
	m.generated++
	if j.first.IsZero() {
		j.first = now
		m.observe(timeToFirst, now.Sub(j.queued).Seconds())
		m.observe(prefillTime, now.Sub(j.admitted).Seconds())
	} else {
		m.observe(tokenGap, now.Sub(j.last).Seconds())
	}
	j.last = now
	if j.seq.given+1 == j.seq.want {
		m.complete(j)
	}
}

func (m *meter) complete(j *job) {
	m.finished[j.finish]++
	m.observe(answerLength, float64(j.seq.want))
	m.observe(endToEnd, j.last.Sub(j.queued).Seconds())
	m.observe(inferenceTime, j.last.Sub(j.admitted).Seconds())
	m.observe(decodeTime, j.last.Sub(j.first).Seconds())
	if j.seq.want > 1 {
		m.observe(meanGap, j.last.Sub(j.first).Seconds()/float64(j.seq.want-1))
	}
}

func (m *meter) abandoned() { m.finished["abort"]++ }
