package history

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func readFile(t *testing.T, name string) Run {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// Each file under testdata gives the summary, the number of values and the
// warnings of its golden file.
func TestRead(t *testing.T) {
	for _, name := range []string{"vllm-plain", "vllm-detailed", "vllm-0.32", "guidellm-0.3", "guidellm-0.6", "guidellm-0.8"} {
		t.Run(name, func(t *testing.T) {
			run := readFile(t, name+".json")
			counts := map[string]int{}
			for _, sc := range run.Summary.Scenarios {
				for _, metric := range []string{"ttft_ms", "tpot_ms", "e2e_ms", "output_tokens", "prompt_tokens"} {
					if run.Values != nil {
						counts[sc.Name+" "+metric] = len(run.Values(sc.Name, sc.Engines[0].Engine, metric))
					}
				}
			}
			for i := range run.Summary.Scenarios {
				counts[run.Summary.Scenarios[i].Name+" slices"] = len(run.Summary.Scenarios[i].Timeline)
				run.Summary.Scenarios[i].Timeline = nil
			}
			data, err := json.MarshalIndent(map[string]any{"summary": run.Summary, "values": counts, "program": run.Program, "definitions": len(run.Definitions), "warnings": run.Warnings}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, "testdata/"+name+".golden.json", append(data, '\n'))
			if strings.Contains(string(data), "planted") {
				t.Error("a key of the file got through")
			}
		})
	}
}

// vllm is a small result whose keys a test changes; nil takes one out.
func vllm(t *testing.T, change map[string]any) string {
	t.Helper()
	d := map[string]any{
		"backend": "openai-chat", "model_id": "m", "num_prompts": 3, "request_rate": "inf", "max_concurrency": 2, "duration": 3.0, "completed": 2, "failed": 1,
		"ttfts": []float64{0.1, 0, 0.2}, "itls": [][]float64{{0.01, 0.01}, {}, {0.02, 0.02}}, "output_lens": []int{3, 0, 3}, "input_lens": []int{5, 5, 5},
		"errors": []string{"", "reset", ""}, "median_ttft_ms": 150.0, "request_throughput": 0.7, "output_throughput": 2.0,
	}
	for k, v := range change {
		if d[k] = v; v == nil {
			delete(d, k)
		}
	}
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestVLLMRequests(t *testing.T) {
	list := func(v ...float64) []float64 { return v }
	for _, c := range []struct {
		name                  string
		change                map[string]any
		ttft, tpot, e2e       []float64
		succeeded, failed     int64
		warning               string
		outputRate, goodputIs record.Float
	}{
		{"as it is", nil, list(100, 200), list(10, 20), list(120, 240), 2, 1, "", record.Some(2.0), record.Float{}},
		{"an HTTP failure without a reason", map[string]any{"errors": []string{"", "", ""}}, list(100, 200), list(10, 20), list(120, 240), 2, 1, "", record.Some(2.0), record.Float{}},
		{"started in another order", map[string]any{"start_times": list(9, 8, 7)}, list(200, 100), list(20, 10), list(240, 120), 2, 1, "", record.Some(2.0), record.Float{}},
		{"lists of different lengths", map[string]any{"output_lens": []int{3, 3}}, nil, nil, nil, 2, 1, "do not agree", record.Some(2.0), record.Float{}},
		{"another count", map[string]any{"completed": 3, "failed": 0}, nil, nil, nil, 3, 0, "do not agree with its count of 3", record.Some(2.0), record.Float{}},
		{"without detail", map[string]any{"ttfts": nil}, nil, nil, nil, 2, 1, "no single requests", record.Some(2.0), record.Float{}},
		{"without failures counted", map[string]any{"ttfts": nil, "failed": nil}, nil, nil, nil, 2, 1, "the 1 prompts that did not succeed are taken for failed", record.Some(2.0), record.Float{}},
		{"gaps unknown", map[string]any{"itls": nil}, list(100, 200), nil, nil, 2, 1, "", record.Some(2.0), record.Float{}},
		{"not streamed", map[string]any{"itls": [][]float64{{}, {}, {}}}, list(100, 200), nil, list(100, 200), 2, 1, "", record.Some(2.0), record.Float{}},
		{"one token", map[string]any{"output_lens": []int{1, 0, 3}}, list(100, 200), list(20), list(120, 240), 2, 1, "", record.Some(2.0), record.Float{}},
		{"goodput", map[string]any{"request_goodput": 0.5}, list(100, 200), list(10, 20), list(120, 240), 2, 1, "", record.Some(2.0), record.Some(0.5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			run, err := Read(strings.NewReader(vllm(t, c.change)))
			if err != nil {
				t.Fatal(err)
			}
			row := run.Summary.Scenarios[0].Engines[0]
			for metric, want := range map[string][]float64{"ttft_ms": c.ttft, "tpot_ms": c.tpot, "e2e_ms": c.e2e} {
				var got []float64
				if run.Values != nil {
					got = run.Values("serve", "openai-chat", metric)
				}
				if len(got) != len(want) || (len(want) > 0 && !cmp.Equal(want, got, nearly)) {
					t.Errorf("%s = %v, want %v", metric, got, want)
				}
			}
			if row.Succeeded != c.succeeded || row.Failed != c.failed || row.Requests != c.succeeded+c.failed {
				t.Errorf("%d of %d succeeded and %d failed, want %d and %d", row.Succeeded, row.Requests, row.Failed, c.succeeded, c.failed)
			}
			independent := slices.ContainsFunc(run.Warnings, isIndependent)
			if timed := c.change["start_times"] != nil; independent == (timed || c.failed == 0) {
				t.Errorf("failures are taken for independent: %v", independent)
			}
			if said := strings.Join(slices.DeleteFunc(run.Warnings, isIndependent), "\n"); !strings.Contains(said, c.warning) || (c.warning == "") != (said == "") {
				t.Errorf("warnings %q, want %q", said, c.warning)
			}
			if diff := cmp.Diff([]record.Float{c.outputRate, c.goodputIs}, []record.Float{row.OutputTokensPerS, row.GoodputPerS}); diff != "" {
				t.Errorf("rates (-want +got):\n%s", diff)
			}
			if row.Errors != nil {
				t.Errorf("classes of failures are made up: %v", row.Errors)
			}
		})
	}
}

func isIndependent(warning string) bool { return strings.Contains(warning, "independent") }

var nearly = cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })

