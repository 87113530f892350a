package docs

import (
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestEveryErrorClassHasHelp(t *testing.T) {
	entries := anchors(read(t, "docs/troubleshooting.md"))
	for _, class := range record.ErrorClasses() {
		file, anchor, _ := strings.Cut(class.Help(), "#")
		if !strings.HasSuffix(file, "/docs/troubleshooting.md") || !entries[anchor] {
			t.Errorf("%s leads to %q, which has no such heading", class, class.Help())
		}
	}
	if help := record.StatusOK.Help(); help != "" {
		t.Errorf("a success leads to %q", help)
	}
}
