package config

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planned is about how long a run takes for three engines that answer at a
// usual pace, in seconds.
func planned(c Config) float64 {
	request := func(tokens, fallback int) float64 {
		if tokens == 0 {
			tokens = fallback
		}
		return 0.2 + 0.02*float64(tokens)
	}
	s, all := c.TestScenarios, 0.0
	if s.TTFT.IsEnabled() {
		all += float64(s.TTFT.Iterations+s.TTFT.WarmupIterations) * request(s.TTFT.MaxTokens, c.Generation.MaxTokens)
	}
	for _, l := range s.LoadTests {
		all += l.DurationSeconds + float64(l.Rounds)*(l.WarmupSeconds+l.RampUpSeconds+request(l.MaxTokens, c.Generation.MaxTokens))
	}
	return 3 * all
}

func TestPresetsTakeTheTimeTheyPromise(t *testing.T) {
	for preset, minutes := range map[string][2]float64{"quick": {1, 5}, "standard": {25, 32}, "stress": {55, 62}} {
		l, err := Load(nil, preset)
		if err != nil {
			t.Fatal(err)
		}
		if m := planned(l.Config) / 60; m < minutes[0] || m > minutes[1] {
			t.Errorf("%s takes %.1f minutes, want %v", preset, m, minutes)
		}
	}
}

// The quick run's p95 must have an interval, or its target could not be judged.
func TestQuickSupportsItsTarget(t *testing.T) {
	l, err := Load(nil, "quick")
	if err != nil {
		t.Fatal(err)
	}
	want := TTFT{Enabled: ptr(true), Iterations: 80, ConfidentWidth: 0.1, TargetMS: ptr(100.0), TargetStatistic: "p95", WarmupIterations: 3, MaxTokens: 16}
	if diff := cmp.Diff(want, l.Config.TestScenarios.TTFT); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	first := l.Config.TestScenarios.LoadTests[0]
	if first.Name != "quick_latency" || first.ConcurrentUsers != 5 || first.DurationSeconds != 10 || *first.TargetP95MS != 500 {
		t.Errorf("got %+v", first)
	}
}

func TestGenerate(t *testing.T) {
	for _, preset := range append(Presets(), "") {
		data, err := Generate(preset)
		if err != nil {
			t.Fatal(err)
		}
		if line, _, _ := bytes.Cut(data, []byte("\n")); string(line) != "# yaml-language-server: $schema="+SchemaURL {
			t.Errorf("%q begins with %q", preset, line)
		}
		generated, err := Load([]Source{{Name: "generated", Data: data}}, "")
		if err != nil {
			t.Fatal(err)
		}
		direct, err := Load(nil, preset)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(direct.Config, generated.Config); diff != "" {
			t.Errorf("%q as a file differs from the preset:\n%s", preset, diff)
		}
	}
	if _, err := Generate("qiuck"); err == nil || !strings.Contains(err.Error(), `did you mean "quick"?`) {
		t.Errorf("err = %v", err)
	}
	if _, err := Load(nil, "nonsense"); err == nil || !strings.Contains(err.Error(), "standard, quick, stress") {
		t.Errorf("err = %v", err)
	}
}

// default.yaml is the documentation of the format, so each key is in it, if
// only in a comment.
func TestDefaultNamesEveryKey(t *testing.T) {
	data, err := Generate("standard")
	if err != nil {
		t.Fatal(err)
	}
	var walk func(s *spec)
	walk = func(s *spec) {
		for _, f := range s.fields {
			if !bytes.Contains(data, []byte(f.name+":")) {
				t.Errorf("default.yaml does not name %s", f.name)
			}
			walk(f.spec)
		}
		if s.form == list {
			walk(s.elem)
		}
	}
	walk(root)
}

// The commented-out lines must work once the mark is taken away.
func TestDefaultsCommentsAreValid(t *testing.T) {
	data, err := Generate("standard")
	if err != nil {
		t.Fatal(err)
	}
	on := 0
	var out []string
	for line := range strings.Lines(string(data)) {
		bare, found := strings.CutPrefix(strings.TrimLeft(line, " "), "# ")
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		key, _, hasKey := strings.Cut(strings.TrimLeft(bare, " "), ":")
		setting := hasKey && !strings.ContainsAny(key, " (,") && !strings.HasPrefix(bare, "Further")
		if found && indent != "" && (setting || strings.HasPrefix(bare, "- {")) {
			line = indent + bare
			on++
		}
		out = append(out, line)
	}
	if on < 15 {
		t.Fatalf("only %d commented settings found", on)
	}
	// The keys of uniform and of exponential exclude one another, as do the
	// sources of prompts.
	file := strings.NewReplacer("min_seconds", "#", "max_seconds", "#", "synthetic: {", "# {").Replace(strings.Join(out, ""))
	l, err := Load([]Source{src("default.yaml", file)}, "")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.Config.TestScenarios.LoadTests); n != 3+len(arrivalKeys)-1+len(sweeps) {
		t.Errorf("%d load tests, want the preset's, one of each other arrival and one of each sweep", n)
	}
	if got := fmt.Sprintf("%v %s %g", l.Config.Services.API, l.Config.Prompts.File, l.Config.TestScenarios.LoadTests[2].ThinkTime.Seconds); got != "map[vllm:completions] prompts.txt 2" {
		t.Errorf("got %s", got)
	}
}
