package document

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// poison puts text behind every string in a value, however deep. What slices and
// interfaces hold is copied first, since others may hold it too.
func poison(v reflect.Value, text string) {
	if !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + text)
	case reflect.Struct:
		for i := range v.NumField() {
			poison(v.Field(i), text)
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			poison(own.Index(i), text)
		}
		v.Set(own)
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		own := reflect.New(v.Elem().Type()).Elem()
		own.Set(v.Elem())
		poison(own, text)
		v.Set(own)
	}
}

// everyBlock has one of each kind, with every field set.
func everyBlock() story.Section {
	table := story.Table{
		Caption: "caption", Note: "note",
		Columns: []story.Column{{Title: "head", Unit: "ms", Percentile: "p50", Engine: "vllm"}, {Title: "number", Unit: "s", Number: true, Engine: "tgi"}},
		Rows:    []story.Row{{Engine: "vllm", Scenario: "chat", Cells: []story.Cell{{Text: "a", Detail: "b", Tone: story.Good}, {Text: "1", Detail: "2", Tone: story.Bad}}}},
	}
	items := []story.Item{{Text: "text", Label: "met", Detail: "detail", Tone: story.Quiet, Engine: "vllm", Scenario: "chat"}}
	return story.Section{ID: "every", Title: "Every block", Scenario: "chat", Blocks: []story.Block{
		story.Heading{Text: "heading"},
		story.Paragraph{Text: "paragraph"},
		story.Callout{Tone: story.Bad, Title: "title", Text: "text", Remedy: "remedy", Engine: "vllm", Scenario: "chat"},
		table,
		story.FigureRef{ID: "figure", Scenario: "chat", Title: "title", Subtitle: "subtitle", Note: "note", Tables: []story.Table{table}},
		story.List{Ordered: true, Items: items},
		story.List{Items: items},
		story.Definitions{Terms: []story.Term{{Name: "name", Text: "text"}}},
		story.Links{Items: []story.Link{{Path: "raw/run.json", Text: "text"}}},
	}}
}

// poisonedPage is the tree of a page in which every string of the run, of its
// figures and of its story ends with text.
func poisonedPage(t *testing.T, text string) *html.Node {
	t.Helper()
	s, figures := sample(t)
	st := story.Tell(s, figures)
	st.Banners = append(st.Banners, story.Callout{Tone: story.Bad, Title: "title", Text: "text", Remedy: "remedy"})
	st.Sections = append(st.Sections, everyBlock())
	for _, v := range []any{&s, &figures, &st} {
		poison(reflect.ValueOf(v).Elem(), text)
	}
	v, err := newView(s, st, figures)
	if err != nil {
		t.Fatal(err)
	}
	return v.page()
}

// outline writes a tree down as a browser sees it: texts that follow each other
// are one.
func outline(n *html.Node, depth int, lines []string) []string {
	indent := strings.Repeat(" ", depth)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.TextNode {
			line := indent + "<" + c.Data
			for _, a := range c.Attr {
				line += " " + a.Key + "=" + a.Val
			}
			lines = outline(c, depth+1, append(lines, line))
			continue
		}
		said := c.Data
		for c.NextSibling != nil && c.NextSibling.Type == html.TextNode {
			c = c.NextSibling
			said += c.Data
		}
		if len(said) > 1<<16 && c.Parent.Data == "script" {
			said = hash(said) // a difference would fill the screen
		}
		lines = append(lines, indent+said)
	}
	return lines
}

// TestNoTextChangesTheTree holds that what a parser reads from the page is the
// tree that it was made of: no text ends an element, begins one or adds an
// attribute, wherever it stands.
func TestNoTextChangesTheTree(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "script": hostile, "quotes": `" onload="x" '`, "tag": "<b>x</b>", "entity": "&lt;&amp&quot;&#x3c;",
		"comment": "<!-- <script>", "raw": "</title></style></noscript></textarea>]]>", "link": "javascript:alert(1)//?#%3c%",
		"line": "\u2028\u2029\u0085\n", "template": "{{.}}${x}`",
	} {
		t.Run(name, func(t *testing.T) {
			made := poisonedPage(t, text)
			var b bytes.Buffer
			if err := html.Render(&b, made); err != nil {
				t.Fatal(err)
			}
			read, err := html.ParseWithOptions(&b, html.ParseOptionEnableScripting(false))
			if err != nil {
				t.Fatal(err)
			}
			want, got := outline(made, 0, nil), outline(read, 0, nil)
			if len(want) < 1000 {
				t.Errorf("the page has only %d nodes", len(want))
			}
			for i := range want {
				if i >= len(got) || got[i] != want[i] {
					t.Fatalf("from node %d on the page reads otherwise (-made +read):\n%s", i, cmp.Diff(want[i:min(i+3, len(want))], got[min(i, len(got)):min(i+3, len(got))]))
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d nodes, want %d", len(got), len(want))
			}
		})
	}
}

// TestTextDoesNotStandWhereNothingIsEscaped holds that only verbatim gets into
// the elements whose text HTML does not escape.
func TestTextDoesNotStandWhereNothingIsEscaped(t *testing.T) {
	for _, tag := range []name{"script", "style", "noscript"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("<%s> took a text", tag)
				}
			}()
			el(tag, text("x"))
		}()
	}
}

func TestFragmentsStayInThePage(t *testing.T) {
	for id, want := range map[string]address{"summary": "#summary", "scenario-1": "#scenario-1", `a" b`: "#a%22%20b", "": ""} {
		if got := fragment(id); got != want {
			t.Errorf("fragment(%q) = %q, want %q", id, got, want)
		}
	}
}
