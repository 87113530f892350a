package document

import (
	"bytes"
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// picture is a figure as shapes on a sheet, in its own units: what is drawn of
// it reaches from (left, top) to (right, bottom).
type picture struct {
	kind                     string
	panels                   int
	shapes                   []shape
	left, top, right, bottom float64
}

// shape is a path, a circle or a line of text, whichever it has something for.
type shape struct {
	path         []place
	closed       bool
	radius       float64
	text         string
	at           place
	size, length float64
	fill, stroke ink
	width        float64
	dash         []float64
}

type place struct{ x, y float64 }

// sheetWidth is how fine the grid is that figures are drawn on: their shapes
// stand on whole numbers.
const sheetWidth = 4800

// pictures draws the figures that a story refers to. Their titles and notes are
// left out, because the page sets those.
func pictures(s record.Summary, st story.Story, figures []chart.Figure) (map[string]picture, error) {
	wanted := map[string]bool{}
	for _, sec := range st.Sections {
		for _, b := range sec.Blocks {
			if ref, is := b.(story.FigureRef); is {
				wanted[ref.ID] = true
			}
		}
	}
	all := map[string]picture{}
	for _, f := range figures {
		if !wanted[f.ID] {
			continue
		}
		if len(f.Engines) == 0 {
			f.Engines = story.Engines(s)
		}
		for id, f := range map[string]chart.Figure{f.ID: f, digestOf(f.ID): digest(f)} {
			pic, err := newPicture(f)
			if err != nil {
				return nil, err
			}
			all[id] = pic
		}
	}
	return all, nil
}

// digest leaves the two panels of a large figure that say most: its first, and
// the one of throughput.
func digest(f chart.Figure) chart.Figure {
	if len(f.Panels) <= 3 {
		return f
	}
	second := 1
	for i, p := range f.Panels {
		if i > 0 && p.Y.Unit == "tokens/s" {
			second = i
		}
	}
	f.Panels = []chart.Panel{f.Panels[0], f.Panels[second]}
	return f
}

// digestOf names the digest of a figure; no figure's ID has a space.
func digestOf(id string) string { return id + " digest" }

// newPicture draws a figure without the mark of a simulation, which stands beside
// its title.
func newPicture(f chart.Figure) (picture, error) {
	f.Title, f.Note = "", ""
	var b bytes.Buffer
	if err := f.SVG(&b, chart.Look{Width: sheetWidth}); err != nil {
		return picture{}, err
	}
	pic, err := readSVG(&b)
	if err != nil {
		return picture{}, fmt.Errorf("read the drawing of figure %q: %w", f.ID, err)
	}
	pic.kind, pic.panels = f.Kind, len(f.Panels)
	return pic, nil
}

func (c picture) empty() bool { return len(c.shapes) == 0 || c.right <= c.left || c.bottom <= c.top }

// heightAt is the height of a picture that is so wide.
func (c picture) heightAt(width float64) float64 {
	return (c.bottom - c.top) * width / (c.right - c.left)
}
