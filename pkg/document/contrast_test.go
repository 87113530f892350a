package document

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/chart"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// luminance and contrast are as WCAG 2.2 defines them.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	hex := strings.TrimPrefix(colour, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	linear := func(c uint64) float64 {
		s := float64(c&255) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestColoursHaveContrast(t *testing.T) {
	themes := regexp.MustCompile(`(?s)\{\s*(--paper:.*?)\}`).FindAllStringSubmatch(style, -1)
	if len(themes) != 4 {
		t.Fatalf("the style has %d themes, want light, dark by preference, dark by choice and print", len(themes))
	}
	for i, theme := range themes {
		of := map[string]string{}
		for _, v := range regexp.MustCompile(`--([a-z0-9-]+):(#[0-9a-f]+)`).FindAllStringSubmatch(theme[1], -1) {
			of[v[1]] = v[2]
		}
		for _, pair := range strings.Fields("ink/paper ink-2/paper ink-2/sunk accent/paper paper/accent good/paper good/good-bg caution/paper caution/caution-bg bad/paper bad/bad-bg ink-2/bad-bg ink-2/caution-bg") {
			front, back, _ := strings.Cut(pair, "/")
			if got := contrast(t, of[front], of[back]); got < 4.5 {
				t.Errorf("theme %d: %s has a contrast of %.2f, want 4.5", i, pair, got)
			}
		}
		dark := luminance(t, of["paper"]) < 0.5
		for engine, c := range chart.Colours(record.Summary{Environment: record.Environment{Engines: []record.EngineInfo{{Engine: "a"}, {Engine: "b"}, {Engine: "c"}, {Engine: "d"}, {Engine: "e"}, {Engine: "f"}, {Engine: "g"}, {Engine: "h"}}}}, dark) {
			if got := contrast(t, c, of["paper"]); got < 3 {
				t.Errorf("theme %d: engine %s has a contrast of %.2f, want 3", i, engine, got)
			}
		}
	}
}
