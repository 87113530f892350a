package document

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// Markdown writes the story of a run in Markdown for a pull request: what must be
// known first and the executive summary, then the other sections folded. Figures,
// links to files and definitions are left out, and whatever would make a comment
// too long. Names from runs
// are escaped, so that they make no link, mention or HTML. It fails only where w does.
func Markdown(w io.Writer, st story.Story) error {
	m := &markdown{}
	m.line("### ", safe(st.Title))
	m.line()
	m.line(lineStart(safe(st.Subtitle)))
	for _, b := range st.Banners {
		m.block(b)
	}
	for _, s := range st.Sections {
		switch {
		case s.ID == story.SectionFiles || s.ID == story.SectionMethod || !hasText(s.Blocks):
		case s.ID == story.SectionSummary:
			m.blocks(s.Blocks)
		default:
			m.details(safe(s.Title), func(m *markdown) { m.blocks(s.Blocks) })
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// hasText says whether anything of a section can be told without a figure.
func hasText(blocks []story.Block) bool {
	for _, b := range blocks {
		switch b.(type) {
		case story.FigureRef, story.Links, story.Heading:
		default:
			return true
		}
	}
	return false
}

func (m *markdown) blocks(all []story.Block) {
	for _, b := range all {
		m.block(b)
	}
}

func (m *markdown) block(b story.Block) {
	switch b := b.(type) {
	case story.Heading:
		m.line("\n#### ", safe(b.Text))
	case story.Paragraph:
		m.line("\n", lineStart(safe(b.Text)))
	case story.Callout:
		m.callout(b)
	case story.Table:
		m.table(b)
	case story.List:
		m.line()
		for i, item := range b.Items {
			m.item(item, bullet(b.Ordered, i))
		}
	case story.Definitions:
		m.line()
		for _, t := range b.Terms {
			m.line("- **", safe(t.Name), "**: ", safe(t.Text))
		}
	}
}

func bullet(ordered bool, i int) string {
	if ordered {
		return fmt.Sprintf("%d. ", i+1)
	}
	return "- "
}

func (m *markdown) callout(c story.Callout) {
	text := fmt.Sprintf("> %s**%s**", marks[c.Tone], safe(c.Title))
	if c.Title == "" {
		text = "> " + marks[c.Tone]
	}
	for _, more := range []string{c.Text, c.Remedy} {
		if more != "" {
			text += " " + safe(more)
		}
	}
	m.line("\n", text)
}

func (m *markdown) item(i story.Item, bullet string) {
	text := marks[i.Tone]
	if i.Label != "" {
		text += "**" + safe(i.Label) + "**: "
	}
	text += safe(i.Text)
	if i.Detail != "" {
		text += " (" + safe(i.Detail) + ")"
	}
	m.line(bullet, lineStart(text))
}

func (m *markdown) table(t story.Table) {
	if len(t.Rows) == 0 {
		return
	}
	m.line("\n**", safe(t.Caption), "**\n")
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = safe(c.Title)
		if c.Unit != "" {
			titles[i] += ", " + safe(c.Unit)
		}
		if c.Number {
			titles[i] = ">" + titles[i]
		}
	}
	m.head(titles...)
	for _, row := range t.Rows {
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			if cells[i] = marks[c.Tone] + safe(c.Text); c.Detail != "" {
				cells[i] += " (" + safe(c.Detail) + ")"
			}
		}
		m.row(cells)
	}
	if t.Note != "" {
		m.line("\n", lineStart(safe(strings.TrimSpace(t.Note))))
	}
}
