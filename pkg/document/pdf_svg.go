package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// readSVG reads what pkg/chart writes: paths of straight lines, circles and
// lines of text. It fails on a path of anything else, which would be missing.
func readSVG(b *bytes.Buffer) (picture, error) {
	pic := picture{left: math.Inf(1), top: math.Inf(1), right: math.Inf(-1), bottom: math.Inf(-1)}
	d := xml.NewDecoder(b)
	var text *shape
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return pic.withoutPaper(), nil
		}
		if err != nil {
			return picture{}, fmt.Errorf("parse SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			s, err := readShape(t)
			if err != nil {
				return picture{}, err
			}
			switch t.Name.Local {
			case "path", "circle":
				pic.shapes = append(pic.shapes, s)
			case "text":
				text = &s
			case "tspan":
				if text != nil {
					text.length = number(attribute(t, "textLength"))
				}
			}
		case xml.CharData:
			if text != nil {
				text.text += strings.Trim(string(t), "\n")
			}
		case xml.EndElement:
			if t.Name.Local == "text" && text != nil {
				pic.shapes = append(pic.shapes, *text)
				text = nil
			}
		}
	}
}

// withoutPaper takes the background away, which is the first shape, and measures
// what is left.
func (c picture) withoutPaper() picture {
	if len(c.shapes) > 0 {
		c.shapes = c.shapes[1:]
	}
	for _, s := range c.shapes {
		switch {
		case s.text != "":
			c.reach(s.at.x, s.at.y-s.size*0.75)
			c.reach(s.at.x+s.length, s.at.y+s.size*0.25)
		case s.radius > 0:
			c.reach(s.at.x-s.radius, s.at.y-s.radius)
			c.reach(s.at.x+s.radius, s.at.y+s.radius)
		default:
			for _, at := range s.path {
				c.reach(at.x, at.y)
			}
		}
	}
	// What stands in the middle of the sheet stands in the middle of the page.
	side := min(c.left, sheetWidth-c.right)
	c.left, c.right = side, sheetWidth-side
	return c
}

func (c *picture) reach(x, y float64) {
	if math.IsNaN(x) {
		return
	}
	c.left, c.right = min(c.left, x), max(c.right, x)
	c.top, c.bottom = min(c.top, y), max(c.bottom, y)
}

func readShape(e xml.StartElement) (shape, error) {
	s := shape{at: place{number(attribute(e, "x")), number(attribute(e, "y"))}}
	switch e.Name.Local {
	case "circle":
		s.at = place{number(attribute(e, "cx")), number(attribute(e, "cy"))}
		s.radius = number(attribute(e, "r"))
	case "path":
		if err := s.readPath(attribute(e, "d")); err != nil {
			return shape{}, err
		}
		for _, d := range strings.Split(attribute(e, "stroke-dasharray"), ",") {
			if n := number(d); n > 0 {
				s.dash = append(s.dash, n)
			}
		}
	}
	for _, property := range strings.Split(attribute(e, "style"), ";") {
		name, value, _ := strings.Cut(property, ":")
		switch name {
		case "fill":
			s.fill = readColour(value)
		case "stroke":
			s.stroke = readColour(value)
		case "stroke-width":
			s.width = number(value)
		case "font-size":
			s.size = number(strings.TrimSuffix(value, "px"))
		}
	}
	return s, nil
}

// readPath reads a path of one piece or several; places of a new piece follow a
// place that is not a number.
func (s *shape) readPath(d string) error {
	words := strings.Fields(d)
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "M", "L":
			if i+2 >= len(words) {
				return fmt.Errorf("a path ends in the middle: %.40q", d)
			}
			if words[i] == "M" && len(s.path) > 0 {
				s.path = append(s.path, place{math.NaN(), math.NaN()})
			}
			s.path = append(s.path, place{number(words[i+1]), number(words[i+2])})
			i += 2
		case "Z":
			s.closed = true
		default:
			return fmt.Errorf("a path has %q, which is neither M, L nor Z", words[i])
		}
	}
	return nil
}

// readColour reads rgba(r,g,b,a) laid on white; "" for none.
func readColour(value string) ink {
	inside, found := strings.CutPrefix(value, "rgba(")
	parts := strings.Split(strings.TrimSuffix(inside, ")"), ",")
	if !found || len(parts) != 4 {
		return ""
	}
	alpha := number(parts[3])
	on := func(s string) int { return int(number(s)*alpha + 255*(1-alpha) + 0.5) }
	return ink(fmt.Sprintf("#%02x%02x%02x", on(parts[0]), on(parts[1]), on(parts[2])))
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// number reads a number; what is none is 0.
func number(s string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return 0
	}
	return n
}
