package chart

import (
	"math"
	"sort"
	"strings"
	"unicode"

	"github.com/wcharczuk/go-chart/v2/drawing"
	"golang.org/x/image/math/fixed"
)

// align is which part of a text stands at its place.
type align int

const (
	left align = iota
	centre
	right
)

// The sizes of letters in pixels of the base size.
const (
	sizeTitle   = 24
	sizeHeading = 16
	sizeText    = 14
	sizeSmall   = 13
)

// lineHeight is from one line to the next, in sizes of letters.
const lineHeight = 1.35

// leading is the distance of lines in pixels of the sheet.
func (p *pen) leading(size float64) int { return p.px(size * lineHeight) }

// text writes one line with its baseline at a spot.
func (p *pen) text(at spot, size float64, c drawing.Color, a align, s string) {
	s = printable(s)
	if s == "" {
		return
	}
	switch a {
	case centre:
		at.x -= p.textWidth(s, size) / 2
	case right:
		at.x -= p.textWidth(s, size)
	case left:
	}
	p.r.ResetStyle()
	p.r.SetDPI(72) // a point is a pixel
	p.r.SetFont(p.font)
	p.r.SetFontSize(math.Max(size*p.scale, 1))
	p.r.SetFontColor(c)
	p.r.Words(s, at.x, at.y, max(p.textWidth(s, size), 1))
}

// textWidth measures a line in pixels of the sheet.
func (p *pen) textWidth(s string, size float64) int {
	em := p.font.FUnitsPerEm()
	units := fixed.Int26_6(0)
	for _, r := range s {
		units += p.font.HMetric(fixed.Int26_6(em), p.font.Index(r)).AdvanceWidth
	}
	return int(math.Ceil(float64(units) / float64(em) * size * p.scale))
}

// fit shortens a line to a width by leaving out its middle, because names differ
// at either end. It is "" where not even that fits.
func (p *pen) fit(s string, size float64, width int) string {
	s = printable(s)
	if p.textWidth(s, size) <= width {
		return s
	}
	runes := []rune(s)
	short := func(keep int) string {
		return string(runes[:(keep+1)/2]) + "…" + string(runes[len(runes)-keep/2:])
	}
	// The first number of letters, from 2 on, that is too many: a search, because
	// a name may have very many.
	tooMany := 2 + sort.Search(max(len(runes)-2, 0), func(i int) bool { return p.textWidth(short(2+i), size) > width })
	if tooMany == 2 {
		return ""
	}
	return short(tooMany - 1)
}

// wrap breaks a text into lines of a width, at most so many; what is left over
// is cut.
func (p *pen) wrap(s string, size float64, width, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(printable(s)) {
		longer := strings.TrimPrefix(line+" "+word, " ")
		if line != "" && p.textWidth(longer, size) > width {
			if len(lines) == most-1 {
				return append(lines, p.fit(line+" …", size, width))
			}
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, p.fit(line, size, width))
}

// printable makes any text fit for a picture: what is no character, controls
// something or cannot be seen becomes a space.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s))
}
