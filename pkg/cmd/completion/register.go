package completion

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/runs"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/slo"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

// flagValues complete the flags of these names, whatever verb they stand on.
// A verb that has none of them is passed over.
var flagValues = map[string]cobra.CompletionFunc{
	"baseline":     anyRuns,
	"cluster":      named(clusterNames),
	"color":        oneOf("auto", "always", "never"),
	"config":       files("yaml", "yml"),
	"context":      named(contextNames),
	"engine":       oneOf("vllm", "tgi", "ollama"),
	"example":      anExample,
	"gate-unknown": oneOf("pass", "fail"),
	"kubeconfig":   anyFile,
	"model":        ofAnEngine,
	"namespace":    named(namespaces),
	"output-dir":   directories,
	"preset":       oneOf(config.Presets()...),
	"services":     someEngines,
	"set":          setting,
	"slo-preset":   oneOf(slo.Presets()...),
	"url":          engineEquals,
	"user":         named(userNames),
	"via":          oneOf(discover.Vias()...),
}

// outputs are the values of --output, of a verb that prints other than tables
// and documents.
var outputs = map[string][]string{
	"quick": withName, "standard": withName, "stress": withName, "custom": withName, "capacity": withName,
	"discover-services": withName,
	"compare":           append(ui.Outputs(), "markdown"),
	"version":           {"json"},
}

var withName = append(ui.Outputs(), "name")

// arguments complete the arguments of these verbs; every other verb takes none.
var arguments = map[string]cobra.CompletionFunc{
	"attach":  oneRun,
	"report":  oneRun,
	"compare": anyRuns,
}

// Register gives each flag and verb below root what completes it. It is to be
// called once, when the tree stands. A flag that already has a completion
// keeps its own.
func Register(root *cobra.Command) {
	for _, c := range root.Commands() {
		register(c)
	}
}

func register(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		complete, ok := flagValues[f.Name]
		switch f.Name {
		case "output":
			complete, ok = outputsOf(c), true
		case "format":
			complete, ok = formatsOf(c), true
		}
		if !ok {
			complete = unknown(f)
		}
		// It fails only for a flag that has a completion already.
		_ = c.RegisterFlagCompletionFunc(f.Name, complete)
	})
	if c.ValidArgsFunction == nil && c.ValidArgs == nil {
		c.ValidArgsFunction = arguments[c.Name()]
		if c.ValidArgsFunction == nil {
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

func outputsOf(c *cobra.Command) cobra.CompletionFunc {
	if own, ok := outputs[c.Name()]; ok {
		return oneOf(own...)
	}
	return oneOf(ui.Outputs()...)
}

// formatsOf is what --format takes: documents of a run, or of a comparison.
func formatsOf(c *cobra.Command) cobra.CompletionFunc {
	if c.Name() == "compare" {
		return listOf(runs.Formats()...)
	}
	return listOf(report.Formats()...)
}

// unknown completes a flag that nothing is known of: with files where its value
// is text, which may be a path, and not where it is a number or a time.
func unknown(f *pflag.Flag) cobra.CompletionFunc {
	switch f.Value.Type() {
	case "string", "stringArray", "stringSlice":
		return anyFile
	}
	return cobra.NoFileCompletions
}
