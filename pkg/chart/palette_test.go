package chart

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/wcharczuk/go-chart/v2/drawing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// linear is a colour's light of red, green and blue, 0..1 (IEC 61966-2-1).
func linear(c drawing.Color) [3]float64 {
	part := func(v uint8) float64 {
		if f := float64(v) / 255; f > 0.04045 {
			return math.Pow((f+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	return [3]float64{part(c.R), part(c.G), part(c.B)}
}

func luminance(c [3]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// contrast is WCAG 2.2's.
func contrast(a, b drawing.Color) float64 {
	x, y := luminance(linear(a)), luminance(linear(b))
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// eyes are what light becomes in protanopia and deuteranopia (Machado, Oliveira
// and Fernandes, 2009, severity 1), and in eyes that see all colours.
var eyes = map[string][3][3]float64{
	"all colours":  {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
}

// lab is CIE 1976 L*a*b* of what an eye sees.
func lab(c drawing.Color, eye [3][3]float64) (l [3]float64) {
	light, seen := linear(c), [3]float64{}
	for i, row := range eye {
		for j, k := range row {
			seen[i] += k * light[j]
		}
		seen[i] = min(max(seen[i], 0), 1)
	}
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	x := f((0.4124*seen[0] + 0.3576*seen[1] + 0.1805*seen[2]) / 0.95047)
	y := f(luminance(seen))
	z := f((0.0193*seen[0] + 0.1192*seen[1] + 0.9505*seen[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func TestColoursStandOutAndApart(t *testing.T) {
	const apart = 20 // CIE76; 2.3 is just noticeable
	for _, dark := range []bool{false, true} {
		paper := themeFor(dark).paper
		for i := range lightColours {
			if c := contrast(hex(Colour(i, dark)), paper); c < 3 {
				t.Errorf("dark=%v: colour %d has a contrast of %.2f", dark, i, c)
			}
			for name, eye := range eyes {
				for j := range i {
					a, b := lab(hex(Colour(i, dark)), eye), lab(hex(Colour(j, dark)), eye)
					if d := math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2]); d < apart {
						t.Errorf("dark=%v, %s: colours %d and %d are only %.1f apart", dark, name, i, j, d)
					}
				}
			}
		}
		for name, c := range map[string]drawing.Color{"ink": themeFor(dark).ink, "muted": themeFor(dark).muted, "target": themeFor(dark).target, "warning": themeFor(dark).warning} {
			if c := contrast(c, paper); c < 4.5 { // text's
				t.Errorf("dark=%v: %s has a contrast of %.2f", dark, name, c)
			}
		}
	}
}

func TestTwentyEnginesLookUnlikeEachOther(t *testing.T) {
	curves, areas := map[string]int{}, map[string]int{}
	for i := range 20 {
		c := Colour(i, false)
		curve := fmt.Sprint(c, i%markers, dashes[i%len(dashes)])
		area := fmt.Sprint(c, i%hatches)
		if j, taken := curves[curve]; taken {
			t.Errorf("curves %d and %d look alike", i, j)
		}
		if j, taken := areas[area]; taken {
			t.Errorf("areas %d and %d look alike", i, j)
		}
		curves[curve], areas[area] = i, i
	}
}

func TestColoursFollowTheEnvironment(t *testing.T) {
	s := record.Summary{
		Environment: record.Environment{Engines: []record.EngineInfo{{Engine: "b"}, {Engine: "a"}}},
		Scenarios:   []record.ScenarioResult{{Engines: []record.EngineResult{{Engine: "a"}, {Engine: "c"}}}},
	}
	for _, dark := range []bool{false, true} {
		want := map[string]string{"b": Colour(0, dark), "a": Colour(1, dark), "c": Colour(2, dark)}
		if diff := cmp.Diff(want, Colours(s, dark)); diff != "" {
			t.Error(diff)
		}
	}
	if Colour(8, false) != Colour(0, false) || Colour(-1, true) != Colour(0, true) {
		t.Error("a place beyond the palette has no colour of it")
	}
}
