package document

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/golang/freetype/truetype"
	"golang.org/x/image/math/fixed"
)

var (
	//go:embed assets/fonts/DejaVuSansCondensed.ttf
	regularFont string
	//go:embed assets/fonts/DejaVuSansCondensed-Bold.ttf
	boldFont string
)

// family names the fonts within the document.
const family = "dejavu"

// planes is how many code points a PDF of fpdf can write: those of the basic
// plane.
const planes = 1 << 16

// typefaces are the widths of letters, in 1/1000 of their size; 0 for what at
// least one of the two fonts lacks.
type typefaces struct{ regular, bold [planes]uint16 }

// dejavu measures the letters of both fonts.
var dejavu = sync.OnceValues(func() (*typefaces, error) {
	regular, err := truetype.Parse([]byte(regularFont))
	if err != nil {
		return nil, fmt.Errorf("parse DejaVuSansCondensed.ttf: %w", err)
	}
	bold, err := truetype.Parse([]byte(boldFont))
	if err != nil {
		return nil, fmt.Errorf("parse DejaVuSansCondensed-Bold.ttf: %w", err)
	}
	t := &typefaces{}
	for r := rune(' '); r < planes; r++ {
		if regular.Index(r) != 0 && bold.Index(r) != 0 {
			t.regular[r], t.bold[r] = advance(regular, r), advance(bold, r)
		}
	}
	return t, nil
})

func advance(f *truetype.Font, r rune) uint16 {
	em := f.FUnitsPerEm()
	width := int32(f.HMetric(fixed.Int26_6(em), f.Index(r)).AdvanceWidth)
	return uint16(max((width*1000+em/2)/em, 0)) //nolint:gosec // a letter is at most a few ems wide
}

// clean makes any text fit to be printed: what has no glyph becomes a mark in
// its place; controls, invisible marks and what turns the direction of writing
// are left out.
func (t *typefaces) clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) && unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case r < planes && t.regular[r] != 0:
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return unicode.ReplacementChar
	}, s)
}

// width measures a clean text in millimetres.
func (t *typefaces) width(s string, f face) float64 {
	table := &t.regular
	if f.bold {
		table = &t.bold
	}
	sum := 0
	for _, r := range s {
		if r < planes {
			sum += int(table[r])
		}
	}
	return float64(sum) / 1000 * f.size * point
}
