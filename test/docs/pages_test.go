package docs

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// generated warns whoever edits a page.
const generated = "<!-- Made of the program by `make docs`; edit pkg/cmd. -->\n\n"

// The marks in the README between which its flags stand.
const flagsBegin, flagsEnd = "<!-- flags: made by make docs -->\n", "<!-- end of flags -->\n"

// cell is text in a cell of a table.
func cell(text string) string {
	text = strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", ">", "&gt;").Replace(text)
	return strings.TrimSpace(text)
}

// connection are kubectl's own flags, which are alike on every verb.
func connection() map[string]bool {
	c := find("discover-services")
	names := map[string]bool{}
	plain := find("simulate")
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if plain.Flags().Lookup(f.Name) == nil && isKubectls(f.Name) {
			names[f.Name] = true
		}
	})
	return names
}

// isKubectls says whether a flag is one of kubectl's
// (https://kubernetes.io/docs/reference/kubectl/generated/kubectl_options/).
func isKubectls(name string) bool {
	return slices.Contains([]string{
		"as", "as-group", "as-uid", "as-user-extra", "cache-dir", "certificate-authority", "client-certificate", "client-key", "cluster", "context",
		"disable-compression", "proxy-url", "insecure-skip-tls-verify", "kubeconfig", "namespace", "request-timeout", "server", "tls-server-name", "token", "user",
	}, name)
}

func program() *cobra.Command {
	return cmd.NewRoot(cli.Streams{Out: io.Discard, Err: io.Discard}, cli.System{}, cli.Build{Version: "v1.2.3"})
}

func find(verb string) *cobra.Command {
	c, _, err := program().Find([]string{verb})
	if err != nil {
		panic(err)
	}
	return c
}

// flagsOf are the flags of a verb but kubectl's, by name.
func flagsOf(c *cobra.Command) (all []*pflag.Flag) {
	kubectls := connection()
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && !kubectls[f.Name] && f.Name != "help" {
			all = append(all, f)
		}
	})
	return all
}

// sections are the flags of a verb as its usage shows them, but kubectl's. Those
// under no heading come last.
func sections(c *cobra.Command) (all []cli.Section) {
	rest := flagsOf(c)
	for _, s := range cli.Sections(c) {
		if s.Heading == cluster.ConnectionHeading {
			continue
		}
		all = append(all, s)
		rest = slices.DeleteFunc(rest, func(f *pflag.Flag) bool { return slices.Contains(s.Flags, f) })
	}
	if len(rest) > 0 {
		all = append(all, cli.Section{Flags: rest})
	}
	return all
}

// A new flag of theirs is to stand where it is looked for, and not at the end of a
// long page.
func TestEveryFlagOfMeasuringHasAHeading(t *testing.T) {
	for _, verb := range []string{"quick", "standard", "stress", "custom", "capacity"} {
		for _, s := range sections(find(verb)) {
			for _, f := range s.Flags {
				if s.Heading == "" {
					t.Errorf("--%s of %s stands under no heading: give it one in pkg/cmd/benchmark", f.Name, verb)
				}
			}
		}
	}
}

// flagTable lists the flags of a verb, in a table for each section; level is that of
// the sections' headings.
func flagTable(c *cobra.Command, level string) string {
	var b strings.Builder
	for i, s := range sections(c) {
		if i > 0 {
			b.WriteString("\n")
		}
		if s.Heading != "" {
			fmt.Fprintf(&b, "%s %s\n\n", level, s.Heading)
		}
		b.WriteString("| flag | what it does |\n|---|---|\n")
		for _, f := range s.Flags {
			b.WriteString(row(f))
		}
	}
	return b.String()
}

