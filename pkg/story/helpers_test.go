package story

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// full is a run with something of everything.
func full(t *testing.T) (s record.Summary, figures []chart.Figure) {
	t.Helper()
	load(t, "summary.json", &s)
	load(t, "figures.json", &figures)
	return s, figures
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "document", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// dump writes a story as text, with all that renderers see.
func dump(st Story) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n%s\n", st.Title, st.Subtitle)
	for _, c := range st.Banners {
		dumpBlock(&b, c)
	}
	for _, sec := range st.Sections {
		fmt.Fprintf(&b, "\n## %s (%s)%s\n", sec.Title, sec.ID, about("", sec.Scenario))
		for _, block := range sec.Blocks {
			dumpBlock(&b, block)
		}
	}
	return []byte(b.String())
}

func about(engine, scenario string) string {
	s := ""
	if engine != "" {
		s += " engine=" + engine
	}
	if scenario != "" {
		s += " scenario=" + scenario
	}
	return s
}

func inTone(t Tone, text string) string {
	if t == Plain {
		return text
	}
	return text + " {" + string(t) + "}"
}

func dumpBlock(b *strings.Builder, block Block) {
	switch x := block.(type) {
	case Heading:
		fmt.Fprintf(b, "\n### %s\n", x.Text)
	case Paragraph:
		fmt.Fprintf(b, "%s\n", x.Text)
	case Callout:
		fmt.Fprintf(b, "! %s: %s %s%s\n", inTone(x.Tone, x.Title), x.Text, x.Remedy, about(x.Engine, x.Scenario))
	case Table:
		dumpTable(b, x)
	case FigureRef:
		fmt.Fprintf(b, "[figure %s: %s. %s]%s\n", x.ID, x.Title, x.Note, about("", x.Scenario))
		for _, t := range x.Tables {
			dumpTable(b, t)
		}
	case List:
		for _, i := range x.Items {
			fmt.Fprintf(b, "- %s | %s | %s%s\n", inTone(i.Tone, i.Label), i.Text, i.Detail, about(i.Engine, i.Scenario))
		}
	case Definitions:
		for _, t := range x.Terms {
			fmt.Fprintf(b, "%s = %s\n", t.Name, t.Text)
		}
	case Links:
		for _, l := range x.Items {
			fmt.Fprintf(b, "-> %s (%s)\n", l.Path, l.Text)
		}
	default:
		fmt.Fprintf(b, "unknown block %T\n", block)
	}
}

func dumpTable(b *strings.Builder, t Table) {
	fmt.Fprintf(b, "\ntable: %s\n", t.Caption)
	var head []string
	for _, c := range t.Columns {
		h := c.Title
		if c.Unit != "" {
			h += " [" + c.Unit + "]"
		}
		head = append(head, h)
	}
	fmt.Fprintf(b, "  %s\n", strings.Join(head, " | "))
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r.Cells {
			text := c.Text
			if c.Detail != "" {
				text += " (" + c.Detail + ")"
			}
			cells = append(cells, inTone(c.Tone, text))
		}
		fmt.Fprintf(b, "  %s%s\n", strings.Join(cells, " | "), about(r.Engine, r.Scenario))
	}
	if t.Note != "" {
		fmt.Fprintf(b, "  note: %s\n", t.Note)
	}
}
