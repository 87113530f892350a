package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// own is a run of this program as the aggregator would sum it up.
func own(t *testing.T, failed int64) (record.Summary, func(string, string, string) []float64) {
	t.Helper()
	foreign := readFile(t, "vllm-detailed.json")
	s := foreign.Summary
	sc := &s.Scenarios[0]
	sc.Name, sc.Kind, sc.Shape = "three users", record.KindLoad, record.Shape{Arrival: record.ArrivalUsers, Users: 3, MaxTokens: 8, PrefixCache: "bust", ThinkTime: "fixed(1s)"}
	row := &sc.Engines[0]
	row.Requests, row.Failed = row.Succeeded+failed, failed
	s.RunID, s.Name, s.Simulated, s.StartedAt = "r1", "nightly", true, time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	s.Environment.Engines[0].Kind, s.Environment.Engines[0].Args = "vllm", []string{"--api-key=planted"}
	s.Environment.Engines[0].Endpoint, s.Environment.Engines[0].GPU = "http://10.0.0.1:8000", &record.GPU{Product: "A100", Count: 1}
	return s, func(_, engine, metric string) []float64 { return foreign.Values("serve", engine, metric) }
}

func TestWriteVLLMIsGolden(t *testing.T) {
	s, values := own(t, 2)
	var b bytes.Buffer
	if err := WriteVLLM(&b, s, values, "vllm", "three users"); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/written.golden.json", b.Bytes())
	if strings.Contains(b.String(), "planted") || strings.Contains(b.String(), "10.0.0.1") {
		t.Error("a command line or an address got into the file")
	}
}

// What was written comes back: names, load, model, marks and numbers.
func TestWrittenComesBack(t *testing.T) {
	for _, failed := range []int64{0, 2} {
		s, values := own(t, failed)
		var b bytes.Buffer
		if err := WriteVLLM(&b, s, values, "vllm", "three users"); err != nil {
			t.Fatal(err)
		}
		run, err := Read(&b)
		if err != nil {
			t.Fatal(err)
		}
		got, want := run.Summary.Scenarios[0], s.Scenarios[0]
		if run.Program != ProgramSelf || run.Definitions != nil || !run.Summary.Simulated || run.Summary.RunID != "r1" || !run.Summary.StartedAt.Equal(s.StartedAt) {
			t.Errorf("%+v", run)
		}
		if diff := cmp.Diff(want.Shape, got.Shape); diff != "" || got.Name != want.Name || got.Kind != want.Kind {
			t.Errorf("%s %s (-want +got):\n%s", got.Name, got.Kind, diff)
		}
		x, y := want.Engines[0], got.Engines[0]
		for _, metric := range []string{"ttft_ms", "tpot_ms", "e2e_ms"} {
			for _, statistic := range []string{"mean", "p50"} {
				if a, b := x.Distribution(metric).Statistic(statistic), y.Distribution(metric).Statistic(statistic); !cmp.Equal(a.Or(-1), b.Or(-2), nearly) {
					t.Errorf("%s %s is %v, was %v", metric, statistic, b, a)
				}
			}
		}
		if diff := cmp.Diff([]any{x.Requests, x.Succeeded, x.Failed, x.RequestsPerS, x.OutputTokensPerS, x.TotalTokensPerS}, []any{y.Requests, y.Succeeded, y.Failed, y.RequestsPerS, y.OutputTokensPerS, y.TotalTokensPerS}); diff != "" {
			t.Errorf("counts and rates (-want +got):\n%s", diff)
		}
		if failed > 0 {
			if run.Values != nil {
				t.Error("the requests of a run in which some failed came back")
			}
			continue
		}
		if !cmp.Equal(values("", "vllm", "ttft_ms"), run.Values("three users", "vllm", "ttft_ms"), nearly) {
			t.Error("TTFT came back as another")
		}
	}
}

// vllmKeys are the keys that vLLM's own result always has (serve.py).
var vllmKeys = []string{
	"date", "endpoint_type", "backend", "label", "model_id", "tokenizer_id", "num_prompts", "request_rate", "burstiness", "max_concurrency",
	"duration", "completed", "failed", "total_input_tokens", "total_output_tokens", "request_throughput", "request_goodput", "output_throughput", "total_token_throughput",
}

func TestWrittenHasVLLMsKeys(t *testing.T) {
	s, _ := own(t, 0)
	for _, shape := range []record.Shape{
		{Arrival: "sequential"}, {Arrival: "users", Users: 3}, {Arrival: "poisson", RatePerS: 2, MaxInFlight: 9}, {Arrival: "constant", RatePerS: 2},
		{Arrival: "gamma", RatePerS: 2, Burstiness: 0.5}, {Arrival: "ramp", RatePerS: 1, ToRatePerS: 4}, {Arrival: "steps"}, {},
	} {
		s.Scenarios[0].Shape = shape
		var b bytes.Buffer
		if err := WriteVLLM(&b, s, nil, "vllm", "three users"); err != nil {
			t.Fatal(err)
		}
		var d map[string]any
		if err := json.Unmarshal(b.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		for _, key := range vllmKeys {
			if _, has := d[key]; !has {
				t.Errorf("%s: there is no %s", shape.Arrival, key)
			}
		}
		delete(d, keyOwn)
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		run, err := Read(bytes.NewReader(data)) // as a foreign file
		if err != nil {
			t.Fatal(err)
		}
		got := run.Summary.Scenarios[0].Shape
		if told := []string{"poisson", "constant", "gamma", "ramp", "users"}; slices.Contains(told, shape.Arrival) {
			if diff := cmp.Diff(shape, got); diff != "" {
				t.Errorf("vLLM's keys alone (-want +got):\n%s", diff)
			}
		}
	}
}

func TestVLLMParts(t *testing.T) {
	row := func(name string, n int64) record.EngineResult { return record.EngineResult{Engine: name, Requests: n} }
	s := record.Summary{Scenarios: []record.ScenarioResult{
		{Name: "../../etc", Engines: []record.EngineResult{row("a b", 1), row("A-b", 1), row("none", 0)}},
		{Name: strings.Repeat("ü", 200), Engines: []record.EngineResult{row("x", 1)}},
	}}
	want := []VLLMPart{
		{"a b", "../../etc", "reports/vllm-a-b-..-..-etc.json"}, {"A-b", "../../etc", "reports/vllm-a-b-..-..-etc-2.json"},
		{"x", strings.Repeat("ü", 200), "reports/vllm-x-" + strings.Repeat("-", 40) + ".json"},
	}
	if diff := cmp.Diff(want, VLLMParts(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteVLLMFails(t *testing.T) {
	s, _ := own(t, 0)
	if err := WriteVLLM(&bytes.Buffer{}, s, nil, "tgi", "three users"); err == nil || !strings.Contains(err.Error(), `no "tgi" in the scenario "three users"`) {
		t.Errorf("err = %v", err)
	}
	if err := WriteVLLM(broken{}, s, nil, "vllm", "three users"); err == nil {
		t.Error("a full disk is no error")
	}
}
