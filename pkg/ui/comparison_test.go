package ui

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func comparison(t *testing.T) (c record.Comparison) {
	t.Helper()
	data, err := os.ReadFile("../verdict/testdata/comparison.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	c.Warnings = []string{"before and after: the GPU of vllm differs: 1 x A100 and 1 x H100"}
	return c
}

func TestComparisons(t *testing.T) {
	for file, output := range map[string]string{"comparison.golden": "table", "comparison-wide.golden": "wide"} {
		var b strings.Builder
		if err := WriteComparison(&b, comparison(t), output, false); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/"+file, []byte(b.String()))
		for line := range strings.Lines(b.String()) {
			if tabled := !strings.HasPrefix(line, gap); output == "table" && tabled && len([]rune(line)) > narrowLimit+1 && !strings.HasPrefix(line, "gate") {
				t.Errorf("a line is longer than %d: %q", narrowLimit, line)
			}
		}
	}
}

// Of three runs each has its own tables, hostile names reach no terminal, and a
// simulated run is marked.
func TestComparisonOfSeveral(t *testing.T) {
	c := comparison(t)
	third := c.Rows[0]
	third.Run, third.Engine = "third\x1b[2J", "vllm\x1b]0;x\a"
	c.Runs, c.Rows = append(c.Runs, record.ComparedRun{Name: third.Run, Simulated: true}), append(c.Rows, third)
	var b strings.Builder
	if err := WriteComparison(&b, c, "table", true); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{SimulatedMark, "ttft: after\n", "chat: after\n", "ttft: third", "vllm in ttft of after", "\x1b[" + bad + "mworse", "\x1b[" + bad + "mfailed"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b[2J") || strings.Contains(got, "\x1b]0") {
		t.Errorf("a name commands the terminal: %q", got)
	}
}

func TestComparisonAsDocument(t *testing.T) {
	var b strings.Builder
	if err := WriteComparison(&b, comparison(t), "yaml", true); err != nil || !strings.Contains(b.String(), "gate:\n") {
		t.Errorf("%v: %s", err, b.String())
	}
}
