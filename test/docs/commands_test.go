package docs

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
)

// recipes are the documents whose commands people copy.
var recipes = []string{"docs/install.md", "docs/air-gapped.md", "docs/ci.md"}

var block = regexp.MustCompile("(?m)^```(yaml|console)\n((?:[^`\n].*\n|\n)*)```$")

// TestYAMLOfRecipesIsRead also keeps a stray tab or colon out of a pipeline.
func TestYAMLOfRecipesIsRead(t *testing.T) {
	found := 0
	for _, name := range recipes {
		for _, m := range block.FindAllStringSubmatch(read(t, name), -1) {
			if m[1] != "yaml" {
				continue
			}
			found++
			var v map[string]any
			if err := yaml.Unmarshal([]byte(m[2]), &v); err != nil || len(v) == 0 {
				t.Errorf("%s: %v in\n%s", name, err, m[2])
			}
		}
	}
	if found < 3 {
		t.Errorf("%d recipes, want those of GitHub, GitLab and Tekton", found)
	}
}

// A command begins its line, behind a prompt or the dash of a list, and runs to
// the end of it, of which a backslash makes no end.
var command = regexp.MustCompile(`(?m)^[ $>-]*(?:source <\()?kubectl[- ]llmbench ([a-z][a-z-]*(?: [^\n|>#]*)?)`)

// faults are the verbs and flags of a document's commands that there are not.
func faults(text string) (commands int, faults []string) {
	root := cmd.NewRoot(cli.Streams{Out: io.Discard, Err: io.Discard}, cli.System{}, cli.Build{})
	var code strings.Builder
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		code.WriteString(strings.ReplaceAll(m[2], "\\\n", " "))
	}
	for _, m := range command.FindAllStringSubmatch(code.String(), -1) {
		words := strings.Fields(m[1])
		c, _, err := root.Find(words[:1])
		if err != nil || c == root {
			faults = append(faults, words[0])
			continue
		}
		commands++
		faults = append(faults, unknownFlags(c, words[1:])...)
	}
	return commands, faults
}

func unknownFlags(c *cobra.Command, words []string) (unknown []string) {
	for _, w := range words {
		name, long := strings.CutPrefix(w, "--")
		name, _, _ = strings.Cut(name, "=")
		if long && c.Flags().Lookup(name) == nil {
			unknown = append(unknown, c.Name()+" "+w)
		}
	}
	return unknown
}

func TestCommandsOfRecipesAreKnown(t *testing.T) {
	for _, name := range recipes {
		commands, faults := faults(read(t, name))
		if commands == 0 {
			t.Errorf("%s shows no command", name)
		}
		for _, f := range faults {
			t.Errorf("%s: there is no %s", name, f)
		}
	}
}

func TestFaults(t *testing.T) {
	text := "```console\n$ kubectl llmbench quick --simulate \\\n    --nonsense\n$ kubectl-llmbench measure\n$ tar -x kubectl-llmbench file\n```\nkubectl llmbench prose\n"
	n, got := faults(text)
	if n != 1 || strings.Join(got, ",") != "quick --nonsense,measure" {
		t.Errorf("%d commands, faults %q", n, got)
	}
}
