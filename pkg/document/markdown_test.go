package document

import (
	"bytes"
	"errors"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestMarkdownIsGolden(t *testing.T) {
	s, figures := sample(t)
	var run, compared bytes.Buffer
	if err := Markdown(&run, story.Tell(s, figures)); err != nil {
		t.Fatal(err)
	}
	c := someComparison(t)
	c.Warnings = []string{"before and after: the GPU of vllm differs: 1 x A100 and 1 x H100"}
	if err := ComparisonMarkdown(&compared, c); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/run.golden.md", run.Bytes())
	golden.Check(t, "testdata/comparison.golden.md", compared.Bytes())
}

// commentLimit is how long a comment may be in GitHub, in characters.
const commentLimit = 65536

var ownTags = regexp.MustCompile(`</?(details|summary)>`)

// Hostile names add no HTML, no link, no mention and no column, also after Markdown
// has resolved character references, which forges look through for mentions.
func TestMarkdownOfHostileNames(t *testing.T) {
	s, figures := sample(t)
	s.Name = hostileName
	for i := range s.Environment.Engines {
		s.Environment.Engines[i].Model, s.Environment.Engines[i].Version = hostileName, hostileName
	}
	for i := range s.Findings {
		s.Findings[i].Subject, s.Findings[i].Message, s.Findings[i].Remedy = hostileName, hostileName, hostileName
	}
	if s.Verdict != nil {
		s.Verdict.Summary = hostileName
	}
	for i := range s.Scenarios {
		s.Scenarios[i].Name = hostileName
	}
	var run, compared bytes.Buffer
	if err := Markdown(&run, story.Tell(s, figures)); err != nil {
		t.Fatal(err)
	}
	if err := ComparisonMarkdown(&compared, hostileComparison(t)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"run": run.String(), "comparison": compared.String()} {
		if len([]rune(text)) > commentLimit {
			t.Errorf("%s is longer than a comment may be: %d", name, len([]rune(text)))
		}
		if strings.ContainsAny(ownTags.ReplaceAllString(text, ""), "<`[]@\x00\x1b\u202e") {
			t.Errorf("%s: markup or a control character got through:\n%s", name, text)
		}
		shown := html.UnescapeString(text)
		for _, reference := range []string{"@everyone", "#12", "https://", "www.evil"} {
			if !strings.Contains(text, strings.TrimLeft(reference, "@#")[:2]) || strings.Contains(shown, reference) {
				t.Errorf("%s refers to %s", name, reference)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "next") {
				t.Errorf("%s: a name begins a line", name)
			}
		}
		checkColumns(t, name, text)
	}
}

// checkColumns holds that every line of a table has as many cells as its head.
func checkColumns(t *testing.T, name, text string) {
	t.Helper()
	columns := 0
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "| ") {
			columns = 0
			continue
		}
		if n := strings.Count(line, "|"); columns == 0 {
			columns = n
		} else if n != columns {
			t.Errorf("%s: a table of %d columns has a line of %d: %s", name, columns-1, n-1, line)
		}
	}
}

func TestSafe(t *testing.T) {
	for text, want := range map[string]string{
		"vllm":       "vllm",
		"a  b\nc":    "a b c",
		"+12 %":      "+12 %",
		"@a":         "&#64;&#8203;a",
		"p95:+10%":   "p95:&#8203;+10%",
		"95 %: 1":    "95 %: 1",
		"http://x":   "http:&#8203;//x",
		"www.x":      "www&#8203;.x",
		"GH-1":       "GH&#8203;-1",
		"<b>&amp;":   "&#60;b&#62;&#38;&#8203;amp;",
		"x|y":        "x&#124;y",
		":tada:":     ":&#8203;tada:",
		"a_b":        "a&#95;b",
		"\x1b[31mx":  "&#91;31mx",
		"1 < 2 & 3":  "1 &#60; 2 &#38; 3",
		"f(a) = 'b'": "f&#40;a&#41; &#61; &#39;b&#39;",
	} {
		if got := safe(text); got != want {
			t.Errorf("safe(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestMarkdownOfLittle(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, story.Tell(record.Summary{}, nil)); err != nil || !strings.Contains(b.String(), "No verdict") {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	c := someComparison(t)
	c.Runs[0].Simulated, c.Gate = true, nil
	if err := ComparisonMarkdown(&b, c); err != nil || !strings.Contains(b.String(), "**SIMULATED") || strings.Contains(b.String(), "Gate") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// A comparison of a thousand rows is cut to what a comment holds, and says so.
func TestMarkdownKeepsToTheLengthOfAComment(t *testing.T) {
	c := someComparison(t)
	for len(c.Rows) < 1000 {
		same := c.Rows[0]
		same.Significant = false
		c.Rows = append(c.Rows, same)
	}
	var b bytes.Buffer
	if err := ComparisonMarkdown(&b, c); err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(b.String())); n > commentLimit || !strings.Contains(b.String(), "All 1000 numbers: left out here") {
		t.Errorf("%d characters", n)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWritersFailWhereTheDiskDoes(t *testing.T) {
	for name, write := range map[string]func() error{
		"Markdown":           func() error { return Markdown(fullDisk{}, story.Story{}) },
		"ComparisonMarkdown": func() error { return ComparisonMarkdown(fullDisk{}, record.Comparison{}) },
		"JUnit":              func() error { return JUnit(fullDisk{}, record.Summary{}) },
		"ComparisonJUnit":    func() error { return ComparisonJUnit(fullDisk{}, record.Comparison{}) },
	} {
		if write() == nil {
			t.Errorf("%s: a full disk is no error", name)
		}
	}
}
