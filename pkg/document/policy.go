package document

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// policy is the page's Content-Security-Policy: its own scripts and its own style
// by their SHA-256, images that it makes itself, and nothing else at all. See
// https://www.w3.org/TR/CSP3/.
func policy(style string, scripts ...string) string {
	sources := make([]string, len(scripts))
	for i, s := range scripts {
		sources[i] = hash(s)
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + strings.Join(sources, " "),
		"style-src " + hash(style),
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
