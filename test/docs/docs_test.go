// Package docs holds the documents to the code: each name that results carry
// is explained, and no link leads nowhere.
package docs

import (
	"bufio"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/infra"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

const root = "../.."

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var heading = regexp.MustCompile(`(?m)^#+ (.+)$`)

// anchors are the targets that a document's headings make, as GitHub makes them.
func anchors(text string) map[string]bool {
	dropped := regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)
	all := map[string]bool{}
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		all[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-")] = true
	}
	return all
}

func TestEveryMetricAndErrorClassHasAnEntry(t *testing.T) {
	entries := anchors(read(t, "docs/metrics.md"))
	var names []string
	for _, class := range record.ErrorClasses() {
		names = append(names, string(class))
	}
	for _, m := range (record.EngineResult{}).Metrics() {
		names = append(names, m.Name)
	}
	for _, r := range (record.EngineResult{}).Rates() {
		names = append(names, r.Name)
	}
	names = append(names, record.ClientBound)
	for _, name := range names {
		if !entries[name] {
			t.Errorf("docs/metrics.md has no heading %q", name)
		}
	}
}

func TestEveryKeyOfResultsIsListed(t *testing.T) {
	text := read(t, "docs/results.md")
	for _, document := range []any{record.Run{}, record.Sample{}, record.Block{}, record.ServerSample{}, record.Text{}, record.Summary{}, record.Comparison{}, record.Discovery{}, record.Validation{}} {
		for _, key := range slices.Sorted(maps.Keys(keys(reflect.TypeOf(document)))) {
			if !strings.Contains(text, "`"+key+"`") {
				t.Errorf("docs/results.md does not name the key `%s` of %T", key, document)
			}
		}
	}
}

func TestEveryCheckIsListed(t *testing.T) {
	text := read(t, "docs/validation.md")
	for _, rule := range infra.Rules() {
		if !strings.Contains(text, "| `"+rule.ID+"` | "+rule.What+" |") {
			t.Errorf("docs/validation.md does not list %s as what it is: %s", rule.ID, rule.What)
		}
	}
}

// keys collects the JSON keys of a type and of whatever it holds.
func keys(t reflect.Type) map[string]bool {
	all := map[string]bool{}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keys(t.Elem())
	case reflect.Struct:
	default:
		return all
	}
	for f := range t.Fields() {
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); key != "" {
			all[key] = true
			maps.Copy(all, keys(f.Type))
		}
	}
	return all
}

func TestKeys(t *testing.T) {
	type inner struct {
		C int `json:"c,omitempty"`
	}
	type outer struct {
		A int               `json:"a"`
		B []*inner          `json:"b"`
		D map[string]string `json:"d"`
		E int
	}
	want := map[string]bool{"a": true, "b": true, "c": true, "d": true}
	if diff := cmp.Diff(want, keys(reflect.TypeFor[outer]())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// deadLinks returns what of a document's links leads nowhere. Links to other
// sites are not followed.
func deadLinks(name, text string, readFile func(string) (string, error)) []string {
	var dead []string
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		file, anchor, _ := strings.Cut(m[1], "#")
		if strings.Contains(file, "://") || strings.HasPrefix(file, "mailto:") {
			continue
		}
		target := text
		if file != "" {
			var err error
			if target, err = readFile(filepath.Join(filepath.Dir(name), file)); err != nil {
				dead = append(dead, m[1])
				continue
			}
		}
		if anchor != "" && !anchors(target)[anchor] {
			dead = append(dead, m[1])
		}
	}
	return dead
}

func TestLinksLeadSomewhere(t *testing.T) {
	files, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob(root + "/docs/adr/*.md")
	if err != nil {
		t.Fatal(err)
	}
	files = append(append(files, decisions...), root+"/README.md", root+"/CONTRIBUTING.md")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, dead := range deadLinks(name, string(data), readOrDirectory) {
			t.Errorf("%s: the link to %s leads nowhere", name, dead)
		}
	}
}

// readOrDirectory reads a file; a directory is there, and has no anchors.
func readOrDirectory(name string) (string, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return "", nil
	}
	data, err := os.ReadFile(name)
	return string(data), err
}

func TestDeadLinks(t *testing.T) {
	text := "# One thing\n[a](b.md) [c](none.md) [d](#one-thing) [e](#two) [f](b.md#there) [g](b.md#not) [h](https://example.com/x)\n"
	other := func(name string) (string, error) {
		if name == "docs/b.md" {
			return "## There\n", nil
		}
		return "", os.ErrNotExist
	}
	if diff := cmp.Diff([]string{"none.md", "#two", "b.md#not"}, deadLinks("docs/a.md", text, other)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var codePath = regexp.MustCompile("`((?:pkg|cmd|test|config|data|docs)/[A-Za-z0-9_./-]*[A-Za-z0-9_])`")

// The architecture is walked file by file; a file that moved must not leave
// the walk behind.
func TestPathsInDocumentsExist(t *testing.T) {
	for _, name := range []string{"docs/architecture.md", "CONTRIBUTING.md"} {
		lines := bufio.NewScanner(strings.NewReader(read(t, name)))
		for lines.Scan() {
			for _, m := range codePath.FindAllStringSubmatch(lines.Text(), -1) {
				if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
					t.Errorf("%s names %s, which is not there", name, m[1])
				}
			}
		}
	}
}
