package security

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// claim is how the documents name a test: `TestName` in a link to its file.
var claim = regexp.MustCompile("\\[`((?:Test|Fuzz)[A-Za-z0-9_]+)`\\]\\(([^)]+_test\\.go)\\)")

func TestEveryClaimNamesATestThatIsThere(t *testing.T) {
	for _, document := range []string{"SECURITY.md", "docs/threat-model.md"} {
		text, err := os.ReadFile(filepath.Join(root, document))
		if err != nil {
			t.Fatal(err)
		}
		named := claim.FindAllStringSubmatch(string(text), -1)
		if len(named) == 0 {
			t.Errorf("%s names no test", document)
		}
		for _, n := range named {
			file := filepath.Join(root, filepath.Dir(document), n[2])
			code, err := os.ReadFile(file) //nolint:gosec // of this repository
			if err != nil {
				t.Errorf("%s: %v", document, err)
				continue
			}
			if !strings.Contains(string(code), "\nfunc "+n[1]+"(") {
				t.Errorf("%s names %s, which %s has not", document, n[1], n[2])
			}
		}
	}
}

// TestEveryRowOfTheThreatModelNamesATest holds that no claim stands there
// unproven.
func TestEveryRowOfTheThreatModelNamesATest(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "threat-model.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| threat ") {
			continue
		}
		rows++
		if !claim.MatchString(line) {
			t.Errorf("no test is named in: %s", line)
		}
	}
	if rows < 10 {
		t.Errorf("%d rows", rows)
	}
}
