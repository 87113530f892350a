package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestLoadOfTheDocumentedFile(t *testing.T) {
	data, err := os.ReadFile("testdata/good/three-urls.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, Source{Name: "llmbench.yaml", Data: data}).Config
	want := load(t).Config
	want.Benchmark = Benchmark{Name: "vLLM vs TGI vs Ollama", Description: "Low-latency chat benchmarking"}
	want.Services = Services{
		Namespace: "vllm-benchmark",
		ManualURLs: map[string]string{
			"vllm":   "https://vllm-route.apps.cluster.com",
			"tgi":    "https://tgi-route.apps.cluster.com",
			"ollama": "https://ollama-route.apps.cluster.com",
		},
	}
	want.TestScenarios.TTFT.Iterations = 5
	want.TestScenarios.TTFT.TargetMS = ptr(100.0)
	want.TestScenarios.LoadTests = []LoadTest{{
		Name: "quick_latency", Arrival: "users", ConcurrentUsers: 5, DurationSeconds: 30, TargetP95MS: ptr(500.0),
		TargetMetric: "ttft", Rounds: 1, ThinkTime: ThinkTime{Distribution: "fixed"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadReadsEveryKey(t *testing.T) {
	data, err := os.ReadFile("testdata/good/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, Source{Name: "f", Data: data}).Config
	want := Config{
		Benchmark: Benchmark{Name: "all keys", Description: "Two lines\nof text\n"},
		Services: Services{
			Namespace: "ns-1",
			ManualURLs: map[string]string{
				"vllm": "http://[::1]:8000/", "vllm-llama3.1": "http://10.0.0.1:8000/prefix", "openai-x": "https://h",
			},
			Model: "70b", Models: map[string]string{"ollama": "llama3.1:8b"},
			API: map[string]string{"vllm": "completions", "tgi": "chat", "ollama": "generate"},
		},
		TestScenarios: TestScenarios{
			TTFT: TTFT{Enabled: ptr(false), Iterations: 1, UntilConfident: true, ConfidentWidth: 0.05, TargetMS: ptr(0.5), TargetStatistic: "mean"},
			LoadTests: []LoadTest{
				{
					Name: "a b", Arrival: "users", ConcurrentUsers: 1, DurationSeconds: 0.5, TargetP95MS: ptr(1500.0), TargetMetric: "e2e",
					RampUpSeconds: 1, WarmupSeconds: 2, MaxTokens: 3, Rounds: 4,
					ThinkTime: ThinkTime{Distribution: "uniform", MaxSeconds: 2},
				},
				{Name: "b", Arrival: "users", ConcurrentUsers: 100, DurationSeconds: 600, TargetMetric: "ttft", Rounds: 1, ThinkTime: ThinkTime{Distribution: "exponential", Seconds: 2}},
				{Name: "c", Arrival: "users", ConcurrentUsers: 3, DurationSeconds: 600, TargetMetric: "ttft", Rounds: 1, ThinkTime: ThinkTime{Distribution: "fixed", Seconds: 2}},
			},
			Capacity: Capacity{
				Enabled: true, SLO: "ttft:p99<2s", Arrival: "constant", StartRatePerS: 2, MaxRatePerS: 50, Precision: 0.1,
				WarmupSeconds: 1, StepSeconds: 5, MaxStepSeconds: 20, MaxInFlight: 7, MaxTokens: 8,
			},
		},
		// The seed is one that a float64 cannot hold.
		Generation: Generation{MaxTokens: 1, Seed: ptr(int64(9007199254740993)), ForceLength: true},
		Prompts:    Prompts{Source: "file", File: "p.jsonl", Categories: []string{}, PrefixCache: "allow"},
		Timeouts:   Timeouts{1, 1, 1, 1},
		Retries:    Retries{MaxAttempts: 3, On: []string{"refused"}},
		SLO:        SLO{ptr(1.0), ptr(1.0), ptr(1.0)},
		Statistics: Statistics{Confidence: 0.99},
		Verdict:    Verdict{PracticalThreshold: 0.1, Weights: Weights{FirstToken: 1, Throughput: 2.5, Reliability: 10, Tail: 3}},
		Cost:       Cost{GPUHour: ptr(2.5), Currency: "EUR", GPUs: map[string]int{"vllm": 2, "vllm-large": 8}},
		Output:     Output{Directory: "./out", Formats: []string{}, Figures: []string{"ttft", "radar"}, RecordFrames: true, RecordText: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadOfGoodFiles(t *testing.T) {
	for _, pattern := range []string{"testdata/good/*.yaml", "../../config/*.yaml", "../../config/examples/*.yaml"} {
		each(t, pattern, func(t *testing.T, file string, data []byte) {
			if _, err := Load([]Source{{Name: filepath.Base(file), Data: data}}, ""); err != nil {
				t.Error(err)
			}
		})
	}
}

// Every bad file's whole message is kept beside it, so that a change of words
// is seen.
func TestLoadOfBadFiles(t *testing.T) {
	each(t, "testdata/bad/*.yaml", func(t *testing.T, file string, data []byte) {
		l, err := Load([]Source{{Name: filepath.Base(file), Data: data}}, "")
		if err == nil || l != nil {
			t.Fatalf("loaded as %+v", l)
		}
		var first *Error
		if !errors.As(err, &first) || first.File != filepath.Base(file) || first.Line < 1 || first.Column < 1 || first.Message == "" {
			t.Errorf("first problem: %#v", first)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Error("the message holds a password")
		}
		golden.Check(t, strings.TrimSuffix(file, ".yaml")+".golden", []byte(err.Error()+"\n"))
	})
}

func TestLoadRefusesAHugeFile(t *testing.T) {
	_, err := Load([]Source{src("f", "#"+strings.Repeat("x", maxBytes))}, "")
	if err == nil || !strings.Contains(err.Error(), "at most 65536") {
		t.Errorf("err = %v", err)
	}
}

func TestLayers(t *testing.T) {
	system := src("system", "services:\n  model: low\n  manual_urls:\n    vllm: http://a\n    tgi: http://b\ngeneration:\n  max_tokens: 1\n")
	local := src("local", "services:\n  manual_urls:\n    tgi: http://c\ntest_scenarios:\n  load_tests:\n    - {name: only, concurrent_users: 2, duration_seconds: 3}\n")
	l, err := Load([]Source{system, local}, "quick")
	if err != nil {
		t.Fatal(err)
	}
	c := l.Config
	if diff := cmp.Diff(map[string]string{"vllm": "http://a", "tgi": "http://c"}, c.Services.ManualURLs); diff != "" {
		t.Errorf("maps merge (-want +got):\n%s", diff)
	}
	if tests := c.TestScenarios.LoadTests; len(tests) != 1 || tests[0].Name != "only" {
		t.Errorf("lists replace, got %+v", tests)
	}
	want := map[string]string{
		"services.model":                                "system:2",
		"services.manual_urls.vllm":                     "system:4",
		"services.manual_urls.tgi":                      "local:3",
		"generation.max_tokens":                         "system:7",
		"test_scenarios.load_tests[0].concurrent_users": "local:6",
		"test_scenarios.load_tests[0].target_p95_ms":    "", // the quick preset's went with its list
		"test_scenarios.ttft.iterations":                "built-in quick-test.yaml:",
		"statistics.confidence":                         "built-in default.yaml:",
	}
	for path, origin := range want {
		got := l.Origins[path]
		if strings.HasSuffix(origin, ":") { // built-in files change; their line is only some line
			got = got[:strings.LastIndex(got, ":")+1]
		}
		if got != origin {
			t.Errorf("origin of %s = %q, want %q", path, got, origin)
		}
	}
}

func TestNullTakesALimitAway(t *testing.T) {
	l, err := Load([]Source{src("f", "test_scenarios:\n  ttft:\n    target_ms: ~\n  load_tests:\n")}, "quick")
	if err != nil {
		t.Fatal(err)
	}
	s := l.Config.TestScenarios
	if s.TTFT.TargetMS != nil || len(s.LoadTests) != 0 || s.TTFT.Iterations != 80 {
		t.Errorf("got %+v", s)
	}
}

func TestOtherPromptsDropCategoriesChosenBelowThem(t *testing.T) {
	for _, test := range []struct {
		name, file string
		want       []string
	}{
		{"of the preset", "prompts: {file: mine.txt}", nil},
		{"not of its own layer", "prompts: {file: mine.txt, categories: [tickets]}", []string{"tickets"}},
		{"by synthetic prompts too", "prompts: {synthetic: {input: '48'}}", nil},
		{"by a source too", "prompts: {source: synthetic, synthetic: {input: '48'}}", nil},
		{"not by the source that has them", "prompts: {source: builtin}", []string{"short", "chat"}},
		{"not without a file", "prompts: {prefix_cache: allow}", []string{"short", "chat"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, err := Load([]Source{src("f", test.file)}, "quick")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, l.Config.Prompts.Categories); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilesAreLookedForBesideTheConfigurationThatNamesThem(t *testing.T) {
	const file = "prompts: {file: p.txt}\ntest_scenarios: {load_tests: [{name: a, arrival: trace, trace: {file: ../t.jsonl}}, {name: b, arrival: trace, trace: {file: /abs/t.jsonl}}]}\n"
	at := filepath.Join("plans", "monday")
	l, err := Load([]Source{{Name: "f", Data: []byte(file), Dir: at}}, "")
	if err != nil {
		t.Fatal(err)
	}
	names := func() []string {
		tests := l.Config.TestScenarios.LoadTests
		return []string{l.Config.Prompts.File, tests[0].Trace.File, tests[1].Trace.File}
	}
	want := []string{filepath.Join(at, "p.txt"), filepath.Join("plans", "t.jsonl"), "/abs/t.jsonl"}
	if diff := cmp.Diff(want, names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A flag's are those of the working directory, and checking again moves nothing.
	if err := l.Set("prompts.file", "mine.txt", "--set prompts.file"); err != nil {
		t.Fatal(err)
	}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	want[0] = "mine.txt"
	if diff := cmp.Diff(want, names()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestANameDropsTheDescriptionBelowIt(t *testing.T) {
	for file, want := range map[string]string{
		"benchmark: {name: mine}":                     "",
		"benchmark: {name: mine, description: words}": "words",
		"benchmark: {description: words}":             "words",
	} {
		if got := load(t, src("f", file)).Config.Benchmark.Description; got != want {
			t.Errorf("description after %s = %q, want %q", file, got, want)
		}
	}
}

func TestProblemsOfAllLayersComeTogether(t *testing.T) {
	_, err := Load([]Source{src("b.yaml", "x: 1\n"), src("a.yaml", "generation:\n  max_tokens: 0\n")}, "")
	var all Errors
	if !errors.As(err, &all) || len(all) != 2 || all[0].File != "b.yaml" || all[1].File != "a.yaml" {
		t.Errorf("got %v", err)
	}
}

func TestEngineKind(t *testing.T) {
	for name, want := range map[string]string{
		"vllm": "vllm", "vllm-large": "vllm", "openai-llama3.1": "openai", "ollama": "ollama", "tgi-2": "tgi",
		"": "", "vllm-": "", "vllmx": "", "triton": "", "vllm large": "", "VLLM": "",
	} {
		if got, ok := EngineKind(name); got != want || ok != (want != "") {
			t.Errorf("EngineKind(%q) = %q, %v; want %q", name, got, ok, want)
		}
	}
}
