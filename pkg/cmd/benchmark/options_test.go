package benchmark

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// options returns the options of a verb on a machine that has these files and
// variables.
func options(preset string, files, env map[string]string) (*Options, *bytes.Buffer) {
	var out bytes.Buffer
	return &Options{
		Preset: preset, Output: "table", Seed: 1,
		Streams: cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out},
		System: cli.System{
			Getenv: func(name string) string { return env[name] },
			ReadFile: func(name string) ([]byte, error) {
				text, ok := files[name]
				if !ok {
					return nil, fs.ErrNotExist
				}
				return []byte(text), nil
			},
			Now: time.Now,
		},
	}, &out
}

func TestTokensComeFromFilesOrTheEnvironment(t *testing.T) {
	files := map[string]string{"all": "for-all\n", "own": "  for-vllm\r\n", "odd": "two words\n", "empty": "\n"}
	for _, tt := range []struct {
		name  string
		flags []string
		env   string
		want  string
		fault string
	}{
		{"nothing", nil, "", "", ""},
		{"the environment", nil, "from-env", "from-env", ""},
		{"a file goes before the environment", []string{"all"}, "from-env", "for-all", ""},
		{"a file of its own goes before that", []string{"all", "vllm=own"}, "", "for-vllm", ""},
		{"another engine's file does not count", []string{"tgi=own"}, "", "", ""},
		{"an empty file", []string{"empty"}, "", "", ""},
		{"no such file", []string{"missing"}, "", "", "--engine-token-file"},
		{"a token that no header may have", []string{"odd"}, "", "", "the token in odd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options("quick", files, map[string]string{tokenVariable: tt.env})
			o.TokenFiles = tt.flags
			got, err := o.token("vllm")
			if tt.fault == "" && (err != nil || got != tt.want) {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
			var usage *cli.UsageError
			if tt.fault != "" && (!errors.As(err, &usage) || !strings.Contains(err.Error(), tt.fault) || strings.Contains(err.Error(), "words")) {
				t.Errorf("error %v, want a usage error with %q and no part of the token", err, tt.fault)
			}
		})
	}
}

func TestEnginesAreInTheOrderOfTables(t *testing.T) {
	o, _ := options("quick", nil, nil)
	o.URLs = []string{"openai=http://d", "ollama=http://c", "vllm-b=http://b", "vllm=http://a", "tgi=http://t"}
	if err := o.Complete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := names(o.engines); got != "vllm, vllm-b, tgi, ollama, openai" {
		t.Errorf("engines %s", got)
	}
	o.Services = []string{"vllm", "ollama"}
	if err := o.choose(); err != nil {
		t.Fatal(err)
	}
	if got := names(o.engines); got != "vllm, vllm-b, ollama" {
		t.Errorf("chosen by kind and name: %s", got)
	}
}

func TestUsersAndDurationAreFitted(t *testing.T) {
	for _, tt := range []struct {
		name     string
		users    int
		duration time.Duration
		want     []int
	}{
		{"users keep their proportion", 100, 0, []int{20, 50, 100}},
		{"and are at least one", 2, 0, []int{1, 1, 2}},
		{"a duration is met", 0, 90 * time.Minute, []int{10, 25, 50}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options("stress", nil, nil)
			o.URLs, o.Users, o.Duration = []string{"vllm=http://a", "tgi=http://b"}, tt.users, minutes(tt.duration)
			if err := o.Complete(t.Context()); err != nil {
				t.Fatal(err)
			}
			var users []int
			for _, l := range o.config.Config.TestScenarios.LoadTests {
				users = append(users, l.ConcurrentUsers)
			}
			if diff := cmp.Diff(tt.want, users); diff != "" {
				t.Errorf("users (-want +got):\n%s", diff)
			}
			if got := o.plan().ExpectedS; tt.duration > 0 && (got < tt.duration.Seconds()-1 || got > tt.duration.Seconds()+1) {
				t.Errorf("the plan takes %v s, want %v", got, tt.duration)
			}
		})
	}
}

