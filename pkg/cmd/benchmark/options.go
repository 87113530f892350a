package benchmark

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/crew"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
)

// Options are what the flags of a measuring verb say, and what Complete makes
// of them.
type Options struct {
	Streams cli.Streams
	System  cli.System
	Build   cli.Build
	// Preset is the built-in configuration to start from, "" for standard.
	Preset string

	ConfigFile   string
	URLs         []string
	Models       []string
	Services     []string
	Settings     []string
	Simulate     bool
	Seed         uint64
	Duration     minutes
	Users        int
	OutputDir    string
	Output       string
	Formats      []string
	NoCharts     bool
	RecordFrames bool
	RecordText   bool
	DryRun       bool
	Verbose      bool
	FailOnTarget bool
	// UntilConfident ends the scenario of single requests once enough is known.
	UntilConfident bool
	Colour         cli.Colour
	Baseline       baseline

	Capacity capacityFlags

	// Rails keep the run from doing harm.
	Rails rails

	TokenFiles []string
	Trust      cluster.Trust
	Cluster    cluster.Flags
	Crew       crew.Flags

	config  *config.Loaded
	traces  bench.Traces
	engines []endpoint
	search  cluster.Search
	// seen is what a search in the cluster came to, nil without one;
	// unreached are the engines among it that there is no way to.
	seen      *cluster.Found
	unreached []discover.Found
}

func (o *Options) bind(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.ConfigFile, "config", "", "Configuration file, laid over the built-in one and those of this machine")
	f.StringArrayVar(&o.Settings, "set", nil, "Setting of the configuration, as path=value (generation.max_tokens=64, output.formats=[csv,html]); repeatable. A flag of its own for the same setting prevails")
	f.StringArrayVar(&o.URLs, "url", nil, "Engine to measure, as engine=URL (vllm, tgi, ollama, openai, or vllm-NAME where two of a kind run); repeatable")
	f.StringArrayVar(&o.Models, "model", nil, "Model to ask for, as NAME for every engine or engine=NAME for one; repeatable")
	f.StringSliceVar(&o.Services, "services", nil, "Measure only these of the engines, by name or kind (vllm,tgi), or by Service under a name (vllm=team-a/vllm-large)")
	f.BoolVar(&o.Simulate, "simulate", false, "Measure simulated engines that run on this machine as processes of their own")
	f.Uint64Var(&o.Seed, "seed", 1, "Seed of the prompts' order, of pauses and of simulated engines")
	f.Var(&o.Duration, "duration", "Time the whole run should take, load tests stretched or cut to fit; a bare number is minutes")
	f.IntVar(&o.Users, "users", 0, "Users of the heaviest load test; the lighter ones keep their proportion")
	f.BoolVar(&o.UntilConfident, "until-confident", false, "Send single requests only until it is known which engine is the fastest, or each median; the iterations are then the most")
	f.StringVar(&o.OutputDir, "output-dir", "", "Folder in which the run gets a folder of its own (default results)")
	f.StringVarP(&o.Output, "output", "o", "table", "Standard output: table, wide, json, yaml or name (of the run's folder)")
	f.StringSliceVar(&o.Formats, "format", nil, "Documents to write: "+strings.Join(report.Formats(), ", "))
	f.BoolVar(&o.NoCharts, "no-charts", false, "Write no charts")
	f.BoolVar(&o.RecordFrames, "record-frames", false, "Keep the arrival of every token-bearing frame with each sample")
	f.BoolVar(&o.RecordText, "record-text", false, "Keep prompts and answers with the run, in raw/texts.jsonl; they hold whatever was said")
	f.BoolVar(&o.DryRun, "dry-run", false, "Print the plan and send nothing")
	f.BoolVar(&o.Verbose, "verbose", false, "Say where each setting came from and why requests failed")
	cli.BindColour(f, &o.Colour)
	f.BoolVar(&o.FailOnTarget, "fail-on-target", false, "Exit with 3 where a target was missed or could not be shown to be met")
	f.StringArrayVar(&o.TokenFiles, "engine-token-file", nil, "File with the bearer token of the engines, as FILE or engine=FILE; repeatable. LLMBENCH_ENGINE_TOKEN holds one too")
	o.Baseline.bind(f)
	o.Rails.bind(f)
	o.Trust.Bind(f)
	o.Crew.Bind(c, o.Build.Version)
	o.Cluster.Bind(c)
}

// minutes is a duration flag whose bare number is minutes.
type minutes time.Duration

// String implements pflag.Value.
func (m *minutes) String() string {
	if *m == 0 {
		return ""
	}
	return time.Duration(*m).String()
}

// Type implements pflag.Value.
func (*minutes) Type() string { return "duration" }

// Set implements pflag.Value.
func (m *minutes) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "m")
	}
	if err != nil || d <= 0 {
		return cli.Usagef("%q is no duration: want minutes, as 60, or a time with its unit, as 90s", text)
	}
	*m = minutes(d)
	return nil
}
