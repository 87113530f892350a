// Package examples runs the example configurations.
package examples

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	plugin "github.com/kubectl-llmbench/kubectl-llmbench/test/program"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/simulated"
)

// llmbench is the plugin, built once.
var llmbench string

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "8") //nolint:errcheck,gosec // it is a flag of every test; most of them wait
	os.Exit(plugin.Main(m, &llmbench))
}

// folder holds the examples, and the files that they name.
var folder = filepath.Join(plugin.Root(), "config", "examples")

// engines are what is measured.
var engines = []string{"vllm", "tgi", "ollama"}

// fewest is how many examples there are at least.
const fewest = 8

// Every example runs to its end against simulated engines and has an answer for
// each of its scenarios. Only times and numbers of requests are made smaller.
func TestEveryExampleRuns(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) < fewest {
		t.Fatalf("%d examples, want at least %d: %v", len(files), fewest, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			loaded, err := config.Load([]config.Source{{Name: file, Data: data}}, "")
			if err != nil {
				t.Fatal(err)
			}
			check(t, loaded.Config, run(t, file, loaded.Config))
		})
	}
}

// shortened are the settings that make a run take seconds.
func shortened(c config.Config) (settings []string) {
	set := func(path string, value any) { settings = append(settings, fmt.Sprintf("%s=%v", path, value)) }
	s := c.TestScenarios
	set("test_scenarios.ttft.iterations", 6)
	set("test_scenarios.ttft.warmup_iterations", 1)
	for i, t := range s.LoadTests {
		at := fmt.Sprintf("test_scenarios.load_tests[%d].", i)
		switch {
		case t.Trace.File != "":
			set(at+"trace.speed", 300)
			set(at+"duration_seconds", 2)
		case t.BurstPeriodSeconds > 0:
			set(at+"burst_period_seconds", 1)
			set(at+"duration_seconds", 2)
		case len(t.UsersSweep)+len(t.RateSweep) > 0:
			set(at+"duration_seconds", 0.6)
		default:
			set(at+"duration_seconds", 1.5)
		}
		set(at+"rounds", 1)
		set(at+"warmup_seconds", 0)
		if t.RampUpSeconds > 0 {
			set(at+"ramp_up_seconds", 1)
		}
		if think := t.ThinkTime; think.Distribution == "uniform" {
			set(at+"think_time.min_seconds", 0.05)
			set(at+"think_time.max_seconds", 0.1)
		} else if think.Distribution != "" {
			set(at+"think_time.seconds", 0.1)
		}
	}
	set("test_scenarios.capacity.start_rate_per_s", 8)
	set("test_scenarios.capacity.max_rate_per_s", 16)
	set("test_scenarios.capacity.step_seconds", 1)
	set("test_scenarios.capacity.max_step_seconds", 3)
	set("test_scenarios.capacity.warmup_seconds", 0)
	set("generation.max_tokens", 4)
	set("output.formats", "[json]")
	return settings
}

// run measures simulated engines as an example says.
func run(t *testing.T, file string, c config.Config) record.Summary {
	t.Helper()
	results := t.TempDir()
	args := []string{"custom", "--config", file, "--output-dir", results, "--no-charts"}
	for _, s := range shortened(c) {
		args = append(args, "--set", s)
	}
	for _, engine := range engines {
		args = append(args, "--url", engine+"="+simulated.ServeQuick(t, engine, cmp.Or(c.Services.Models[engine], c.Services.Model)))
	}
	command := exec.Command(llmbench, args...) //nolint:gosec,noctx // our own program
	command.Dir = t.TempDir()                  // files are looked for beside the example
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	data, err := os.ReadFile(filepath.Join(results, "latest", "processed", "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s record.Summary
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// check looks for what the example promises.
func check(t *testing.T, c config.Config, s record.Summary) {
	t.Helper()
	if len(s.Scenarios) == 0 {
		t.Fatal("no scenarios")
	}
	searched := false
	for _, sc := range s.Scenarios {
		searched = searched || sc.Kind == record.KindCapacity
		if len(sc.Engines) != len(engines) {
			t.Errorf("%s: %d engines", sc.Name, len(sc.Engines))
		}
		for _, e := range sc.Engines {
			if e.Succeeded == 0 || e.Failed > 0 {
				t.Errorf("%s: %s succeeded %d times and failed %d: %v", sc.Name, e.Engine, e.Succeeded, e.Failed, e.Errors)
			}
		}
	}
	if searched != c.TestScenarios.Capacity.Enabled {
		t.Errorf("searched for the capacity: %v", searched)
	}
	for _, found := range s.Scenarios[len(s.Scenarios)-1].Capacity {
		if len(found.Curve) == 0 {
			t.Errorf("no rate was tried of %s", found.Engine)
		}
	}
	for _, l := range c.TestScenarios.LoadTests {
		if named := slices.ContainsFunc(s.Targets, func(r record.TargetResult) bool { return strings.HasPrefix(r.Scenario, l.Name) }); named != (l.TargetP95MS != nil) {
			t.Errorf("%s: target in the results: %v", l.Name, named)
		}
	}
}
