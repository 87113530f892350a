package simulate

import "maps"

// tgiBounds are the buckets of TGI's histograms (router/src/server.rs):
// durations grow by half, lengths by a hundredth of the limit.
func tgiBounds(limit int) map[measure][]float64 {
	durations := tgiDurations()
	return map[measure][]float64{
		endToEnd: durations, validationTime: durations, queueTime: durations, inferenceTime: durations,
		meanGap: durations, batchPrefillTime: durations,
		answerLength: tgiLengths(float64(limit)), promptLength: tgiLengths(float64(limit - 1)),
	}
}

func tgiDurations() []float64 {
	const factor, n = 1.5, 35
	bounds := make([]float64, n)
	v := 0.0001
	for i := range bounds {
		v *= factor
		bounds[i] = v
	}
	return bounds
}

func tgiLengths(limit float64) []float64 {
	const n = 100
	bounds := make([]float64, n)
	for i := range bounds {
		bounds[i] = limit / n * float64(i+1)
	}
	return bounds
}

// tgiMetrics writes /metrics, as metrics-exporter-prometheus does: no _total,
// and an empty line after each family.
func tgiMetrics(s *Server, e *exposition) {
	e.float = rust
	tgiCounters(s, e)
	b, m := s.pump.batch, s.meter
	e.one("tgi_queue_size", "gauge", "Current queue size", float64(len(b.waiting)))
	e.one("tgi_batch_current_size", "gauge", "Current batch size", float64(len(b.running)))
	e.one("tgi_batch_current_max_tokens", "gauge", "", float64(b.used))
	e.plainHistogram("tgi_request_duration", m.hist[endToEnd])
	e.plainHistogram("tgi_request_validation_duration", m.hist[validationTime])
	e.plainHistogram("tgi_request_queue_duration", m.hist[queueTime])
	e.plainHistogram("tgi_request_inference_duration", m.hist[inferenceTime])
	e.plainHistogram("tgi_request_mean_time_per_token_duration", m.hist[meanGap])
	e.labelledHistogram("tgi_batch_inference_duration", `method="prefill"`, m.hist[batchPrefillTime])
	e.plainHistogram("tgi_request_generated_tokens", m.hist[answerLength])
	e.plainHistogram("tgi_request_input_length", m.hist[promptLength])
	e.family("tgi_request_skipped_tokens", "summary", "")
	for _, q := range []string{"0", "0.5", "0.9", "0.95", "0.99", "0.999", "1"} {
		e.sample("tgi_request_skipped_tokens", `quantile="`+q+`"`, 0)
	}
	e.sample("tgi_request_skipped_tokens_sum", "", 0)
	e.sample("tgi_request_skipped_tokens_count", "", float64(m.hist[promptLength].n))
}

func tgiCounters(s *Server, e *exposition) {
	m := s.meter
	m.mu.Lock()
	requests, refused := m.requests, maps.Clone(m.refused)
	m.mu.Unlock()
	e.one("tgi_request_count", "counter", "Total number of requests", float64(requests))
	e.one("tgi_request_success", "counter", "Number of successful requests", float64(m.finished["stop"]+m.finished["length"]))
	e.family("tgi_request_failure", "counter", "")
	e.sample("tgi_request_failure", `err="validation"`, float64(refused[outcomeInvalid]))
	e.sample("tgi_request_failure", `err="overloaded"`, float64(refused[outcomeRefused]))
	e.WriteString("\n")
	for _, name := range []string{"tgi_batch_inference_count", "tgi_batch_inference_success"} {
		e.family(name, "counter", "")
		e.sample(name, `method="prefill"`, float64(m.prefills))
		e.sample(name, `method="decode"`, float64(m.decodes))
		e.WriteString("\n")
	}
}

// one writes a family of one sample.
func (e *exposition) one(name, kind, help string, v float64) {
	e.family(name, kind, help)
	e.sample(name, "", v)
	e.WriteString("\n")
}

func (e *exposition) plainHistogram(name string, h *histogram) { e.labelledHistogram(name, "", h) }

func (e *exposition) labelledHistogram(name, labels string, h *histogram) {
	e.family(name, "histogram", "")
	e.buckets(name, labels, h, func(le string) string {
		if labels == "" {
			return `le="` + le + `"`
		}
		return labels + `,le="` + le + `"`
	})
	e.WriteString("\n")
}
