package document

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

func letters(t testing.TB) *typefaces {
	t.Helper()
	types, err := dejavu()
	if err != nil {
		t.Fatal(err)
	}
	return types
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"N ≥ 3\u202f688 ± 5 µs – a…":  "N ≥ 3\u202f688 ± 5 µs – a…",
		"Ωμέγα Привет ł ğ":            "Ωμέγα Привет ł ğ",
		"a\tb\nc":                     "a b c",
		"\x00\x1b[31mred\x7f":         "[31mred",
		"ev\u202eil\u2066 \u200bx":    "evil x",
		"模型 \U0001f600":               "�� �",
		"bad\xff":                     "bad�",
		"\U00010000\U0010ffff\ufffe<": "���<",
	} {
		if got := letters(t).clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	types := letters(t)
	five := types.width("aaaaa", body) + 0.01
	for in, want := range map[string][]string{
		"":                        nil,
		"aa aa":                   {"aa aa"},
		"aa  aa aa":               {"aa aa", "aa"},
		"aaaaaaa":                 {"aaaaa", "aa"},
		"aaa-aaaa":                {"aaa-", "aaaa"},
		"a aaaaaaaaaaaa":          {"a", "aaaaa", "aaaaa", "aa"},
		"aa a-aaaaa-aaaaa-aaaaaa": {"aa a-", "aaaaa", "-aaaa", "a-aaa", "aaa"},
	} {
		if diff := cmp.Diff(want, types.wrap(in, body, five)); diff != "" {
			t.Errorf("wrap(%q) (-want +got):\n%s", in, diff)
		}
	}
	if got := types.fit("abcdefghijklmnop", body, five); !strings.HasPrefix(got, "ab") || !strings.HasSuffix(got, "p") || types.width(got, body) > five {
		t.Errorf("fit = %q", got)
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("the quick/brown-fox \u202e jumps", 20.0)
	f.Add(strings.Repeat("x", 2000), 0.0)
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if math.IsNaN(width) || width > 1e6 {
			return
		}
		types := letters(t)
		lines := types.wrap(s, body, width)
		for _, l := range lines {
			if types.width(l, body) > width+1e-6 && utf8.RuneCountInString(l) > 1 {
				t.Errorf("line %q is %.2f mm wide, more than %.2f", l, types.width(l, body), width)
			}
		}
		without := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r == ' ' {
					return -1
				}
				return r
			}, s)
		}
		if got, want := without(strings.Join(lines, "")), without(types.clean(s)); got != want {
			t.Errorf("the lines say %q, want %q", got, want)
		}
		for _, r := range types.clean(s) {
			if r >= planes || unicode.IsControl(r) {
				t.Errorf("%q is left", r)
			}
		}
	})
}

func TestColoursAreTakenApart(t *testing.T) {
	for in, want := range map[ink][3]int{"#0f5C78": {15, 92, 120}, "#ffffff": {255, 255, 255}, "red": {}, "": {}} {
		r, g, b := in.rgb()
		if got := [3]int{r, g, b}; got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
}

// Every figure's lines, marks and letters reach the page.
func TestPicturesHoldWhatTheSVGHolds(t *testing.T) {
	s, figures := sample(t)
	drawn, err := pictures(s, story.Tell(s, figures), figures)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		if len(f.Engines) == 0 {
			f.Engines = story.Engines(s)
		}
		f.Title, f.Note = "", ""
		var b bytes.Buffer
		if err := f.SVG(&b, chart.Look{Width: sheetWidth}); err != nil {
			t.Fatal(err)
		}
		want := strings.Count(b.String(), "<path") + strings.Count(b.String(), "<circle") + strings.Count(b.String(), "<text") - 1
		if got := len(drawn[f.ID].shapes); got != want || want < 10 {
			t.Errorf("%s: %d shapes, want %d", f.ID, got, want)
		}
	}
}

func TestSVGThatIsNotUnderstoodIsRefused(t *testing.T) {
	for _, svg := range []string{`<svg><path d="M 0 0 A 1 1 0 0 1 2 2"/></svg>`, `<svg><path d="M 0"/></svg>`, `<svg><path d="M 0 0`} {
		if _, err := readSVG(bytes.NewBufferString(svg)); err == nil {
			t.Errorf("%s was read", svg)
		}
	}
}

func TestTableCellsStayInTheirColumns(t *testing.T) {
	s := crowded(t)
	st := story.Tell(s, nil)
	p := newPaper(s, st, nil, letters(t), places{})
	tables := 0
	for _, sec := range st.Sections {
		for _, b := range sec.Blocks {
			table, is := b.(story.Table)
			if !is {
				continue
			}
			tables++
			seen := map[int]bool{}
			for _, g := range p.grids(table, 1) {
				rows, _ := p.layRows(g)
				total := 0.0
				for i, w := range g.widths {
					total += w
					seen[g.columns[i]] = true
					for _, r := range append(rows, p.layHead(g)) {
						for _, l := range r.cells[i] {
							if width := p.types.width(l.text, l.face); width > w+1e-6 {
								t.Errorf("%s: %q is %.1f mm wide in a column of %.1f", table.Caption, l.text, width, w)
							}
						}
					}
				}
				if total += g.gap * float64(len(g.widths)-1); total > textWidth+1e-6 {
					t.Errorf("%s is %.1f mm wide", table.Caption, total)
				}
			}
			if len(seen) != len(table.Columns) {
				t.Errorf("%s: %d of %d columns are printed", table.Caption, len(seen), len(table.Columns))
			}
		}
	}
	if tables < 10 {
		t.Errorf("only %d tables were looked at", tables)
	}
}
