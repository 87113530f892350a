// Package doccommands finds the command lines that the documents show, so that
// tests can run each of them: what needs no cluster in this package, what needs one
// in test/e2e. A block of commands is fenced as console, and each command begins
// behind a prompt ($, or > on Windows) and runs to the end of its line, of which a
// backslash makes no end.
package doccommands

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	plugin "github.com/kubectl-llmbench/kubectl-llmbench/test/program"
)

// Where is what a command needs to be run.
type Where string

// The places that commands are run at.
const (
	// Here needs nothing but the program.
	Here Where = "here"
	// Cluster needs engines in a cluster.
	Cluster Where = "cluster"
	// Make is a target of the Makefile, which CI runs.
	Make Where = "make"
	// Elsewhere needs what no test has; Why says what that is.
	Elsewhere Where = "elsewhere"
)

// Command is one command line of a document.
type Command struct {
	// Page is the document, by its path in the checkout, and Line where it stands.
	Page string
	Line int
	Text string
	Where
	Why string
}

func (c Command) String() string { return fmt.Sprintf("%s:%d: %s", c.Page, c.Line, c.Text) }

// elsewhere are the programs that no test here has, with the reason.
var elsewhere = map[string]string{
	"docker": "no container engine", "skopeo": "no registry to copy to", "ctr": "no containerd of its own; the rig's nodes import the same image",
	"brew": "no Homebrew", "scoop": "no Scoop", "cosign": "nothing is signed before a release",
	"curl": "no release to fetch", "sha256sum": "no release to check; make release-check does it", "tar": "make release-check unpacks archives of its own",
	"cp bin/": "no other machine", "install -m": "make build has to have run",
	"kubectl krew": "make release-check runs it with archives of its own",
	"for engine":   "test/e2e/charts_test.go installs the charts",
	"LLMBENCH_ART": "make browser runs it",
}

// All are the commands of every document of the checkout.
func All() (all []Command, err error) {
	root := plugin.Root()
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "bin" || name == "results" || name == "run" || name == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(name) != ".md" {
			return nil
		}
		page, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found, err := commandsOf(page, path)
		all = append(all, found...)
		return err
	})
	return all, err
}

var prompt = regexp.MustCompile(`^[$>] +`)

func commandsOf(page, path string) (all []Command, err error) {
	f, err := os.Open(path) //nolint:gosec // a file of the checkout
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was read
	inside, goesOn := false, false
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "```"):
			inside, goesOn = !inside && line == "```console", false
		case inside && (goesOn || prompt.MatchString(line)):
			if !goesOn {
				all = append(all, Command{Page: page, Line: n})
			}
			c := &all[len(all)-1]
			text := strings.TrimSpace(prompt.ReplaceAllString(line, ""))
			text, goesOn = strings.CutSuffix(text, `\`)
			c.Text = strings.TrimSpace(c.Text + " " + strings.TrimSpace(text))
			c.Where, c.Why = place(c.Text)
		}
	}
	return all, lines.Err()
}

// ours begins a call of the program.
var ours = regexp.MustCompile(`^(?:kubectl[ -]llmbench|oc llmbench|go run \./cmd/kubectl-llmbench)\b`)

// measuring are the verbs that look for engines in the cluster where nothing else
// is said.
var measuring = regexp.MustCompile(`llmbench (?:quick|standard|stress|custom|capacity)\b`)

func place(text string) (w Where, why string) {
	for begin, reason := range elsewhere {
		if strings.HasPrefix(text, begin) {
			return Elsewhere, reason
		}
	}
	switch {
	case strings.HasPrefix(text, "make"):
		return Make, ""
	case strings.HasPrefix(text, "kubectl ") && !ours.MatchString(text), strings.Contains(text, "| kubectl "):
		return Cluster, ""
	case !ours.MatchString(text):
		return Here, ""
	case strings.Contains(text, "--from-cluster"), regexp.MustCompile(`llmbench (?:discover|validate|attach|cleanup)`).MatchString(text):
		return Cluster, ""
	case measuring.MatchString(text) && !strings.Contains(text, "--url") && !strings.Contains(text, "--simulate"):
		return Cluster, ""
	}
	return Here, ""
}

// Short are the settings that make a measuring command take seconds: fewer
// requests and shorter loads than the page's command has, and nothing else.
func Short(text string) string {
	if !measuring.MatchString(text) {
		return text
	}
	text = minutes.ReplaceAllString(text, "")
	settings := []string{
		"test_scenarios.ttft.iterations=3", "test_scenarios.ttft.warmup_iterations=1", "generation.max_tokens=4",
		"test_scenarios.load_tests=[{name: chat, concurrent_users: 2, duration_seconds: 1}]",
		"test_scenarios.capacity.start_rate_per_s=8", "test_scenarios.capacity.max_rate_per_s=16", "test_scenarios.capacity.step_seconds=1",
		"test_scenarios.capacity.max_step_seconds=2", "test_scenarios.capacity.warmup_seconds=0",
	}
	if strings.Contains(text, "llmbench capacity") {
		settings[3] = "test_scenarios.load_tests=[]"
	}
	for _, s := range settings {
		text = measuring.ReplaceAllString(text, "${0} --set '"+s+"'")
	}
	return text
}

// minutes are durations that a page asks for.
var minutes = regexp.MustCompile(`--duration[ =]\S+`)
