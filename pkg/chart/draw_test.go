package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestPictures(t *testing.T) {
	s, values := sample()
	figures := Figures(s, values)
	for _, id := range []string{"ttft-overview", "ttft", "load-heavy", "radar-light", "cdf-heavy", "goodput-most", "goodput-light-heavy", "timeline-heavy"} {
		f := find(t, figures, id)
		png, _ := render(t, f, Look{Width: 600, Simulated: true, Dark: id == "timeline-heavy"})
		golden.CheckPNG(t, "testdata/"+id+".png", png, 0.01)
	}
	_, svg := render(t, find(t, figures, "ttft"), Look{Simulated: true})
	golden.Check(t, "testdata/ttft.svg", bytes.ReplaceAll(svg, []byte("<"), []byte("\n<")))
	_, svg = render(t, find(t, figures, "radar-light"), Look{Dark: true})
	golden.Check(t, "testdata/radar-light.svg", bytes.ReplaceAll(svg, []byte("<"), []byte("\n<")))
}

func TestPicturesAreTheSameEachTime(t *testing.T) {
	s, values := sample()
	type pair struct{ png, svg []byte }
	all := make([][]pair, 2)
	var group sync.WaitGroup
	for i := range all { // at once, since a run may draw its figures so
		group.Go(func() {
			for _, f := range Figures(s, values) {
				png, svg := render(t, f, Look{Width: 240})
				all[i] = append(all[i], pair{png, svg})
			}
		})
	}
	group.Wait()
	for i := range all[0] {
		if !bytes.Equal(all[0][i].png, all[1][i].png) || !bytes.Equal(all[0][i].svg, all[1][i].svg) {
			t.Errorf("picture %d differs", i)
		}
	}
}

// document is what an XML parser finds in an SVG.
type document struct {
	title, desc string
	texts       []string
	elements    map[string]int
}

// parse reads an SVG, and fails the test where it is none, or holds anything
// that acts or comes from outside.
func parse(t testing.TB, svg []byte) document {
	t.Helper()
	d := document{elements: map[string]int{}}
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	var open []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return d
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%.300s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Name.Local)
			d.elements[e.Name.Local]++
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Name.Local, "href") || strings.Contains(a.Value, "url(") {
					t.Errorf("attribute %s=%q", a.Name.Local, a.Value)
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || strings.Contains(a.Value, "e+") {
					t.Errorf("attribute %s=%q", a.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				d.take(open[len(open)-1], string(e))
			}
		}
	}
}

func (d *document) take(element, text string) {
	switch element {
	case "title":
		d.title = text
	case "desc":
		d.desc = text
	case "tspan":
		d.texts = append(d.texts, text)
	}
}

func TestHostileNamesStayText(t *testing.T) {
	const name = "<script>alert(1)</script>\x00\x1b[31m\u202e&amp;\"'\xff]]>"
	f := Figure{
		ID: name, Title: name, Subtitle: name, Note: name,
		Panels: []Panel{
			{Title: name, X: Axis{Label: name, Unit: name}, Y: Axis{Label: name, Unit: name},
				Lines: []Line{{Engine: name, Name: name, Points: []Point{{1, 2}, {2, 3}}}}, Marks: []Mark{{2, name}}},
			{X: Axis{Categories: []string{name}}, Bars: []Bar{{Engine: name, Category: name, Value: 1}}},
			{Spokes: []string{name, name, name}, Blades: []Blade{{Engine: name, Scores: []float64{1, 2, 3}}}},
			{Empty: name},
		},
	}
	var svg bytes.Buffer
	if err := f.SVG(&svg, Look{Width: 4000}); err != nil {
		t.Fatal(err)
	}
	d := parse(t, svg.Bytes())
	want := "<script>alert(1)</script>  [31m &amp;\"' ]]>"
	if d.title != want {
		t.Errorf("title %q", d.title)
	}
	for element := range d.elements {
		if !slices.Contains([]string{"svg", "title", "desc", "path", "circle", "text", "tspan"}, element) {
			t.Errorf("element %s", element)
		}
	}
	whole := 0
	for _, text := range d.texts {
		if text == want {
			whole++
		}
	}
	if whole < 5 {
		t.Errorf("%d of %q hold the whole name", whole, d.texts)
	}
}

