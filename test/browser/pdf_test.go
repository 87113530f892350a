//go:build browser

package browser

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/document"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// printPDF writes the PDF of the sample run and gives its path and its story.
func printPDF(t *testing.T) (path string, st story.Story) {
	t.Helper()
	s, figures := sample(t)
	s.Simulated = true
	s.Environment.Engines[0].Model = "модель λ ≥ 8B"
	st = story.Tell(s, figures)
	var b bytes.Buffer
	if err := document.PDF(&b, s, st, figures); err != nil {
		t.Fatal(err)
	}
	keep(t, "report.pdf", b.Bytes())
	path = filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, st
}

// poppler runs a program of poppler-utils and gives what it says. It fails the
// test on any complaint, which poppler only makes of a broken document.
func poppler(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v (it is in the package poppler-utils)\n%s", name, err, complaints.String())
	}
	if complaints.Len() > 0 {
		t.Errorf("%s complains: %s", name, complaints.String())
	}
	return out.String()
}

func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func TestPopplerReadsThePDF(t *testing.T) {
	path, st := printPDF(t)
	text := poppler(t, "pdftotext", "-layout", path, "-")
	all := bare(text)
	says := func(what string) {
		t.Helper()
		if !strings.Contains(all, bare(what)) {
			t.Errorf("the PDF does not say %q", what)
		}
	}
	says(st.Title)
	says("модель λ ≥ 8B")
	for _, sec := range st.Sections {
		says(sec.Title)
		for _, b := range sec.Blocks {
			switch b := b.(type) {
			case story.Heading:
				says(b.Text)
			case story.FigureRef:
				says(b.Title)
			case story.Table:
				says(b.Caption)
			}
		}
	}
	rows := rowsOf(st.Sections)
	if len(rows) < 20 {
		t.Fatalf("only %d rows of numbers to look for", len(rows))
	}
	lines := strings.Split(text, "\n")
	for _, row := range rows {
		if !standsOnALine(lines, row) {
			t.Errorf("no line of the PDF holds the row %q", row)
		}
	}
}

// rowsOf are the rows of the tables of key figures and latencies.
func rowsOf(sections []story.Section) [][]string {
	var rows [][]string
	for _, sec := range sections {
		for _, b := range sec.Blocks {
			table, is := b.(story.Table)
			if !is || table.Caption != "Key figures" && !strings.HasSuffix(table.Caption, ", ms") {
				continue
			}
			for _, row := range table.Rows {
				var cells []string
				for _, c := range row.Cells {
					cells = append(cells, bare(c.Text))
				}
				rows = append(rows, cells)
			}
		}
	}
	return rows
}

// standsOnALine says whether a line holds nothing but the cells in their order.
func standsOnALine(lines, cells []string) bool {
	want := strings.Join(cells, "")
	for _, l := range lines {
		if bare(l) == want {
			return true
		}
	}
	return false
}

func TestPDFsFontsAreEmbedded(t *testing.T) {
	path, _ := printPDF(t)
	lines := strings.Split(strings.TrimSpace(poppler(t, "pdffonts", path)), "\n")
	if len(lines) != 4 {
		t.Fatalf("want two lines of heads and two fonts:\n%s", strings.Join(lines, "\n"))
	}
	for _, l := range lines[2:] {
		// The columns are emb, sub, uni, and the two numbers of the object.
		if got := strings.Fields(l); len(got) < 5 || got[len(got)-5] != "yes" || got[len(got)-3] != "yes" {
			t.Errorf("a font is not embedded, or its letters cannot be searched for: %s", l)
		}
	}
}

// Each page has something on it, and nothing in its margins.
func TestPDFsPagesAreDrawnWithinTheirMargins(t *testing.T) {
	path, _ := printPDF(t)
	dir := t.TempDir()
	poppler(t, "pdftoppm", "-r", "72", "-png", path, filepath.Join(dir, "page"))
	pages, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	for i, name := range pages {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		keep(t, fmt.Sprintf("pdf-page-%02d.png", i+1), data)
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		size := img.Bounds()
		const margin = 48 // 17 mm, and the text begins at 18
		left, right := image.Rect(0, 0, margin, size.Dy()), image.Rect(size.Dx()-margin, 0, size.Dx(), size.Dy())
		if ink(img, left) > 0 || ink(img, right) > 0 {
			t.Errorf("page %d has something in its margins", i+1)
		}
		if ink(img, size) < 500 {
			t.Errorf("page %d is empty", i+1)
		}
	}
}

// ink counts the pixels that are not white.
func ink(img image.Image, in image.Rectangle) int {
	n := 0
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); r < 0xf000 || g < 0xf000 || b < 0xf000 {
				n++
			}
		}
	}
	return n
}
