package bench

import "strings"

// leastSecret is the shortest token, in bytes, that is looked for in texts: a
// shorter one would be found in words that are none.
const leastSecret = 6

// hide takes the engine's token out of a text of the engine's. Some servers and
// proxies quote the header they refuse, and what they say goes into results.
func (t *Target) hide(text string) string {
	if len(t.secret) < leastSecret {
		return text
	}
	return strings.ReplaceAll(text, t.secret, "[token]")
}
