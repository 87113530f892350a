package simulate

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// outline is each family's name, type, label names and bounds.
func outline(t *testing.T, text string) []string {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("bad exposition: %v", err)
	}
	var lines []string
	for name, family := range families {
		for _, m := range family.Metric {
			line := name + " " + family.Type.String()
			for _, l := range m.Label {
				line += " " + l.GetName()
				if l.GetName() != "model_name" {
					line += "=" + l.GetValue()
				}
			}
			for _, b := range m.GetHistogram().GetBucket() {
				line += fmt.Sprintf(" %.6g", b.GetUpperBound())
			}
			for _, q := range m.GetSummary().GetQuantile() {
				line += fmt.Sprint(" ", q.GetQuantile())
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

func TestMetricsHaveTheEnginesShape(t *testing.T) {
	for _, engine := range []string{"vllm", "tgi"} {
		t.Run(engine, func(t *testing.T) {
			want, err := os.ReadFile("testdata/" + engine + "/metrics.txt")
			if err != nil {
				t.Fatal(err)
			}
			p := fast(engine)
			p.ContextLength = 4096 // the transcripts' servers', which decides some bounds
			addr, _ := start(t, Options{Engine: engine, Profile: p})
			got := get(t, addr, request{path: "/metrics"})
			if media := got.header.Get("Content-Type"); !strings.HasPrefix(media, "text/plain; version=0.0.4") {
				t.Errorf("content type %q", media)
			}
			wantLines := outline(t, string(want))
			gotLines := slices.DeleteFunc(outline(t, got.body()), func(line string) bool {
				return line == "tgi_request_failure COUNTER err=overloaded" // comes with the first refusal
			})
			if diff := cmp.Diff(wantLines, gotLines); diff != "" {
				t.Errorf("/metrics (-transcript +simulated):\n%s", diff)
			}
		})
	}
}

// value is a family's first sample with the label's value, if one is given.
func value(t *testing.T, addr, name, label string) float64 {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(get(t, addr, request{path: "/metrics"}).body()))
	if err != nil {
		t.Fatalf("bad exposition: %v", err)
	}
	for _, m := range families[name].GetMetric() {
		match := label == ""
		for _, l := range m.Label {
			match = match || l.GetValue() == label
		}
		if !match {
			continue
		}
		if h := m.GetHistogram(); h != nil {
			return float64(h.GetSampleCount())
		}
		return m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	t.Fatalf("no %s with %q", name, label)
	return 0
}

func TestMetricsCount(t *testing.T) {
	type check struct {
		name, label string
		want        float64
	}
	tests := map[string]struct {
		refused request
		checks  []check
	}{
		"vllm": {request{path: "/v1/completions", body: `{"max_tokens":5}`}, []check{
			{"vllm:request_success_total", "length", 3},
			{"vllm:request_success_total", "abort", 0},
			{"vllm:generation_tokens_total", "", 15},
			{"vllm:time_to_first_token_seconds", "", 3},
			{"vllm:inter_token_latency_seconds", "", 12},
			{"vllm:e2e_request_latency_seconds", "", 3},
			{"vllm:num_requests_running", "", 0},
			{"vllm:kv_cache_usage_perc", "", 0},
		}},
		"tgi": {request{path: "/generate_stream", body: `{"inputs":""}`}, []check{
			{"tgi_request_count", "", 4},
			{"tgi_request_success", "", 3},
			{"tgi_request_failure", "validation", 1},
			{"tgi_request_generated_tokens", "", 3},
			{"tgi_request_duration", "", 3},
			{"tgi_request_queue_duration", "", 3},
			{"tgi_batch_current_size", "", 0},
		}},
	}
	for engine, test := range tests {
		t.Run(engine, func(t *testing.T) {
			addr, _ := start(t, Options{Engine: engine})
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() { get(t, addr, native[engine].ask) })
			}
			all.Wait()
			get(t, addr, test.refused)
			for _, c := range test.checks {
				if got := value(t, addr, c.name, c.label); got != c.want {
					t.Errorf("%s %s is %v, want %v", c.name, c.label, got, c.want)
				}
			}
		})
	}
}

func TestGaugesShowWhatRunsAndWaits(t *testing.T) {
	for engine, names := range map[string][2]string{
		"vllm": {"vllm:num_requests_running", "vllm:num_requests_waiting"},
		"tgi":  {"tgi_batch_current_size", "tgi_queue_size"},
	} {
		t.Run(engine, func(t *testing.T) {
			p := fast(engine)
			p.Slots, p.QueueLimit, p.FirstTokenOverhead = 1, 5, time.Hour
			addr, s := start(t, Options{Engine: engine, Profile: p})
			for range 3 {
				occupy(t, addr, s, native[engine].ask)
			}
			for i, want := range []float64{1, 2} {
				if got := value(t, addr, names[i], ""); got != want {
					t.Errorf("%s is %v, want %v", names[i], got, want)
				}
			}
		})
	}
}
