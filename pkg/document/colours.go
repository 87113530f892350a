package document

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/story"
)

// Each engine's colour has a contrast of 3:1 at least against the page, so that
// thin lines can be seen (WCAG 2.2, 1.4.11).
var (
	onLight = []string{"#2463b4", "#c2570c", "#1b7f4d", "#7a3fb0", "#b0326b", "#8a6d00", "#0e7c86", "#5b6470"}
	onDark  = []string{"#7ab0ff", "#ffa45c", "#5fd39a", "#c79bff", "#ff8fbf", "#e0c14a", "#5fd0da", "#aab4c0"}
)

// colours gives each engine its colour, as #rrggbb.
func colours(s record.Summary, dark bool) map[string]string {
	palette := onLight
	if dark {
		palette = onDark
	}
	of := map[string]string{}
	for i, engine := range story.Engines(s) {
		of[engine] = palette[i%len(palette)]
	}
	return of
}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// engineStyle gives each engine's class its colour. Only colours get into it, by
// the engine's number: no name can.
func engineStyle(engines []string, light, dark map[string]string) string {
	return rules("", engines, light) +
		rules(":root[data-theme=dark] ", engines, dark) +
		"@media (prefers-color-scheme:dark){" + rules(":root:not([data-theme=light]) ", engines, dark) + "}\n" +
		"@media print{" + rules(":root:root:root ", engines, light) + "}\n"
}

func rules(scope string, engines []string, of map[string]string) string {
	var b strings.Builder
	for i, engine := range engines {
		if c := of[engine]; colour.MatchString(c) {
			fmt.Fprintf(&b, "%s.e%d{--engine:%s}\n", scope, i, c)
		}
	}
	return b.String()
}
