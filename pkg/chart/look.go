package chart

import (
	"cmp"
	"fmt"
	"io"
	"math"

	gochart "github.com/wcharczuk/go-chart/v2"
)

// Look is how a figure is drawn.
type Look struct {
	// Width and Height are in pixels; 0 is what suits the figure, 1200 by 700 or
	// more.
	Width, Height int
	// Dark is for a dark background.
	Dark bool
	// Simulated marks the picture as one of simulated engines.
	Simulated bool
}

// The sizes of pictures, in pixels. A picture of the base size has letters of
// the sizes that the code names; others are scaled.
const (
	baseWidth  = 1200
	baseHeight = 700
	tallHeight = 900
	headHeight = 150
	rowHeight  = 180
	smallest   = 120
	largest    = 10000
)

// PNG draws the figure as a PNG picture. It fails where the look asks for a size
// outside 120..10000 pixels, and where w does.
func (f Figure) PNG(w io.Writer, o Look) error {
	return f.draw(w, o, func(width, height int) (sheet, error) {
		r, err := gochart.PNG(width, height)
		return pngSheet{r}, err
	})
}

// SVG draws the figure as an SVG picture: real text, a title and a description
// for readers who cannot see it, and nothing from outside. It fails as PNG does.
func (f Figure) SVG(w io.Writer, o Look) error {
	return f.draw(w, o, func(width, height int) (sheet, error) {
		r, err := gochart.SVG(width, height)
		return svgSheet{r, svgHead(width, height, f)}, err
	})
}

func (f Figure) draw(w io.Writer, o Look, paper func(width, height int) (sheet, error)) error {
	o.Width = cmp.Or(o.Width, baseWidth)
	if o.Height == 0 {
		o.Height = f.height() * o.Width / baseWidth
		o.Height = min(max(o.Height, smallest), largest)
	}
	for _, side := range []int{o.Width, o.Height} {
		if side < smallest || side > largest {
			return fmt.Errorf("draw figure %q: its size is %d by %d pixels and each side must be in %d..%d",
				f.ID, o.Width, o.Height, smallest, largest)
		}
	}
	to, err := paper(o.Width, o.Height)
	if err == nil {
		err = f.drawOn(to, o)
	}
	if err == nil {
		err = to.Save(w)
	}
	if err != nil {
		return fmt.Errorf("draw figure %q: %w", f.ID, err)
	}
	return nil
}

func (f Figure) drawOn(to sheet, o Look) error {
	font, err := roboto()
	if err != nil {
		return err
	}
	scale := math.Min(float64(o.Width)/baseWidth, float64(o.Height)/float64(f.height()))
	p := &pen{r: to, font: font, theme: themeFor(o.Dark), scale: scale, engines: f.engines(), dark: o.Dark}
	p.figure(f, o)
	return nil
}

// height is what a figure needs at the base width.
func (f Figure) height() int {
	switch {
	case f.Kind == KindTimeline:
		return headHeight + rowHeight*max(len(f.Panels), 2)
	case len(f.Panels) > 3:
		return tallHeight
	}
	return baseHeight
}
