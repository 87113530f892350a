//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/doccommands"
)

// skippedLines are command lines of documents that another test runs better.
var skippedLines = map[string]string{
	"llmbench attach":  "TestFleetIsTakenUpByAnotherCaller attaches to a run that is there",
	"llmbench cleanup": "TestFleetLeftoversAreFoundAndRemoved cleans up after a run that is there",
}

// theNamespace is that of the documents.
var theNamespace = regexp.MustCompile(`\bteam-llm\b`)

// TestEveryCommandOfThePagesRunsInACluster runs what a reader would type where
// engines run, page by page. What runs with --in-cluster is planned only, for this
// tier runs no pods; TestFleet runs it.
func TestEveryCommandOfThePagesRunsInACluster(t *testing.T) {
	on(t, controlPlane)
	all, err := doccommands.All()
	if err != nil {
		t.Fatal(err)
	}
	f := newFleet(t, "vllm", "tgi", "ollama")
	kubeconfig := inNamespace(t, f.namespace)
	t.Cleanup(func() { afterwards("delete", "clusterrolebinding", "llmbench", "--ignore-not-found") })
	// The run of before that some pages compare with.
	before := t.TempDir()
	if o := typed(t, kubeconfig, before, shellLine("kubectl llmbench standard --no-charts --output-dir .")); o.code != 0 {
		t.Fatalf("exit code %d: %s", o.code, o.err)
	}
	pages := byPage(all)
	ran := 0
	for page, commands := range pages {
		ran += len(commands)
		t.Run(page, func(t *testing.T) {
			t.Parallel() // a page mostly waits for its engines
			readPage(t, f, kubeconfig, before, commands)
		})
	}
	if ran < 8 {
		t.Errorf("only %d commands ran", ran)
	}
}

// typed runs a shell's command in a folder, with a cluster's kubeconfig.
func typed(t *testing.T, kubeconfig, dir, text string) outcome {
	t.Helper()
	return run(t, []string{"KUBECONFIG=" + kubeconfig}, "bash", "-c", "cd "+dir+"\n"+text)
}

// readPage runs the commands of a page one after the other.
func readPage(t *testing.T, f fleet, kubeconfig, before string, commands []doccommands.Command) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(before, "latest"), filepath.Join(dir, "baseline")); err != nil {
		t.Fatal(err)
	}
	// A page that measures by a file has written it before.
	if o := run(t, nil, "kubectl-llmbench", "generate-config", "--file", filepath.Join(dir, "my-test.yaml")); o.code != 0 {
		t.Fatal(o.err)
	}
	for _, c := range commands {
		text := theNamespace.ReplaceAllString(shellLine(c.Text), f.namespace)
		text = strings.ReplaceAll(text, "kubectl create namespace "+f.namespace, "kubectl get namespace "+f.namespace)
		o := typed(t, kubeconfig, dir, text)
		gated, checks := strings.Contains(text, "--gate"), strings.Contains(text, "validate-infra")
		if judged := gated || checks; o.code != 0 && (!judged || o.code != 3) {
			t.Errorf("%s: exit code %d\n%s\n%s%s", c, o.code, text, o.out, o.err)
		}
	}
}

// shellLine is a command as a shell here runs it.
func shellLine(text string) string {
	text = doccommands.Short(text)
	if strings.Contains(text, "--in-cluster") && !strings.Contains(text, "--print-rbac") {
		text, _, _ = strings.Cut(text, " #")
		text += " --dry-run"
	}
	return text
}

// byPage are the commands that need a cluster and no run that goes on in it.
func byPage(all []doccommands.Command) map[string][]doccommands.Command {
	pages := map[string][]doccommands.Command{}
next:
	for _, c := range all {
		if c.Where != doccommands.Cluster {
			continue
		}
		for words := range skippedLines {
			if strings.Contains(c.Text, words) {
				continue next
			}
		}
		pages[c.Page] = append(pages[c.Page], c)
	}
	return pages
}
