package benchmark

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/inputs"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// Complete reads the configuration and finds out which engines to measure,
// which may take a look at the cluster.
func (o *Options) Complete(ctx context.Context) error {
	if err := ui.CheckOutput(o.Output, append(ui.Outputs(), outputName)...); err != nil {
		return &cli.UsageError{Err: err}
	}
	if err := o.Baseline.complete(); err != nil {
		return err
	}
	if err := o.load(); err != nil {
		return err
	}
	if err := o.checkCrew(); err != nil {
		return err
	}
	if err := o.findEngines(ctx); err != nil {
		return err
	}
	if err := o.fit(); err != nil {
		return err
	}
	if err := o.checkRails(); err != nil {
		return err
	}
	if err := report.CheckFormats(o.config.Config.Output.Formats); err != nil {
		return &cli.UsageError{Err: err}
	}
	return o.say()
}

// load lays the configuration's layers.
func (o *Options) load() error {
	sources, err := o.sources()
	if err != nil {
		return err
	}
	if o.config, err = config.Load(sources, o.Preset); err != nil {
		return err
	}
	if err := o.override(); err != nil {
		return err
	}
	if err := o.overrideCapacity(); err != nil {
		return err
	}
	if err := o.config.Validate(); err != nil {
		return err
	}
	o.traces, err = inputs.ReadTraces(o.config.Config, o.System.ReadFile)
	return err
}

func (o *Options) sources() ([]config.Source, error) {
	var all []config.Source
	for _, name := range config.Candidates(o.System.Getenv) {
		data, err := o.System.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, cli.Usagef("read configuration: %w", err)
		}
		all = append(all, config.Source{Name: name, Data: data, Dir: filepath.Dir(name)})
	}
	if o.ConfigFile == "" {
		return all, nil
	}
	data, err := o.System.ReadFile(o.ConfigFile)
	if err != nil {
		return nil, cli.Usagef("read --config: %w; write one with 'kubectl llmbench generate-config --file %s'", err, o.ConfigFile)
	}
	return append(all, config.Source{Name: o.ConfigFile, Data: data, Dir: filepath.Dir(o.ConfigFile)}), nil
}

// override lays the flags on top.
func (o *Options) override() error {
	var faults []error
	set := func(path string, value any, flag string) {
		faults = append(faults, o.config.Override(path, value, flag))
	}
	for _, text := range o.Settings {
		path, value, ok := config.CutSetting(text)
		if !ok {
			return cli.Usagef("--set %q: want path=value, as generation.max_tokens=64", text)
		}
		faults = append(faults, o.config.Set(path, value, "--set "+path))
	}
	for _, text := range o.URLs {
		name, url, ok := strings.Cut(text, "=")
		if !ok {
			return cli.Usagef("--url %q: want engine=URL, as vllm=https://vllm.example.com", text)
		}
		set("services.manual_urls."+name, url, "--url")
	}
	for _, text := range o.Models {
		if name, model, ok := cutEngine(text); ok {
			set("services.models."+name, model, "--model")
		} else {
			set("services.model", text, "--model")
		}
	}
	if o.OutputDir != "" {
		set("output.directory", o.OutputDir, "--output-dir")
	}
	if o.Formats != nil {
		set("output.formats", o.Formats, "--format")
	}
	o.switches(set)
	if o.UntilConfident {
		if !o.config.Config.TestScenarios.TTFT.IsEnabled() {
			return cli.Usagef("--until-confident is about the scenario of single requests, and this configuration does not run it")
		}
		set("test_scenarios.ttft.until_confident", true, "--until-confident")
	}
	return errors.Join(faults...)
}

// switches lays the flags on top that turn something on or off.
func (o *Options) switches(set func(path string, value any, flag string)) {
	for _, s := range []struct {
		given bool
		path  string
		value bool
		flag  string
	}{
		{o.NoCharts, "output.charts", false, "--no-charts"},
		{o.RecordFrames, "output.record_frames", true, "--record-frames"},
		{o.RecordText, "output.record_text", true, "--record-text"},
	} {
		if s.given {
			set(s.path, s.value, s.flag)
		}
	}
}