func TestVLLMShapes(t *testing.T) {
	for _, c := range []struct {
		change map[string]any
		want   record.Shape
	}{
		{nil, record.Shape{Arrival: record.ArrivalUsers, Users: 2}},
		{map[string]any{"max_concurrency": nil}, record.Shape{Arrival: "burst", BurstSize: 3}},
		{map[string]any{"request_rate": 2.5, "burstiness": 1.0, "max_concurrency": nil}, record.Shape{Arrival: "poisson", RatePerS: 2.5}},
		{map[string]any{"request_rate": 2.5, "burstiness": "inf"}, record.Shape{Arrival: "constant", RatePerS: 2.5, MaxInFlight: 2}},
		{map[string]any{"request_rate": 2.5, "burstiness": 0.5}, record.Shape{Arrival: "gamma", RatePerS: 2.5, Burstiness: 0.5, MaxInFlight: 2}},
		{map[string]any{"ramp_up_strategy": "linear", "ramp_up_start_rps": 1, "ramp_up_end_rps": 9}, record.Shape{Arrival: "ramp", RatePerS: 1, ToRatePerS: 9, MaxInFlight: 2}},
		{map[string]any{"ramp_up_strategy": "exponential", "ramp_up_start_rps": 1, "ramp_up_end_rps": 9}, record.Shape{Arrival: "ramp-exponential", RatePerS: 1, ToRatePerS: 9, MaxInFlight: 2}},
	} {
		run, err := Read(strings.NewReader(vllm(t, c.change)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, run.Summary.Scenarios[0].Shape); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.change, diff)
		}
	}
}

// A percentile that so few requests cannot support is not taken over, and a time
// of 0 is none.
func TestFewRequestsSupportNoTail(t *testing.T) {
	run, err := Read(strings.NewReader(`{"completed": 20, "num_prompts": 20, "median_ttft_ms": 5, "p99_ttft_ms": 9, "mean_tpot_ms": 0, "median_tpot_ms": 0}`))
	if err != nil {
		t.Fatal(err)
	}
	row := run.Summary.Scenarios[0].Engines[0]
	if row.TTFT.P50.Or(0) != 5 || row.TTFT.P99.Known() || row.TPOT != nil {
		t.Errorf("TTFT %+v, TPOT %+v", row.TTFT, row.TPOT)
	}
}

