package completion

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
)

// kinds are the engines that the program knows, as --url and --services name
// them.
var kinds = []string{"vllm", "tgi", "ollama", "openai"}

func oneOf(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// listOf completes the last of several values with commas between, and offers
// none twice.
func listOf(values ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var all []cobra.Completion
		for _, v := range values {
			if !strings.Contains(","+before, ","+v+",") {
				all = append(all, before+v)
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// someEngines completes a list of engines: the kinds, and those that are found.
func someEngines(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return listOf(known(c)...)(c, args, typed)
}

// ofAnEngine completes the name of one, found or not, up to the equals sign.
func ofAnEngine(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.Contains(typed, "=") {
		return engineEquals(c, args, typed)
	}
	return equals(known(c))
}

// known are the kinds of engines and behind them the engines that have a name
// of their own.
func known(c *cobra.Command) []string {
	all := slices.Clone(kinds)
	for _, e := range engines(c) {
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}

// setting completes the path of a setting, and its value where there are few.
func setting(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	path, _, behind := config.CutSetting(typed)
	var paths []string
	for _, key := range config.Keys() {
		if behind && key.Path == path {
			var all []cobra.Completion
			for _, v := range key.Values {
				all = append(all, path+"="+v)
			}
			return all, cobra.ShellCompDirectiveNoFileComp
		}
		paths = append(paths, key.Path)
	}
	if behind {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return equals(paths)
}

// equals completes what an equals sign follows.
func equals(names []string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var all []cobra.Completion
	for _, n := range names {
		all = append(all, n+"=")
	}
	return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// engineEquals completes the name of an engine up to the equals sign; what
// comes behind it is the caller's own.
func engineEquals(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.Contains(typed, "=") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return equals(kinds)
}

func files(endings ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

func anyFile(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

func directories(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// anExample completes the name of a built-in example.
func anExample(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := config.Examples()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []cobra.Completion
	for _, e := range all {
		names = append(names, cobra.CompletionWithDesc(e.Name, e.About))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
