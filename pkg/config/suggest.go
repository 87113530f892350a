package config

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest returns the candidate that word was probably meant to be, or "".
// Case, and dashes in place of underscores, count for nothing.
func nearest(word string, candidates []string) string {
	if len(word) > 100 { // no name is that long, and the distance costs the product of the lengths
		return ""
	}
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
	best, least := "", len(word)+1
	for _, c := range candidates {
		d := levenshtein.ComputeDistance(plain(word), plain(c))
		if d < least && 2*d <= max(len(word), len(c)) {
			best, least = c, d
		}
	}
	return best
}
