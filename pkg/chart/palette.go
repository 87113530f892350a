package chart

import "github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"

// The palettes follow the hues of Okabe and Ito's set for all kinds of colour
// vision ("Color Universal Design", 2008), with a lightness chosen so that each
// colour has a contrast of 3:1 at least against its background (WCAG 2.2,
// 1.4.11) and stays apart from the others for protanopes and deuteranopes.
// Places of the same number are of the same hue.
var (
	lightColours = [...]string{"#146a9e", "#d87517", "#63284f", "#00a182", "#1b91ff", "#714a00", "#0d0d0d", "#5f422e"}
	darkColours  = [...]string{"#82b3eb", "#b87000", "#a24b82", "#1ef694", "#0c8aff", "#f9c82a", "#f6f6f6", "#806745"}
)

// Colour is the colour of the engine at place i of a run, as "#rrggbb", for a
// light or a dark background. Past the last colour they begin again; dashes,
// marks and hatches tell the engines apart from there on, and in grey.
func Colour(i int, dark bool) string {
	palette := lightColours[:]
	if dark {
		palette = darkColours[:]
	}
	return palette[max(i, 0)%len(palette)]
}

// Colours gives every engine of a run its colour, so that pages, terminals and
// documents show it as the figures do.
func Colours(s record.Summary, dark bool) map[string]string {
	colours := map[string]string{}
	for i, engine := range engineOrder(s) {
		colours[engine] = Colour(i, dark)
	}
	return colours
}
