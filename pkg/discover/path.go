package discover

import (
	"slices"
	"strings"
)

// apiPaths begin the paths of engines' own routes.
var apiPaths = []string{"v1", "api", "generate", "generate_stream", "health", "info", "metrics", "version"}

// apiPrefix is what a path of a way in puts before an engine's own paths: a
// path that is one of the engine's own, and is not rewritten, puts nothing.
func apiPrefix(path string, rewritten bool) string {
	path = strings.TrimRight(path, "/")
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !rewritten && slices.Contains(apiPaths, first) {
		return ""
	}
	return path
}

// plainPath cuts a path that is a regular expression, as ingress-nginx takes
// them, where it stops being plain text.
func plainPath(path string) string {
	if i := strings.IndexAny(path, `(*[?$\`); i >= 0 {
		path = strings.TrimSuffix(path[:i], ".")
	}
	return path
}

// anyName is a host name that a wildcard covers.
func anyName(wildcard string) string { return "llmbench" + strings.TrimPrefix(wildcard, "*") }

func isWildcard(host string) bool { return strings.HasPrefix(host, "*.") }

// covers says whether a host name or wildcard covers a name. A wildcard of
// the Gateway API covers any number of labels, one of an Ingress a single one.
func covers(pattern, name string, deep bool) bool {
	if pattern == name {
		return true
	}
	if !isWildcard(pattern) {
		return false
	}
	rest, ok := strings.CutSuffix(name, pattern[1:])
	return ok && rest != "" && (deep || !strings.Contains(rest, "."))
}
