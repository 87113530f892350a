package engine

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// vllmSeries are vLLM's names (v1/metrics/loggers.py; before it
// engine/metrics.py, where the cache was the GPU's).
var vllmSeries = seriesNames{
	requests:     []string{"vllm:request_success"},
	promptTokens: []string{"vllm:prompt_tokens"},
	outputTokens: []string{"vllm:generation_tokens"},
	preemptions:  []string{"vllm:num_preemptions"},
	queue:        []string{"vllm:num_requests_waiting"},
	running:      []string{"vllm:num_requests_running"},
	kvCache:      []string{"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"},
	ttftSeconds:  []string{"vllm:time_to_first_token_seconds"},
	durations:    []string{"vllm:request_queue_time_seconds", "vllm:request_prefill_time_seconds", "vllm:request_decode_time_seconds"},
	prefix:       "vllm:",
}

// tgiSeries are TGI's names (router/src/server.rs, router/src/infer). It
// counts a request as a success when its last token is there, and observes the
// tokens of those alone. It has no TTFT and no share of its cache.
var tgiSeries = seriesNames{
	requests:     []string{"tgi_request_success"},
	promptTokens: []string{"tgi_request_input_length"},
	outputTokens: []string{"tgi_request_generated_tokens"},
	queue:        []string{"tgi_queue_size"},
	running:      []string{"tgi_batch_current_size"},
	durations: []string{
		"tgi_request_validation_duration", "tgi_request_queue_duration", "tgi_request_inference_duration",
		"tgi_request_mean_time_per_token_duration",
	},
	prefix: "tgi_",
}

// MetricsPath implements Metered.
func (vllm) MetricsPath() string { return metricsPath }

// ReadMetrics implements Metered.
func (vllm) ReadMetrics(text []byte) (record.ServerSample, error) {
	return readMetrics(text, vllmSeries)
}

// MetricsPath implements Metered.
func (tgi) MetricsPath() string { return metricsPath }

// ReadMetrics implements Metered.
func (tgi) ReadMetrics(text []byte) (record.ServerSample, error) {
	return readMetrics(text, tgiSeries)
}

// MetricsPath implements Metered.
func (openAI) MetricsPath() string { return metricsPath }

// ReadMetrics implements Metered. Servers that stand in for vLLM have its names.
func (openAI) ReadMetrics(text []byte) (record.ServerSample, error) {
	return readMetrics(text, vllmSeries)
}
