package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

func printed(t *testing.T, s record.Summary, figures []chart.Figure) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(&b, s, story.Tell(s, figures), figures); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 2<<20 {
		t.Errorf("the PDF has %d bytes", b.Len())
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || !bytes.HasSuffix(b.Bytes(), []byte("%%EOF\n")) {
		t.Error("that is no PDF, or not all of one")
	}
	return b.Bytes()
}

// crowded is a run of twelve engines with names of 60 letters and 100 findings,
// one of which is longer than a page.
func crowded(t *testing.T) record.Summary {
	t.Helper()
	s, _ := sample(t)
	s.Simulated, s.Partial = true, true
	of, known := s.Scenarios[2].Engines, s.Environment.Engines
	for i := range s.Scenarios {
		s.Scenarios[i].Engines = nil
	}
	s.Environment.Engines = nil
	for i := range 12 {
		name := fmt.Sprintf("engine-%02d-in-namespace-team_%02d/", i, i)
		name += strings.Repeat("x", 60-len(name))
		e := known[i%len(known)]
		e.Engine = name
		s.Environment.Engines = append(s.Environment.Engines, e)
		for j := range s.Scenarios {
			r := of[i%len(of)]
			r.Engine = name
			s.Scenarios[j].Engines = append(s.Scenarios[j].Engines, r)
		}
	}
	for i := range 100 {
		s.Findings = append(s.Findings, record.Finding{ID: fmt.Sprintf("finding-%d", i), Severity: record.SeverityWarn, Subject: strings.Repeat("pod/x-", 10),
			Message: strings.Repeat("something is not as it should be ", 1+i%4), Remedy: strings.Repeat("mend it ", 1+i%9)})
	}
	s.Findings[7].Message = strings.Repeat("a very long message ", 300)
	return s
}

// runs are summaries of every size, with their figures.
func runs(t *testing.T) map[string]func() (record.Summary, []chart.Figure) {
	t.Helper()
	one := record.Summary{Name: "x", Environment: record.Environment{Engines: []record.EngineInfo{{Engine: "a"}}}}
	return map[string]func() (record.Summary, []chart.Figure){
		"sample":  func() (record.Summary, []chart.Figure) { return sample(t) },
		"empty":   func() (record.Summary, []chart.Figure) { return record.Summary{}, nil },
		"one":     func() (record.Summary, []chart.Figure) { return one, chart.Figures(one, nil) },
		"crowded": func() (record.Summary, []chart.Figure) { s := crowded(t); return s, chart.Figures(s, nil) },
		"hostile": func() (record.Summary, []chart.Figure) {
			s, _ := sample(t)
			name := hostile + "\u202eabc\x00\U0001f600 " + strings.Repeat("y", 60)
			s.Environment.Engines[0].Engine, s.Scenarios[0].Name, s.Scenarios[0].Engines[0].Engine = name, name, name
			long := strings.Repeat(name, 20) + strings.Repeat("y", 9000)
			s.Name, s.RunID, s.Environment.Engines[1].Image, s.Fairness[0].Detail, s.Verdict.Summary = name, long, long, long, long
			return s, chart.Figures(s, nil)
		},
	}
}

func TestPDFSaysWhatTheStorySays(t *testing.T) {
	s, figures := sample(t)
	st := story.Tell(s, figures)
	types, err := dejavu()
	if err != nil {
		t.Fatal(err)
	}
	text := words(readPDF(t, printed(t, s, figures)))
	check := func(parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(text, bare(types.clean(part))) {
				t.Errorf("the PDF does not say %q", part)
			}
		}
	}
	check(st.Title, st.Subtitle)
	for _, b := range st.Banners {
		check(b.Title, b.Text)
	}
	for _, sec := range st.Sections {
		check(sec.Title)
		for _, b := range sec.Blocks {
			switch b := b.(type) {
			case story.Heading:
				check(b.Text)
			case story.Paragraph:
				check(b.Text)
			case story.Callout:
				check(b.Title, b.Text, b.Remedy)
			case story.Table:
				checkTable(check, b)
			case story.FigureRef:
				check(b.Title, b.Note)
				for _, table := range b.Tables {
					checkTable(check, table)
				}
			case story.List:
				for _, it := range b.Items {
					check(it.Label, it.Text, it.Detail)
				}
			case story.Definitions:
				for _, term := range b.Terms {
					check(term.Name)
				}
			case story.Links:
				for _, l := range b.Items {
					check(l.Path, l.Text)
				}
			}
		}
	}
}

// checkTable checks cells one by one: those of a row stand side by side.
func checkTable(check func(...string), t story.Table) {
	check(t.Caption, t.Note)
	for _, row := range t.Rows {
		for _, c := range row.Cells {
			check(c.Text)
			if len(c.Detail) < 30 {
				check(c.Detail)
			}
		}
	}
}