// row is a flag's line in a table.
func row(f *pflag.Flag) string {
	kind, usage := pflag.UnquoteUsage(f)
	kind = strings.TrimSuffix(strings.TrimSuffix(kind, "Array"), "s")
	name := "`--" + f.Name
	switch {
	case f.NoOptDefVal == "" && kind != "":
		name += " " + kind
	case f.NoOptDefVal != "" && f.Value.Type() != "bool": // it may stand without a value
		name += "[=" + kind + "]"
	}
	name += "`"
	if f.Shorthand != "" {
		name = "`-" + f.Shorthand + "`, " + name
	}
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" && f.DefValue != "0s" {
		usage += fmt.Sprintf(" (`%s`)", f.DefValue)
	}
	return fmt.Sprintf("| %s | %s |\n", name, cell(usage))
}

// page is a verb's document.
func page(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString(generated)
	fmt.Fprintf(&b, "# kubectl llmbench %s\n\n%s.\n\n", c.Name(), c.Short)
	if long := strings.TrimSpace(c.Long); long != "" {
		b.WriteString(long + "\n\n")
	}
	fmt.Fprintf(&b, "```\nkubectl llmbench %s\n```\n", strings.TrimPrefix(c.UseLine(), "kubectl llmbench "))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(&b, "\nIt may be called `%s`, too.\n", strings.Join(c.Aliases, "`, `"))
	}
	if c.Example != "" {
		b.WriteString("\n## Examples\n\n```console\n")
		for line := range strings.Lines(c.Example) {
			line = strings.TrimPrefix(line, "  ")
			if strings.HasPrefix(line, "kubectl ") {
				line = "$ " + line
			}
			b.WriteString(line)
		}
		b.WriteString("\n```\n")
	}
	if c.HasAvailableLocalFlags() {
		b.WriteString("\n## Flags\n\n" + flagTable(c, "###"))
	}
	if c.Flags().Lookup("kubeconfig") != nil {
		b.WriteString("\nBeside these it takes kubectl's own flags for the connection to the cluster, as `kubectl options` lists them.\n")
	}
	b.WriteString("\nEvery command takes `-v`, the level of the Kubernetes client's own log. [Exit codes](README.md#exit-codes) are the same for all.\n")
	return b.String()
}

const exitCodes = `
## Exit codes

| code | what it means |
|---|---|
| 0 | all that was asked for was done |
| 1 | something could not be done, as an engine that could not be measured |
| 2 | a flag, an argument or a configuration is wrong; nothing was sent |
| 3 | a target was missed under ` + "`--fail-on-target`" + `, a gate failed, or a check of the ground failed |
| 130 | interrupted; what was measured is kept |
`

// TestPagesOfCommandsAreCurrent holds the commands' pages to the program; with
// -update it writes them.
func TestPagesOfCommandsAreCurrent(t *testing.T) {
	folder := filepath.Join(root, "docs", "commands")
	var index strings.Builder
	index.WriteString(generated + "# Commands\n\n| command | what it does |\n|---|---|\n")
	known := []string{"README.md"}
	for _, c := range program().Commands() {
		if c.Hidden || !c.IsAvailableCommand() {
			continue
		}
		golden.Check(t, filepath.Join(folder, c.Name()+".md"), []byte(page(c)))
		fmt.Fprintf(&index, "| [%s](%s.md) | %s |\n", c.Name(), c.Name(), cell(c.Short))
		known = append(known, c.Name()+".md")
	}
	golden.Check(t, filepath.Join(folder, "README.md"), []byte(index.String()+exitCodes))
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(known, e.Name()) {
			t.Errorf("%s is of no command: remove it", e.Name())
		}
	}
}

// TestTheREADMEsFlagsAreCurrent holds the README's table of flags to the program;
// with -update it writes it.
func TestTheREADMEsFlagsAreCurrent(t *testing.T) {
	text := read(t, "README.md")
	before, rest, found := strings.Cut(text, flagsBegin)
	_, after, ended := strings.Cut(rest, flagsEnd)
	if !found || !ended {
		t.Fatalf("README.md lacks %q or %q", flagsBegin, flagsEnd)
	}
	golden.Check(t, filepath.Join(root, "README.md"), []byte(before+flagsBegin+flagTable(find("quick"), "####")+flagsEnd+after))
}
