package docs

import (
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/verdict"
)

func TestEveryQuestionOfFairnessAndNumberOfAGateIsListed(t *testing.T) {
	text := read(t, "docs/verdict.md")
	for _, id := range verdict.FairnessChecks() {
		if !strings.Contains(text, "| `"+id+"` | ") {
			t.Errorf("docs/verdict.md does not list the check %s", id)
		}
	}
	for _, name := range verdict.GateNames() {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/verdict.md does not name %s, which a gate can limit", name)
		}
	}
	for dimension, weight := range verdict.DefaultWeights() {
		if row := "| `" + dimension + "` | " + number(weight) + " | "; !strings.Contains(text, row) {
			t.Errorf("docs/verdict.md has no row %q", row)
		}
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