func TestPDFOfAnyRunStaysOnItsPages(t *testing.T) {
	types, err := dejavu()
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range runs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, figures := run()
			pdf := printed(t, s, figures)
			pages := len(regexp.MustCompile(`/Type /Page\n`).FindAll(pdf, -1))
			marked := map[int]bool{}
			lines := readPDF(t, pdf)
			for _, l := range lines {
				end := l.x + types.width(l.text, face{size: l.size})/point
				if l.x < (marginX-0.5)/point || end > (pageWidth-marginX+0.5)/point || l.y < 20 || l.y > pageHeight/point-20 {
					t.Errorf("page %d: %q reaches from (%.0f, %.0f) to %.0f", l.page, l.text, l.x, l.y, end)
				}
				if l.page > pages {
					t.Errorf("text on page %d of %d", l.page, pages)
				}
				marked[l.page] = marked[l.page] || strings.Contains(l.text, "SIMULATED")
			}
			if len(marked) != pages {
				t.Errorf("%d of %d pages have text", len(marked), pages)
			}
			for page, is := range marked {
				if is != s.Simulated {
					t.Errorf("page %d: marked as simulated is %v, want %v", page, is, s.Simulated)
				}
			}
			if !strings.Contains(words(lines[max(len(lines)-400, 0):]), fmt.Sprintf("Page%dof%d", pages, pages)) {
				t.Error("the last page is not counted as that")
			}
		})
	}
}

func TestSecondPrintingFindsThePlacesOfTheFirst(t *testing.T) {
	types, err := dejavu()
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range runs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, figures := run()
			st := story.Tell(s, figures)
			drawn, err := pictures(s, st, figures)
			if err != nil {
				t.Fatal(err)
			}
			first := newPaper(s, st, drawn, types, places{})
			first.print()
			second := newPaper(s, st, drawn, types, first.found)
			second.print()
			if diff := cmp.Diff(first.found, second.found, cmp.AllowUnexported(places{})); diff != "" {
				t.Errorf("page numbers are wrong (-first +second):\n%s", diff)
			}
		})
	}
}

func TestPDFBeginsWithTheAnswer(t *testing.T) {
	s, figures := sample(t)
	var first []said
	for _, l := range readPDF(t, printed(t, s, figures)) {
		if l.page == 1 {
			first = append(first, l)
		}
	}
	text := words(first)
	for _, want := range []string{"llama-8bonL40S", "CLIENT-BOUND", "Executivesummary", "Takevllm", "Keyfigures", "Underload:50users", "run" + s.RunID, "Page1of"} {
		if !strings.Contains(text, want) {
			t.Errorf("the first page does not say %s", want)
		}
	}
}

func TestPDFIsTheSameEachTime(t *testing.T) {
	s, figures := sample(t)
	one, two := printed(t, s, figures), printed(t, s, figures)
	if !bytes.Equal(one, two) {
		t.Error("two printings differ")
	}
	if want := "/CreationDate (D:" + s.FinishedAt.UTC().Format("20060102150405") + ")"; !bytes.Contains(one, []byte(want)) {
		t.Errorf("the PDF is not dated %s", want)
	}
	if !bytes.Equal(printed(t, record.Summary{}, nil), printed(t, record.Summary{}, nil)) {
		t.Error("two printings of a run without a date differ")
	}
}

func TestPDFLinksStayInTheRunsDirectory(t *testing.T) {
	s, figures := sample(t)
	pdf := printed(t, s, figures)
	links := regexp.MustCompile(`/URI \(([^)]*)\)`).FindAllSubmatch(pdf, -1)
	if len(links) == 0 {
		t.Error("there is no link to a file")
	}
	for _, l := range links {
		if !bytes.HasPrefix(l[1], []byte("../")) {
			t.Errorf("a link leads to %s", l[1])
		}
	}
	for _, want := range []string{"/Type /Outlines", "/Lang (en)"} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("the PDF lacks %s", want)
		}
	}
	for _, never := range []string{"/JavaScript", "/Launch", "http"} {
		if bytes.Contains(pdf, []byte(never)) {
			t.Errorf("the PDF holds %s", never)
		}
	}
	pages := len(regexp.MustCompile(`/Type /Page\n`).FindAll(pdf, -1))
	for _, dest := range regexp.MustCompile(`/Dest \[(\d+) 0 R`).FindAllSubmatch(pdf, -1) {
		if n := decimal(t, string(dest[1])); n < 3 || n > float64(1+2*pages) {
			t.Errorf("a link leads to object %s, which is no page", dest[1])
		}
	}
}

// The README beside the fonts says where they came from; this holds it to that.
func TestFontsAreThoseThatAreRecorded(t *testing.T) {
	readme, err := os.ReadFile("assets/fonts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, font := range map[string]string{"DejaVuSansCondensed.ttf": regularFont, "DejaVuSansCondensed-Bold.ttf": boldFont} {
		sum := sha256.Sum256([]byte(font))
		if row := "`" + name + "` | `" + hex.EncodeToString(sum[:]) + "`"; !strings.Contains(string(readme), row) {
			t.Errorf("assets/fonts/README.md names another %s: this one has %x", name, sum)
		}
	}
}

func TestPDFErrors(t *testing.T) {
	s, figures := sample(t)
	if err := PDF(brokenWriter{}, s, story.Tell(s, figures), figures); !errors.Is(err, errBroken) {
		t.Errorf("a write that fails: %v", err)
	}
}