func TestSVGTellsItsNumbers(t *testing.T) {
	s, values := sample()
	_, svg := render(t, find(t, Figures(s, values), "ttft"), Look{})
	d := parse(t, svg)
	median := number(s.Scenarios[0].Engines[0].TTFT.P50.Or(0))
	if !strings.Contains(d.desc, "vllm: median "+median+" ms") {
		t.Errorf("description %q lacks the median %s", d.desc, median)
	}
	if all := strings.Join(d.texts, "\n"); !strings.Contains(all, "median "+median+" ms\n") || strings.Contains(all, "SIMULATED") {
		t.Errorf("texts %q", d.texts)
	}
}

func TestTheMarkOfASimulation(t *testing.T) {
	for _, f := range []Figure{{}, {Title: strings.Repeat("long ", 100), Panels: []Panel{{Empty: "why"}}}} {
		_, svg := render(t, f, Look{Width: 600, Simulated: true})
		if d := parse(t, svg); !strings.Contains(strings.Join(d.texts, "\n"), "SIMULATED") {
			t.Errorf("texts %q", d.texts)
		}
	}
}

func TestSizes(t *testing.T) {
	f := Figure{ID: "f", Title: "A title", Panels: make([]Panel, 4)}
	for o, want := range map[Look][2]int{
		{}:                         {1200, 900},
		{Width: 600}:               {600, 450},
		{Width: 300, Height: 500}:  {300, 500},
		{Width: 120, Height: 120}:  {120, 120},
		{Width: 119}:               {},
		{Width: 10001}:             {},
		{Height: -1}:               {},
		{Width: 10000, Height: 10}: {},
	} {
		var b bytes.Buffer
		if err := f.PNG(&b, o); (err != nil) != (want == [2]int{}) {
			t.Errorf("%+v: %v", o, err)
		} else if err == nil {
			config, err := png.DecodeConfig(&b)
			if diff := cmp.Diff(want, [2]int{config.Width, config.Height}); diff != "" || err != nil {
				t.Errorf("%+v: %v %s", o, err, diff)
			}
		}
	}
}

func TestAFullDiskIsAnError(t *testing.T) {
	for _, draw := range []func(io.Writer, Look) error{Figure{ID: "ttft"}.PNG, Figure{ID: "ttft"}.SVG} {
		if err := draw(full{}, Look{}); err == nil || !strings.Contains(err.Error(), `figure "ttft"`) {
			t.Errorf("got %v", err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestAMillionPoints draws what no page would.
func TestAMillionPoints(t *testing.T) {
	line := Line{Engine: "a"}
	values := make([]float64, 1_000_000)
	for i := range values {
		values[i] = math.Mod(float64(i)*0.618, 100)
		line.Points = append(line.Points, Point{float64(i), values[i]})
	}
	b, _ := box(values, nil)
	b.Engine, b.Category, b.Outliers = "a", "a", values
	f := Figure{Panels: []Panel{{Lines: []Line{line}}, {X: Axis{Categories: []string{"a"}}, Boxes: []Box{b}}}}
	_, svg := render(t, f, Look{Width: 400})
	if len(svg) > 100_000 {
		t.Errorf("%d bytes", len(svg))
	}
}

func TestNamesThatLookAlikeWhenShortenedGetALegend(t *testing.T) {
	count := func(names ...string) (n int) {
		f := Figure{Panels: []Panel{{X: Axis{Categories: names}}}}
		for _, name := range names {
			f.Panels[0].Bars = append(f.Panels[0].Bars, Bar{Engine: name, Category: name, Value: 1})
		}
		_, svg := render(t, f, Look{})
		for _, text := range parse(t, svg).texts {
			if text == names[0] {
				n++
			}
		}
		return n
	}
	if n := count("a", "b"); n != 1 {
		t.Errorf("a short name is written %d times", n)
	}
	var alike []string
	for i := range 12 { // told apart by their middles only
		alike = append(alike, "vllm-with-a-large-"+string(rune('a'+i))+"-of-a-batch-size")
	}
	if n := count(alike...); n != 1 {
		t.Errorf("no legend has the name that its category has no room for: %d", n)
	}
}
