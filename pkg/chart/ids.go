package chart

import (
	"fmt"
	"strings"
)

// longestID keeps a scenario's name from making a file name that file systems
// refuse.
const longestID = 60

// identify makes an ID of a kind of figure and a scenario: ttft of the scenario
// ttft, load-heavy of heavy. It is fit for a file name and for a page's anchor
// whatever the scenario is called.
func identify(prefix, scenario string) string {
	name := slug(scenario)
	if name == "" || name == prefix {
		return prefix
	}
	return prefix + "-" + name
}

// slug keeps lower-case letters and digits and puts one dash for all between.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		plain := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		switch {
		case b.Len() >= longestID:
			return strings.TrimSuffix(b.String(), "-")
		case plain:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}

// uniqueIDs numbers the figures whose scenarios are told apart by more than
// their IDs show.
func uniqueIDs(figures []Figure) {
	taken := map[string]bool{}
	for i := range figures {
		id := figures[i].ID
		for n := 2; taken[figures[i].ID]; n++ {
			figures[i].ID = fmt.Sprintf("%s-%d", id, n)
		}
		taken[figures[i].ID] = true
	}
}
