package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOverride(t *testing.T) {
	l, err := Load([]Source{src("f", "services:\n  manual_urls:\n    vllm: http://a\n")}, "stress")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []struct {
		path  string
		value any
	}{
		{"generation.max_tokens", 7},
		{"generation.temperature", nil},
		{"generation.seed", int64(1)<<62 + 1},
		{"benchmark.name", "007: [\"x\"]\n"},
		{"statistics.confidence", 0.9},
		{"services.manual_urls.vllm-3.1", "http://b"},
		{"output.formats", []string{"csv"}},
		{"output.charts", false},
		{"prompts.file", "mine.txt"},
		{"test_scenarios.load_tests[1].concurrent_users", 3},
		{"test_scenarios.ttft.target_ms", 12.5},
	} {
		if err := l.Override(o.path, o.value, "--flag"); err != nil {
			t.Errorf("%s: %v", o.path, err)
		}
		if l.Origins[o.path] != "--flag" {
			t.Errorf("origin of %s = %q", o.path, l.Origins[o.path])
		}
	}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	c := l.Config
	type view struct {
		Tokens, Users int
		Seed          int64
		Name, Source  string
		Confidence    float64
		URLs          map[string]string
		Formats       []string
	}
	want := view{7, 3, 1<<62 + 1, "007: [\"x\"]\n", "file", 0.9, map[string]string{"vllm": "http://a", "vllm-3.1": "http://b"}, []string{"csv"}}
	got := view{c.Generation.MaxTokens, c.TestScenarios.LoadTests[1].ConcurrentUsers, *c.Generation.Seed, c.Benchmark.Name, c.Prompts.Source, c.Statistics.Confidence, c.Services.ManualURLs, c.Output.Formats}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c.Generation.Temperature != nil || c.Output.Charts || *c.TestScenarios.TTFT.TargetMS != 12.5 {
		t.Errorf("got %+v", c)
	}
}

func TestOverrideRefuses(t *testing.T) {
	for _, test := range []struct {
		path  string
		value any
		want  string
	}{
		{"generation.max_tokens", -1, `--flag: max_tokens must be at least 1, not -1`},
		{"generation.max_tokens", "5", `--flag: max_tokens wants a whole number, not the text "5"`},
		{"generation.max_token", 5, `did you mean "max_tokens"?`},
		{"test_scenarios.load_tests[9].rounds", 5, `--flag: load_tests has no entry "9"`},
		{"services.manual_urls.vlm", "http://a", `did you mean "vllm"?`},
		{"generation.max_tokens", func() {}, "--flag: "},
	} {
		l := load(t)
		before := l.Config
		err := l.Override(test.path, test.value, "--flag")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Override(%s, %v) = %v; want %s", test.path, test.value, err, test.want)
		}
		if diff := cmp.Diff(before, l.Config); diff != "" {
			t.Errorf("a refused override of %s changed (-before +after):\n%s", test.path, diff)
		}
		if again := l.Validate(); again == nil || again.Error() != err.Error() {
			t.Errorf("Validate = %v, want it to say again %v", again, err)
		}
	}
}

func TestOverridesAreCheckedTogether(t *testing.T) {
	l := load(t)
	for path, value := range map[string]any{"services.manual_urls.vllm": "nonsense", "retries.initial_backoff_ms": 60000} {
		if err := l.Override(path, value, "--"+path); err != nil {
			t.Fatal(err)
		}
	}
	err := l.Validate()
	if err == nil || !strings.Contains(err.Error(), "--services.manual_urls.vllm: ") || !strings.Contains(err.Error(), "--retries.initial_backoff_ms: ") {
		t.Errorf("Validate = %v", err)
	}
}