// openLoops is a configuration of an open loop, one of fixed steps and a closed
// one, the last where it is wanted.
func openLoops(tests ...string) map[string]string {
	return map[string]string{"open.yaml": "test_scenarios: {load_tests: [" + strings.Join(tests, ", ") + "]}\n"}
}

const (
	closedTest = "{name: closed, concurrent_users: 10, duration_seconds: 10}"
	openTest   = "{name: open, arrival: poisson, rate_per_s: 5, duration_seconds: 10}"
	stepsTest  = "{name: steps, arrival: steps, steps: [{rate_per_s: 1, duration_seconds: 10}]}"
)

func TestUsersAndDurationLeaveOpenLoopsTheirOwn(t *testing.T) {
	o, _ := options("", openLoops(closedTest, openTest, stepsTest), nil)
	o.ConfigFile, o.URLs, o.Users, o.Duration = "open.yaml", []string{"vllm=http://a"}, 4, minutes(30*time.Minute)
	if err := o.Complete(t.Context()); err != nil {
		t.Fatal(err)
	}
	tests := o.config.Config.TestScenarios.LoadTests
	if tests[0].ConcurrentUsers != 4 || tests[1].ConcurrentUsers != 0 || tests[1].RatePerS != 5 {
		t.Errorf("%+v", tests)
	}
	if got := o.plan().ExpectedS; got < 30*60-1 || got > 30*60+1 {
		t.Errorf("the plan takes %v s, want half an hour", got)
	}
	for name, tt := range map[string]struct {
		tests    []string
		users    int
		duration time.Duration
	}{
		"no users anywhere":       {[]string{openTest}, 4, 0},
		"nothing to be stretched": {[]string{stepsTest}, 0, time.Hour},
	} {
		o, _ := options("", openLoops(tt.tests...), nil)
		o.ConfigFile, o.URLs, o.Users, o.Duration = "open.yaml", []string{"vllm=http://a"}, tt.users, minutes(tt.duration)
		var usage *cli.UsageError
		if err := o.Complete(t.Context()); !errors.As(err, &usage) {
			t.Errorf("%s: %v, want a usage error", name, err)
		}
	}
}

func TestBareDurationsAreMinutes(t *testing.T) {
	for text, want := range map[string]time.Duration{"60": time.Hour, "1.5": 90 * time.Second, "90s": 90 * time.Second, "2h": 2 * time.Hour} {
		var m minutes
		if err := m.Set(text); err != nil || time.Duration(m) != want {
			t.Errorf("%q: %v, %v; want %v", text, time.Duration(m), err, want)
		}
	}
	for _, text := range []string{"", "-5", "0", "soon", "5 m"} {
		var m minutes
		if m.Set(text) == nil {
			t.Errorf("%q was taken for %v", text, time.Duration(m))
		}
	}
}

func TestRunIDsTellRunsOfASecondApart(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	if a, b := newRunID(now, 1), newRunID(now, 2); a == b || a != "20260304t050607-000001" {
		t.Errorf("%s and %s", a, b)
	}
}

func TestUntilConfidentIsLaidOverFiles(t *testing.T) {
	files := map[string]string{
		"on.yaml":  "test_scenarios: {ttft: {until_confident: false, confident_width: 0.2}}\n",
		"off.yaml": "test_scenarios: {ttft: {enabled: false}}\n",
	}
	o, _ := options("quick", files, nil)
	o.URLs, o.ConfigFile, o.UntilConfident = []string{"vllm=http://a"}, "on.yaml", true
	if err := o.Complete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ttft := o.config.Config.TestScenarios.TTFT; !ttft.UntilConfident || ttft.ConfidentWidth != 0.2 {
		t.Errorf("%+v", ttft)
	}
	if shape := o.plan().Scenarios[0].Shape; !shape.UntilConfident {
		t.Errorf("the plan does not say so: %+v", shape)
	}
	o, _ = options("quick", files, nil)
	o.URLs, o.ConfigFile, o.UntilConfident = []string{"vllm=http://a"}, "off.yaml", true
	var usage *cli.UsageError
	if err := o.Complete(t.Context()); !errors.As(err, &usage) || !strings.Contains(err.Error(), "--until-confident") {
		t.Errorf("error %v, want a usage error: nothing would be stopped", err)
	}
}
