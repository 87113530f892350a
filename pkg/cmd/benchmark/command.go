// Package benchmark holds the verbs that measure: quick, standard, stress,
// capacity and custom. They differ in the configuration they start from, and
// capacity in the flags that name its SLO.
package benchmark

import (
	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// verb is one of the measuring commands.
type verb struct {
	name, preset, short, long, examples string
}

var verbs = []verb{
	{
		name: "quick", preset: "quick",
		short: "Measure time to first token, in about five minutes",
		long: `Measure how soon each engine's first token comes, one request at a time and
then with a few users. It takes about five minutes for three engines.`,
		examples: `  # Three simulated engines, on this machine alone
  kubectl llmbench quick --simulate

  # The engines that run in a namespace, each by the best way in
  kubectl llmbench quick -n team-llm

  # Two engines by URL
  kubectl llmbench quick --url vllm=https://vllm.example.com --url ollama=http://10.0.0.7:11434

  # What would be done, without doing it
  kubectl llmbench quick --url vllm=https://vllm.example.com --dry-run`,
	},
	{
		name: "standard", preset: "standard",
		short: "Measure first token and three levels of load, in about half an hour",
		long: `Measure time to first token with enough requests for its p95, and then
throughput and latency at three levels of load.`,
		examples: `  # Everything, with the summary as JSON on standard output
  kubectl llmbench standard --url vllm=https://vllm.example.com -o json

  # Only two of the engines that the configuration names
  kubectl llmbench standard --services vllm,tgi`,
	},
	{
		name: "stress", preset: "stress",
		short: "Raise the load in steps and hold it, for an hour or more",
		long: `Raise the number of users in steps and hold the highest, to see what happens
under load and over time.`,
		examples: `  # An hour in all, at up to 50 users
  kubectl llmbench stress --duration 60 --users 50 --url vllm=https://vllm.example.com`,
	},
	{
		name: "capacity", preset: "capacity",
		short: "Find the most load that each engine carries within an SLO",
		long: `Search for the highest rate of requests at which an SLO still holds: double it
until the SLO is missed, then narrow down. Each rate is held until it can be
judged at the run's confidence. It takes some ten steps, half an hour or so for
each engine.`,
		examples: `  # How many requests a second, with these limits?
  kubectl llmbench capacity --slo 'ttft:p95<500ms,tpot:p95<50ms,success>=99%' -n team-llm

  # The limits of MLPerf Inference for a model
  kubectl llmbench capacity --slo-preset llama3.1-8b-interactive --url vllm=https://vllm.example.com

  # In a pipeline: fail where the SLO holds at no rate
  kubectl llmbench capacity --slo 'ttft:p99<2s' --start-rate 5 --fail-on-target --url vllm=https://vllm.example.com`,
	},
	{
		name:  "custom",
		short: "Measure what a configuration file of your own says",
		long: `Measure the scenarios of your own configuration file. What it leaves out has
the value of the standard run.`,
		examples: `  # A file to start from
  kubectl llmbench generate-config --file my-test.yaml

  kubectl llmbench custom --config my-test.yaml --output-dir ./my-results`,
	},
}

// sections are the flags by what they are about: too many for one list.
var sections = []struct {
	heading string
	flags   []string
}{
	{"Which engines", []string{"namespace", "all-namespaces", "selector", "services", "via", "url", "model", "simulate", "yes", "engine-token-file", "engine-ca-file", "engine-insecure-skip-tls-verify"}},
	{"What is measured", []string{"slo", "slo-preset", "start-rate", "max-rate", "config", "set", "duration", "users", "until-confident", "seed", "dry-run"}},
	{"Guard rails", []string{"max-error-rate", "in-flight-cap"}},
	{"Results", []string{"output", "output-dir", "format", "no-charts", "record-frames", "record-text", "color", "verbose"}},
	{"Comparing and gating", []string{"baseline", "gate", "gate-unknown", "allow-unlike", "fail-on-target"}},
	{"From inside the cluster", []string{"in-cluster", "detach", "engine-token-secret", "worker-image", "worker-pull-secret", "worker-cpu", "worker-memory", "worker-node-selector", "worker-toleration", "worker-start-timeout"}},
}

// NewCommands returns the measuring verbs.
func NewCommands(streams cli.Streams, system cli.System, build cli.Build) []*cobra.Command {
	var all []*cobra.Command
	for _, v := range verbs {
		all = append(all, newCommand(v, &Options{Streams: streams, System: system, Build: build, Preset: v.preset}))
	}
	return all
}

func newCommand(v verb, o *Options) *cobra.Command {
	c := &cobra.Command{
		Use: v.name, Short: v.short, Long: v.long, Example: v.examples,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if v.name == "custom" && o.ConfigFile == "" {
				return cli.Usagef("custom measures what a configuration says: name it with --config FILE, or write one with 'kubectl llmbench generate-config --file my-test.yaml'")
			}
			defer o.search.Close()
			if err := o.Complete(c.Context()); err != nil {
				return err
			}
			return o.Run(c.Context())
		},
	}
	o.bind(c)
	if v.name == "capacity" {
		o.bindCapacity(c)
	}
	for _, s := range sections {
		cli.AddSection(c, s.heading, s.flags...)
	}
	o.Cluster.ShowConnection(c)
	return c
}
