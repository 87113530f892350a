package completion

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// resultsDir is where runs are written unless the caller says otherwise.
const resultsDir = "results"

func oneRun(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return anyRuns(c, args, typed)
}

// anyRuns completes with the runs below results, or below the folder that was
// typed so far, the newest first; where there are none, with folders.
func anyRuns(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	folder := resultsDir
	if dir, _ := filepath.Split(typed); dir != "" {
		folder = filepath.Clean(dir)
	}
	var found []cobra.Completion
	for _, run := range runsIn(folder) {
		if strings.HasPrefix(run, filepath.FromSlash(typed)) && !slices.Contains(args, run) {
			found = append(found, run)
		}
	}
	if len(found) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// runsIn returns the folders below dir that hold a run, the newest first. A
// run's folder begins with its time, so the names' order is that of time.
func runsIn(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var runs []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if _, err := os.Stat(filepath.Join(path, "raw", "run.json")); err == nil {
			runs = append(runs, path)
		}
	}
	slices.Reverse(runs)
	return runs
}
