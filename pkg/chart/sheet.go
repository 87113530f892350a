package chart

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"
	"sync"

	gochart "github.com/wcharczuk/go-chart/v2"
)

// sheet is what is drawn on. The two of go-chart differ where the adapters below
// make them alike.
type sheet interface {
	gochart.Renderer
	// Words writes a line of text that is so many pixels wide in go-chart's font.
	Words(body string, x, y, width int)
}

// roboto is go-chart's font. Its own getter is a data race where several
// pictures are drawn at once.
var roboto = sync.OnceValues(gochart.GetDefaultFont)

// pngSheet draws a circle at once, as the other does.
type pngSheet struct{ gochart.Renderer }

func (s pngSheet) Circle(radius float64, x, y int) {
	s.Renderer.Circle(radius, x, y)
	s.FillStroke()
}

// Words implements sheet.
func (s pngSheet) Words(body string, x, y, _ int) { s.Text(body, x, y) }

// SetFontSize makes up for the raster renderer's scale: it takes its font's units
// for 72 a pixel, and they are 64.
func (s pngSheet) SetFontSize(size float64) { s.Renderer.SetFontSize(size * 64 / 72) }

// svgSheet escapes text, which go-chart writes as it is, and gives the picture
// a head of its own.
type svgSheet struct {
	gochart.Renderer
	head string
}

// Words implements sheet. The text keeps its width in a font that is wider or
// narrower, so that it stays where there is room for it.
func (s svgSheet) Words(body string, x, y, width int) {
	s.Text(fmt.Sprintf(`<tspan textLength="%d" lengthAdjust="spacingAndGlyphs">%s</tspan>`,
		width, html.EscapeString(body)), x, y)
}

// The families that go-chart asks for and that are asked for in its place: most
// computers lack Roboto, and the widths of these are close to it.
var families = strings.NewReplacer(
	"font-family:'Roboto Medium',sans-serif", "font-family:Roboto,'Helvetica Neue',Arial,sans-serif;font-weight:500")

func (s svgSheet) Save(w io.Writer) error {
	var b bytes.Buffer
	if err := s.Renderer.Save(&b); err != nil {
		return err
	}
	_, body, found := strings.Cut(b.String(), ">")
	if !found {
		return fmt.Errorf("go-chart's SVG has no head")
	}
	_, err := io.WriteString(w, s.head+families.Replace(body)+"\n")
	return err
}

// svgHead opens an SVG document. Title and description are its first children,
// where screen readers look for them.
func svgHead(width, height int, f Figure) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img">`+
		"<title>%s</title><desc>%s</desc>\n", width, height, width, height,
		html.EscapeString(printable(f.Title)), html.EscapeString(printable(f.inWords())))
}

// inWords says what a figure shows, for its description.
func (f Figure) inWords() string {
	parts := []string{f.Subtitle}
	for _, p := range f.Panels {
		for _, text := range []string{p.heading(), p.Empty} {
			if text != "" {
				parts = append(parts, text)
			}
		}
		for _, b := range p.Boxes {
			parts = append(parts, b.inWords(p))
		}
		for _, b := range p.Bars {
			parts = append(parts, fmt.Sprintf("%s, %s: %s %s", b.Engine, b.Category, number(b.Value), p.Y.Unit))
		}
	}
	return strings.Join(append(parts, f.Note), "; ")
}

func (b Box) inWords(p Panel) string {
	name := b.Engine
	if b.Category != b.Engine {
		name += ", " + b.Category
	}
	if b.MedianCI == nil {
		return fmt.Sprintf("%s: n=%d, too few for a median", name, b.N)
	}
	return fmt.Sprintf("%s: median %s %s, interval %s to %s, n=%d",
		name, number(b.Median), p.Y.Unit, number(b.MedianCI[0]), number(b.MedianCI[1]), b.N)
}
