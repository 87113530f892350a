package config

import (
	"slices"
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
		// The begin of one name alone is that name: rate for rate_per_s.
		if strings.HasPrefix(plain(c), plain(word)+"_") && onlyBegin(plain(word)+"_", candidates, plain) {
			return c
		}
		d := distance(plain(word), plain(c))
		if d < least && 2*d <= max(len(word), len(c)) {
			best, least = c, d
		}
	}
	return best
}

// onlyBegin says that one candidate alone begins so.
func onlyBegin(begin string, candidates []string, plain func(string) string) bool {
	n := 0
	for _, c := range candidates {
		if strings.HasPrefix(plain(c), begin) {
			n++
		}
	}
	return n == 1
}

// distance is the number of edits between two names. Letters in another order
// are one slip of the fingers.
func distance(a, b string) int {
	if a != b && sorted(a) == sorted(b) {
		return 1
	}
	return levenshtein.ComputeDistance(a, b)
}

func sorted(s string) string {
	letters := []rune(s)
	slices.Sort(letters)
	return string(letters)
}
