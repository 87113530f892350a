package chart

import "github.com/wcharczuk/go-chart/v2/drawing"

// theme holds the colours that mean no engine.
type theme struct{ paper, ink, muted, grid, target, warning drawing.Color }

// lightPaper and darkPaper are the backgrounds that the palettes are made for.
const (
	lightPaper = "#ffffff"
	darkPaper  = "#161a20"
)

func themeFor(dark bool) theme {
	if dark {
		return theme{
			paper: hex(darkPaper), ink: hex("#f0f3f6"), muted: hex("#a9b3bf"), grid: hex("#2f3742"),
			target: hex("#ff8f8f"), warning: hex("#ffb454"),
		}
	}
	return theme{
		paper: hex(lightPaper), ink: hex("#1a1f26"), muted: hex("#59636e"), grid: hex("#dde2e8"),
		target: hex("#b3261e"), warning: hex("#a34700"),
	}
}

func hex(s string) drawing.Color { return drawing.ColorFromHex(s) }

// mix lays a colour over another with an opacity of 0..1.
func mix(over, under drawing.Color, opacity float64) drawing.Color {
	part := func(a, b uint8) uint8 { return uint8(float64(a)*opacity + float64(b)*(1-opacity) + 0.5) }
	return drawing.Color{R: part(over.R, under.R), G: part(over.G, under.G), B: part(over.B, under.B), A: 255}
}