func TestWhatIsNoResult(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "no JSON",
		"not JSON":                "no JSON",
		"[]":                      "no JSON of a result",
		"{}":                      "neither a result of vllm bench serve",
		`{"schema_version": "1"}`: "name the directory of its run",
		`{"completed": 1}
{"completed": 2}`: "more than one result",
		`{"completed": -1}`:                                      "completed is no count",
		`{"completed": 1, "ttfts": {}}`:                          "read ttfts",
		`{"completed": 1, "llmbench": 3}`:                        "read llmbench",
		`{"benchmarks": []}`:                                     "without any benchmark",
		`{"benchmarks": 3}`:                                      "no report of GuideLLM",
		`{"benchmarks": [{}]}`:                                   "benchmark 1 of a report of GuideLLM: it does not count its requests",
		`{"benchmarks": [{"total_count": {"successful": "x"}}]}`: "is no count",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q) = %v, want %q", text, err, want)
		}
	}
	if _, err := read(strings.NewReader(`{"completed": 1}`), 10); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("a long file: %v", err)
	}
}

func TestRenamed(t *testing.T) {
	run := readFile(t, "vllm-detailed.json")
	before := run.Values("serve", "vllm", "ttft_ms")
	got, err := run.Renamed("chat", "vllm-large")
	if err != nil {
		t.Fatal(err)
	}
	sc := got.Summary.Scenarios[0]
	if sc.Name != "chat" || sc.Engines[0].Engine != "vllm-large" || sc.Timeline[0].Engine != "vllm-large" || got.Summary.Environment.Engines[0].Engine != "vllm-large" {
		t.Errorf("%s %s", sc.Name, sc.Engines[0].Engine)
	}
	if !cmp.Equal(before, got.Values("chat", "vllm-large", "ttft_ms")) || got.Values("serve", "vllm", "ttft_ms") != nil {
		t.Error("values do not go by the new names")
	}
	if run.Summary.Scenarios[0].Name != "serve" || run.Summary.Scenarios[0].Engines[0].Engine != "vllm" || run.Summary.Environment.Engines[0].Engine != "vllm" {
		t.Error("the run that was renamed changed")
	}
	several := readFile(t, "guidellm-0.6.json")
	if _, err := several.Renamed("chat", ""); err == nil || !strings.Contains(err.Error(), "2 scenarios") {
		t.Errorf("err = %v", err)
	}
	both, err := several.Renamed("", "vllm")
	if err != nil || both.Summary.Scenarios[1].Engines[0].Engine != "vllm" || len(both.Values("concurrent-8", "vllm", "ttft_ms")) != 60 {
		t.Errorf("err = %v, %+v", err, both.Summary.Scenarios)
	}
}

// FuzzRead holds that no file makes Read panic or give a summary that JSON cannot
// hold, a count that is negative, or values that are no times.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"vllm-plain", "vllm-detailed", "vllm-0.32", "guidellm-0.3", "guidellm-0.6", "guidellm-0.8"} {
		data, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add(`{"completed": 1, "ttfts": [1e308], "itls": [[1e308]], "output_lens": [2], "errors": [""], "start_times": [-1e308], "duration": 1e308}`)
	f.Add(`{"completed": 1, "ttfts": [null], "itls": [[-1]], "output_lens": ["inf"], "errors": [""], "request_rate": "inf"}`)
	f.Add(`{"benchmarks": [{"total_count": {"successful": 1e12, "errored": 1e12}, "metrics": {"request_latency": {"successful": {"median": 1e308}}}}]}`)
	f.Add(`{"benchmarks": [{"total_count": {"successful": 1}, "duration": 1e308, "requests": {"successful": [{"start_time": -1e308, "request_latency": 1e306}]}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		run, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		if _, err := json.Marshal(run.Summary); err != nil {
			t.Fatalf("%q gives %v", text, err)
		}
		for _, sc := range run.Summary.Scenarios {
			for _, e := range sc.Engines {
				if e.Succeeded < 0 || e.Failed < 0 || e.Requests < e.Succeeded+e.Failed {
					t.Errorf("%q gives %d, %d and %d requests", text, e.Requests, e.Succeeded, e.Failed)
				}
				for _, metric := range []string{"ttft_ms", "tpot_ms", "e2e_ms"} {
					checkValues(t, run, sc.Name, e.Engine, metric)
				}
			}
		}
	})
}

func checkValues(t *testing.T, run Run, scenario, engine, metric string) {
	t.Helper()
	if run.Values == nil {
		return
	}
	for _, v := range run.Values(scenario, engine, metric) {
		if !(v >= 0) {
			t.Errorf("%s of %s in %s is %g", metric, engine, scenario, v)
		}
	}
}