// cutEngine splits engine=VALUE. A value may hold an equals sign itself, so
// what stands before the first must be the name of an engine.
func cutEngine(text string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(text, "=")
	if _, known := config.EngineKind(name); !ok || !known {
		return "", "", false
	}
	return name, value, true
}

// fit makes the load tests as heavy and as long as --users and --duration ask.
func (o *Options) fit() error {
	tests := o.config.Config.TestScenarios.LoadTests
	if len(tests) == 0 && (o.Users != 0 || o.Duration != 0) {
		return cli.Usagef("--users and --duration are about load tests, and this configuration has none")
	}
	var faults []error
	if o.Users != 0 {
		most := 0
		for _, t := range tests {
			most = max(most, t.ConcurrentUsers)
		}
		if most == 0 {
			return cli.Usagef("--users is about users who wait for their answers, and the load tests of this configuration have none of their own: they send at a rate, or sweep")
		}
		for i, t := range tests {
			if t.IsOpen() || t.ConcurrentUsers == 0 {
				continue // a rate, or a sweep, which names its users itself
			}
			n := max(int(math.Round(float64(t.ConcurrentUsers)*float64(o.Users)/float64(most))), min(o.Users, 1))
			faults = append(faults, o.config.Override(fmt.Sprintf("test_scenarios.load_tests[%d].concurrent_users", i), n, "--users"))
		}
	}
	if o.Duration != 0 {
		factor, err := o.stretch()
		if err != nil {
			return err
		}
		for i, t := range tests {
			if !stretches(t) {
				continue
			}
			faults = append(faults, o.config.Override(fmt.Sprintf("test_scenarios.load_tests[%d].duration_seconds", i), max(math.Round(t.DurationSeconds*factor*10)/10, 0.1), "--duration"))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	return o.config.Validate()
}

// stretches says whether a load test takes as long as it is told: steps and
// traces have their own time.
func stretches(t config.LoadTest) bool {
	return t.Arrival != config.ArrivalSteps && t.Arrival != config.ArrivalTrace
}

// stretch is what the load tests' durations must be multiplied with for the
// run to take the time that was asked for.
func (o *Options) stretch() (float64, error) {
	plan := o.plan()
	measured := 0.0
	for _, t := range o.config.Config.TestScenarios.Loads() {
		if stretches(t.LoadTest) {
			measured += t.DurationSeconds * float64(len(o.engines))
		}
	}
	if measured == 0 {
		return 0, cli.Usagef("--duration cannot stretch load tests whose steps or traces have their own time")
	}
	rest := plan.ExpectedS - measured
	wanted := time.Duration(o.Duration).Seconds()
	if wanted-rest < 1 {
		return 0, cli.Usagef("--duration %s leaves no time for load: everything else takes about %s", &o.Duration, (time.Duration(rest * float64(time.Second))).Round(time.Second))
	}
	return (wanted - rest) / measured, nil
}

// plan is what the run would do.
func (o *Options) plan() record.Plan {
	infos := make([]record.EngineInfo, len(o.engines))
	for i, e := range o.engines {
		infos[i] = e.info()
	}
	return bench.PlanWith(o.config.Config, o.traces, infos, o.Seed)
}

// say tells where each setting came from, under --verbose.
func (o *Options) say() error {
	if !o.Verbose {
		return nil
	}
	for _, s := range o.config.Settings() {
		origin := s.Origin
		if origin == "" {
			origin = "follows from the others"
		}
		if _, err := fmt.Fprintf(o.Streams.Err, "config: %s = %s (%s)\n", s.Path, ui.Printable(s.Value), origin); err != nil {
			return err
		}
	}
	return nil
}
