package document

import (
	"fmt"
	"regexp"
	"strings"
)

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
