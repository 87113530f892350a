package simulate

import (
	"slices"
	"strings"
)

// The buckets of vLLM's histograms (v1/metrics/loggers.py).
var (
	vllmGaps = []float64{.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80}
	vllmLong = []float64{.3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680}

	vllmFirst = []float64{.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560}
	vllmSteps = []float64{1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384}
)

func vllmBounds(limit int) map[measure][]float64 {
	lengths := oneTwoFive(float64(limit))
	return map[measure][]float64{
		timeToFirst: vllmFirst, tokenGap: vllmGaps, meanGap: vllmGaps,
		endToEnd: vllmLong, queueTime: vllmLong, inferenceTime: vllmLong, prefillTime: vllmLong, decodeTime: vllmLong,
		promptLength: lengths, answerLength: lengths, stepTokens: vllmSteps,
	}
}

// oneTwoFive is 1, 2, 5, 10, 20 … up to a limit (loggers.py, build_1_2_5_buckets).
func oneTwoFive(limit float64) (bounds []float64) {
	for decade := 1.0; ; decade *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if m*decade > limit {
				return bounds
			}
			bounds = append(bounds, m*decade)
		}
	}
}

// vllmHistograms are the families of histograms, in the order of /metrics.
var vllmHistograms = []struct {
	which      measure
	name, help string
}{
	{promptLength, "request_prompt_tokens", "Number of prefill tokens processed."},
	{answerLength, "request_generation_tokens", "Number of generation tokens processed."},
	{stepTokens, "iteration_tokens_total", "Histogram of number of tokens per engine_step."},
	{timeToFirst, "time_to_first_token_seconds", "Histogram of time to first token in seconds."},
	{tokenGap, "inter_token_latency_seconds", "Histogram of inter-token latency in seconds."},
	{meanGap, "request_time_per_output_token_seconds", "Histogram of time_per_output_token_seconds per request."},
	{endToEnd, "e2e_request_latency_seconds", "Histogram of e2e request latency in seconds."},
	{queueTime, "request_queue_time_seconds", "Histogram of time spent in WAITING phase for request."},
	{inferenceTime, "request_inference_time_seconds", "Histogram of time spent in RUNNING phase for request."},
	{prefillTime, "request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request."},
	{decodeTime, "request_decode_time_seconds", "Histogram of time spent in DECODE phase for request."},
}

// vllmSheet writes vLLM's families, all of which have the same two labels.
type vllmSheet struct {
	*exposition
	model   string
	created float64
}

// vllmMetrics writes /metrics.
func vllmMetrics(s *Server, e *exposition) {
	e.float = python
	v := vllmSheet{e, `model_name=` + quoted(s.options.Model), float64(s.meter.started.Unix())}
	b, m := s.pump.batch, s.meter
	waiting := float64(len(b.waiting))
	v.gauge("num_requests_running", "Number of requests in model execution batches.", float64(len(b.running)))
	v.gauge("num_requests_waiting", "Number of requests waiting to be processed.", waiting)
	v.family("vllm:num_requests_waiting_by_reason", "gauge", "Number of waiting requests by reason.")
	v.sample("vllm:num_requests_waiting_by_reason", v.labels("", `reason="capacity"`), waiting)
	v.sample("vllm:num_requests_waiting_by_reason", v.labels("", `reason="deferred"`), 0)
	v.gauge("kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", float64(b.used)/float64(s.options.Profile.KVTokens))
	v.counter("prefix_cache_queries", "Prefix cache queries, in terms of number of queried tokens.", m.prompts)
	v.counter("prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens.", m.cached)
	v.counter("num_preemptions", "Cumulative number of preemption from the engine.", uint64(b.preemptions)) //nolint:gosec // a count
	v.counter("prompt_tokens", "Number of prefill tokens processed.", m.prompts)
	v.counter("prompt_tokens_cached", "Number of cached prompt tokens (local + external).", m.cached)
	v.counter("generation_tokens", "Number of generation tokens processed.", m.generated)
	v.family("vllm:request_success_total", "counter", "Count of successfully processed requests.")
	for _, reason := range []string{"stop", "length", "abort", "error", "repetition"} {
		v.sample("vllm:request_success_total", v.labels(`finished_reason="`+reason+`"`, ""), float64(m.finished[reason]))
	}
	for _, h := range vllmHistograms {
		v.histogram(h.name, h.help, m.hist[h.which])
	}
}

// labels joins the two labels and others, which stand between or after them in
// the alphabetical order of the client library.
func (v vllmSheet) labels(between, after string) string {
	parts := slices.DeleteFunc([]string{`engine="0"`, between, v.model, after}, func(s string) bool { return s == "" })
	return strings.Join(parts, ",")
}

func (v vllmSheet) gauge(name, help string, value float64) {
	v.family("vllm:"+name, "gauge", help)
	v.sample("vllm:"+name, v.labels("", ""), value)
}

func (v vllmSheet) counter(name, help string, n uint64) {
	v.family("vllm:"+name+"_total", "counter", help)
	v.sample("vllm:"+name+"_total", v.labels("", ""), float64(n))
	v.since(name, help)
}

// since is when a family began to count, which the client library adds.
func (v vllmSheet) since(name, help string) { v.gauge(name+"_created", help, v.created) }

func (v vllmSheet) histogram(name, help string, h *histogram) {
	v.family("vllm:"+name, "histogram", help)
	v.buckets("vllm:"+name, v.labels("", ""), h, func(le string) string { return v.labels(`le="`+le+`"`, "") })
	v.since(name, help)
}
