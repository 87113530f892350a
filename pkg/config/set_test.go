package config

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSetReadsValuesAsAFileDoes(t *testing.T) {
	l, err := Load(nil, "stress")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		path, value string
	}{
		{"generation.max_tokens", "7"},
		{"generation.temperature", "null"},
		{"statistics.confidence", "0.9"},
		{"benchmark.name", "007"},
		{"benchmark.description", "yes: [no"},
		{"services.manual_urls.vllm-3.1", "http://b"},
		{"services.models.vllm", "123"},
		{"output.formats", "[csv, json]"},
		{"output.charts", "false"},
		{"test_scenarios.load_tests[1].concurrent_users", "3"},
	} {
		if err := l.Set(s.path, s.value, "--set"); err != nil {
			t.Errorf("%s=%s: %v", s.path, s.value, err)
		}
		if l.Origins[s.path] != "--set" {
			t.Errorf("origin of %s = %q", s.path, l.Origins[s.path])
		}
	}
	c := l.Config
	got := []any{c.Generation.MaxTokens, c.Generation.Temperature == nil, c.Statistics.Confidence, c.Benchmark.Name, c.Benchmark.Description, c.Services.ManualURLs["vllm-3.1"], c.Services.Models["vllm"], c.Output.Formats, c.Output.Charts, c.TestScenarios.LoadTests[1].ConcurrentUsers}
	want := []any{7, true, 0.9, "007", "yes: [no", "http://b", "123", []string{"csv", "json"}, false, 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSetRefuses(t *testing.T) {
	for _, test := range []struct{ path, value, want string }{
		{"generation.max_tokens", "many", "--set: max_tokens wants a whole number"},
		{"generation.max_tokens", "", "there is no value"},
		{"generation.max_tokens", "5\n6: {", "--set: "},
		{"generation.max_token", "5", `did you mean "max_tokens"?`},
		{"generation.context", "5", `did you mean "context_length"?`},
		{"generation", "5", "--set: "},
		{"output.formats", "[csv", "--set: "},
		{"output.charts.png", "true", "--set: "},
		{"test_scenarios.load_tests[x].rounds", "5", `load_tests has no entry "x"`},
		{"", "5", "--set: "},
	} {
		l := load(t)
		before := l.Config
		err := l.Set(test.path, test.value, "--set")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Set(%s, %q) = %v; want %s", test.path, test.value, err, test.want)
		}
		if diff := cmp.Diff(before, l.Config); diff != "" {
			t.Errorf("a refused %s changed (-before +after):\n%s", test.path, diff)
		}
	}
}

// TestEveryKeyIsASetting holds the listed keys to the format: each is found by
// its path, stands for one value, and none is listed twice.
func TestEveryKeyIsASetting(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		s, ok := root.at(steps(k.Path))
		if !ok || s.form == section || s.form == table {
			t.Errorf("%s is no setting", k.Path)
		}
		if seen[k.Path] {
			t.Errorf("%s is listed twice", k.Path)
		}
		seen[k.Path] = true
	}
	for _, path := range []string{"generation.max_tokens", "services.models.tgi", "output.formats", "test_scenarios.load_tests[0].concurrent_users"} {
		if !seen[path] {
			t.Errorf("%s is not listed", path)
		}
	}
	l, err := Load(nil, "standard")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Settings() {
		if first := indices.ReplaceAllString(s.Path, "[0]"); !seen[first] {
			t.Errorf("%s is set by a preset and not listed", s.Path)
		}
	}
	charts := slices.IndexFunc(Keys(), func(k Key) bool { return k.Path == "output.charts" })
	if want := []string{"true", "false"}; !reflect.DeepEqual(Keys()[charts].Values, want) {
		t.Errorf("output.charts: %q", Keys()[charts].Values)
	}
}

func TestCutSetting(t *testing.T) {
	for text, want := range map[string][3]any{
		"a.b=c=d": {"a.b", "c=d", true},
		"a.b=":    {"a.b", "", true},
		"a.b":     {"a.b", "", false},
		"=c":      {"", "c", false},
	} {
		path, value, ok := CutSetting(text)
		if got := [3]any{path, value, ok}; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// FuzzSet has whatever a caller types refused or taken, and what is refused
// change nothing.
func FuzzSet(f *testing.F) {
	for _, s := range []string{"64", "", "null", "[a,", "- 1\n- 2", "{a: b}", "&x 1", "*x", "!!int 3", "--- 1\n--- 2", "\"", "a: b\n\t c", "# x"} {
		f.Add("generation.max_tokens", s)
		f.Add("output.formats", s)
		f.Add("test_scenarios.load_tests[0]", s)
		f.Add("services.models", s)
	}
	f.Fuzz(func(t *testing.T, path, value string) {
		l, err := Load(nil, "stress")
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Set(path, value, "--set"); err == nil {
			return
		}
		if l.Validate() == nil {
			t.Errorf("Set(%q, %q) was refused, and Validate knows nothing of it", path, value)
		}
	})
}

// indices are those of lists in a path.
var indices = regexp.MustCompile(`\[\d+\]`)
