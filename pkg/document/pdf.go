package document

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// PDF writes the report of a run on A4 pages: the same story as [HTML], with
// real text, figures as vectors, an outline, and links. Equal input gives equal
// bytes; the document's date is the run's. Links to files lead from the reports
// folder of the run's directory. A figure that the story does not refer to is
// not drawn. It fails only where w does, or where a figure cannot be drawn.
func PDF(w io.Writer, s record.Summary, st story.Story, figures []chart.Figure) error {
	pictures, err := pictures(s, st, figures)
	if err != nil {
		return fmt.Errorf("draw the figures of run %q for the PDF report: %w", s.RunID, err)
	}
	types, err := dejavu()
	if err != nil {
		return fmt.Errorf("read the letters of the PDF report: %w", err)
	}
	// Only a first printing says on which page everything comes to lie.
	draft := newPaper(s, st, pictures, types, places{})
	draft.print()
	fair := newPaper(s, st, pictures, types, draft.found)
	fair.print()
	var b bytes.Buffer
	if err := fair.f.Output(&b); err != nil {
		return fmt.Errorf("lay out the PDF report of run %q: %w", s.RunID, err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the PDF report of run %q: %w", s.RunID, err)
	}
	return nil
}

// print lays out the whole document.
func (p *paper) print() {
	p.newPage()
	p.masthead()
	for i, sec := range p.st.Sections {
		p.section(i, sec)
		if sec.ID == story.SectionSummary {
			p.contents()
		}
		if sec.ID == story.SectionMethod {
			p.chartNumbers()
		}
	}
	p.found.pages = p.f.PageCount()
}

// describe fills in what a reader's program shows of the document.
func (p *paper) describe() {
	f := p.f
	f.SetTitle(p.types.clean(p.st.Title), true)
	f.SetSubject(p.types.clean(p.st.Subtitle), true)
	f.SetKeywords(p.types.clean("run "+p.s.RunID), true)
	f.SetCreator(p.types.clean("kubectl-llmbench "+p.s.Tool.Version), true)
	f.SetProducer("kubectl-llmbench, fpdf", false)
	f.SetLang("en")
	when := written(p.s)
	f.SetCreationDate(when)
	f.SetModificationDate(when)
	f.SetCatalogSort(true)
	f.SetDisplayMode("fullwidth", "continuous")
}

// written is the document's date: when the run ended, or began; that of today
// would make every printing differ.
func written(s record.Summary) time.Time {
	when := s.StartedAt
	if s.FinishedAt != nil {
		when = *s.FinishedAt
	}
	if when.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return when.UTC()
}

// isAnnex says whether a section comes after the results, for readers who look
// something up.
func isAnnex(id string) bool {
	switch id {
	case story.SectionEnvironment, story.SectionMethod, sectionNumbers, story.SectionFiles:
		return true
	}
	return false
}

// chapter is what the list of contents shows of a section; annex is its letter,
// "" for what is none.
type chapter struct{ id, title, annex string }

// chapters are the sections of the story and that of the figures' numbers.
func (p *paper) chapters() []chapter {
	var all []chapter
	letter := 'A'
	add := func(id, title string) {
		c := chapter{id: id, title: title}
		if isAnnex(id) {
			c.annex = "Annex " + string(letter)
			letter++
		}
		all = append(all, c)
	}
	for _, sec := range p.st.Sections {
		add(sec.ID, sec.Title)
		if sec.ID == story.SectionMethod && p.hasChartNumbers() {
			add(sectionNumbers, titleNumbers)
		}
	}
	return all
}

func (p *paper) annexOf(id string) string {
	for _, c := range p.chapters() {
		if c.id == id {
			return c.annex
		}
	}
	return ""
}

// section draws one section. The annex begins a page, and so does whatever would
// begin near the end of one.
func (p *paper) section(i int, sec story.Section) {
	if i > 0 && (p.room() < 75 || isAnnex(sec.ID) && !isAnnex(p.st.Sections[i-1].ID)) {
		p.newPage()
	}
	p.sectionHeading(sec.ID, sec.Title, sec.Blocks)
	opened := sec.ID != story.SectionSummary
	for j, b := range sec.Blocks {
		p.block(b, sec.Blocks[j+1:])
		_, isTable := b.(story.Table)
		if !opened && (isTable || j == len(sec.Blocks)-1) {
			p.opening()
			opened = true
		}
	}
}

// sectionHeading begins a section, with what must stand below it on the same page
// and a rule between it and a section above.
func (p *paper) sectionHeading(id, title string, next []story.Block) {
	eyebrow := p.annexOf(id)
	head := p.wrap(p.types.fit(title, h2, 2*textWidth), h2, textWidth)
	p.need(label.leading() + float64(len(head))*h2.leading() + 15 + p.lead(next))
	if p.y > marginTop && len(p.found.of) > 0 {
		p.y += 4
		p.rule(p.y, grey, 0.25)
		p.y += 5
	}
	p.mark(id)
	p.f.Bookmark(p.types.clean(title), 0, p.y)
	if eyebrow != "" {
		p.line(marginX, eyebrow, label.in(accent))
	}
	for _, l := range head {
		p.line(marginX, l, h2)
	}
	p.y += 2.5
}
