package engine

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func n(v int64) record.Int { return record.Some(v) }

func metrics(t *testing.T, name string) []byte {
	t.Helper()
	if strings.HasSuffix(name, ".raw") {
		return load(t, name).body
	}
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// nearly allows for what a sum of decimal fractions loses.
func nearly(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(a) }

func TestMetricsOfRealEngines(t *testing.T) {
	for name, c := range map[string]struct {
		reader Metered
		want   record.ServerSample
		first  *record.ServerHistogram // without its buckets
	}{
		"vllm/metrics.txt": {vllm{}, record.ServerSample{
			Requests: n(3), Aborted: n(0), PromptTokens: n(33), OutputTokens: n(15), Preemptions: n(0),
			Running: record.Some(2.0), Queue: record.Some(1.0), KVCache: record.Some(0.0175), Durations: map[string]record.ServerSum{
				"request_queue_time_ms": {Count: 3, SumMS: 60}, "request_prefill_time_ms": {Count: 3, SumMS: 60}, "request_decode_time_ms": {Count: 3, SumMS: 60},
			},
		}, &record.ServerHistogram{Count: 3, SumMS: 365}},
		"vllm-0.32.0/metrics.raw": {vllm{}, record.ServerSample{
			StartedS: record.Some(1.7955896783e+09), Requests: n(2540), Aborted: n(0), PromptTokens: n(575233), OutputTokens: n(59488), Preemptions: n(0),
			Running: record.Some(0.0), Queue: record.Some(0.0), KVCache: record.Some(0.0), Durations: map[string]record.ServerSum{
				"request_queue_time_ms": {Count: 2540, SumMS: 27.997409866657108}, "request_prefill_time_ms": {Count: 2540, SumMS: 37973.69011120463},
				"request_decode_time_ms": {Count: 2540, SumMS: 229723.66101595253},
			},
		}, &record.ServerHistogram{Count: 2540, SumMS: 56475.15606880188}},
		"vllm-simulator/metrics.raw": {openAI{}, record.ServerSample{
			Requests: n(9), PromptTokens: n(98), OutputTokens: n(41),
			Running: record.Some(1.0), Queue: record.Some(0.0), KVCache: record.Some(0.0), Durations: map[string]record.ServerSum{
				"request_prefill_time_ms": {Count: 10, SumMS: 503.625895}, "request_decode_time_ms": {Count: 9, SumMS: 340.914116},
			},
		}, &record.ServerHistogram{Count: 10, SumMS: 499.99999999999994}},
		"tgi/metrics.txt": {tgi{}, record.ServerSample{
			Requests: n(3), PromptTokens: n(18), OutputTokens: n(15), Running: record.Some(1.0), Queue: record.Some(0.0),
			Durations: map[string]record.ServerSum{
				"request_validation_duration_ms": {Count: 3, SumMS: 1.2}, "request_queue_duration_ms": {Count: 3, SumMS: 70.3},
				"request_inference_duration_ms": {Count: 3, SumMS: 376}, "request_mean_time_per_token_duration_ms": {Count: 3, SumMS: 75.4},
			},
		}, nil},
	} {
		got, err := c.reader.ReadMetrics(metrics(t, name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		first := got.TTFT
		got.TTFT = nil
		if diff := cmp.Diff(c.want, got, cmp.Comparer(nearly)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if (first == nil) != (c.first == nil) {
			t.Errorf("%s: TTFT %+v", name, first)
		}
		if first != nil && (first.Count != c.first.Count || first.SumMS != c.first.SumMS || len(first.UpToMS) < 10 || len(first.Counts) != len(first.UpToMS)) {
			t.Errorf("%s: TTFT %+v", name, first)
		}
	}
}

func TestReadMetrics(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want record.ServerSample
	}{
		"parts of a data-parallel engine": {`
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 2
vllm:num_requests_running{engine="1",model_name="m"} 3
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.75
# TYPE vllm:request_success_total counter
vllm:request_success_total{engine="0",finished_reason="stop"} 4
vllm:request_success_total{engine="1",finished_reason="abort"} 1
`, record.ServerSample{Running: record.Some(5.0), KVCache: record.Some(0.5), Requests: n(5), Aborted: n(1)}},
		"an older version's names":               {"# TYPE vllm:gpu_cache_usage_perc gauge\nvllm:gpu_cache_usage_perc 0.5\n", record.ServerSample{KVCache: record.Some(0.5)}},
		"counters without a type or a total":     {"vllm:generation_tokens 1.5e+03\nvllm:num_preemptions_total 2\n", record.ServerSample{OutputTokens: n(1500), Preemptions: n(2)}},
		"names that only begin so":               {"vllm:num_requests_waiting_by_reason{reason=\"capacity\"} 9\nvllm:num_requests_waiting 1\nvllm:prompt_tokens_cached_total 7\n", record.ServerSample{Queue: record.Some(1.0)}},
		"when the process began":                 {"process_start_time_seconds 1.7e9\nvllm:num_requests_waiting 1\n", record.ServerSample{Queue: record.Some(1.0), StartedS: record.Some(1.7e9)}},
		"a fault in a line that does not matter": {"python_gc{ oops\nvllm:num_requests_waiting 1", record.ServerSample{Queue: record.Some(1.0)}},
		"carriage returns aside":                 {"vllm:num_requests_waiting 1\n\n\n", record.ServerSample{Queue: record.Some(1.0)}},
		"a histogram of two parts": {`
# TYPE vllm:time_to_first_token_seconds histogram
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.5"} 1
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf"} 2
vllm:time_to_first_token_seconds_sum{engine="0"} 1.25
vllm:time_to_first_token_seconds_count{engine="0"} 2
vllm:time_to_first_token_seconds_bucket{engine="1",le="0.5"} 3
vllm:time_to_first_token_seconds_bucket{engine="1",le="+Inf"} 3
vllm:time_to_first_token_seconds_sum{engine="1"} 0.75
vllm:time_to_first_token_seconds_count{engine="1"} 3
vllm:num_requests_waiting 0
`, record.ServerSample{Queue: record.Some(0.0), TTFT: &record.ServerHistogram{Count: 5, SumMS: 2000, UpToMS: []float64{500}, Counts: []int64{4}}}},
	} {
		got, err := vllm{}.ReadMetrics([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestMetricsThatSayNothingAreNone(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          "",
		"a page":           "<html><body>vllm: not here</body></html>",
		"another's":        string(metrics(t, "llamacpp/metrics.raw")),
		"a process's only": "process_start_time_seconds 1.7e9\n",
	} {
		if _, err := (vllm{}).ReadMetrics([]byte(text)); !errors.Is(err, ErrNoSeries) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"no number":        "vllm:num_requests_waiting many\n",
		"half a line":      "vllm:request_success_total{finished_reason=\"st",
		"a negative count": "vllm:prompt_tokens_total -1\n",
		"not a number":     "vllm:generation_tokens_total NaN\n",
		"past all counts":  "vllm:generation_tokens_total 1e300\n",
		"an endless queue": "vllm:num_requests_waiting +Inf\n",
		"too much":         "vllm:num_requests_waiting 1\n" + strings.Repeat("#", maxMetrics),
	} {
		if got, err := (vllm{}).ReadMetrics([]byte(text)); err == nil || errors.Is(err, ErrNoSeries) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}

// Whatever an endpoint answers, a reading holds only numbers that a summary can
// compute with.
func FuzzReadMetrics(f *testing.F) {
	f.Add([]byte("vllm:num_requests_waiting{engine=\"0\"} 1\nvllm:prompt_tokens_total 3.0\n# TYPE vllm:request_success_total counter\nvllm:request_success_total{finished_reason=\"abort\"} 2\n"))
	f.Add([]byte("# TYPE tgi_request_generated_tokens summary\ntgi_request_generated_tokens{quantile=\"0.5\"} 3\ntgi_request_generated_tokens_sum 12\ntgi_request_generated_tokens_count 4\n"))
	f.Add([]byte("# TYPE vllm:time_to_first_token_seconds histogram\nvllm:time_to_first_token_seconds_bucket{le=\"0.1\"} 1\nvllm:time_to_first_token_seconds_sum 1\nvllm:time_to_first_token_seconds_count 2\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, reader := range []Metered{vllm{}, tgi{}} {
			s, err := reader.ReadMetrics(text)
			if err != nil {
				continue
			}
			for i, count := range []record.Int{s.Requests, s.Aborted, s.PromptTokens, s.OutputTokens, s.Preemptions} {
				if count.Or(0) < 0 {
					t.Errorf("counter %d is %d", i, count.Or(0))
				}
			}
			if h := s.TTFT; h != nil {
				checkHistogram(t, *h)
			}
		}
	})
}

func checkHistogram(t *testing.T, h record.ServerHistogram) {
	t.Helper()
	if len(h.Counts) != len(h.UpToMS) || h.Count < 0 {
		t.Fatalf("%+v", h)
	}
	for i := range h.Counts {
		if h.Counts[i] < 0 || h.Counts[i] > h.Count || i > 0 && (h.Counts[i] < h.Counts[i-1] || h.UpToMS[i] < h.UpToMS[i-1]) {
			t.Fatalf("bucket %d of %+v", i, h)
		}
	}
}

// Reading is done beside a measurement: it must not cost much.
func BenchmarkReadMetrics(b *testing.B) {
	text, err := os.ReadFile("testdata/vllm/metrics.txt")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := (vllm{}).ReadMetrics(text); err != nil {
			b.Fatal(err)
		}
	}
}
