package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type engineKind struct {
	name string
	api  []string
}

// kinds are the engine kinds a configuration may name, and the request forms
// of each, its default first.
var kinds = []engineKind{
	{"vllm", []string{"chat", "completions"}},
	{"tgi", []string{"generate", "chat"}},
	{"ollama", []string{"chat", "generate"}},
	{"openai", []string{"chat", "completions"}},
}

func kindNames() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

const engineNamePattern = `^(vllm|tgi|ollama|openai)(-[A-Za-z0-9._-]*[A-Za-z0-9])?$`

var engineName = regexp.MustCompile(engineNamePattern)

// EngineKind returns the kind of engine that a name of the configuration
// stands for: "vllm" for vllm and for vllm-large. ok is false for a name that
// begins with no kind.
func EngineKind(name string) (kind string, ok bool) {
	m := engineName.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// engineNameFault says why a name is none of an engine, and what was meant.
func engineNameFault(name string) (fault, guess string) {
	if engineName.MatchString(name) {
		return "", ""
	}
	kind, rest := name, ""
	if i := strings.IndexAny(name, "-_ ."); i >= 0 {
		kind, rest = name[:i], name[i+1:]
	}
	guess = nearest(kind, kindNames())
	if guess != "" && rest != "" {
		guess += "-" + rest
	}
	return fmt.Sprintf("unknown engine %q: want %s, or one of them with a dash and a name behind it, as vllm-large", name, strings.Join(kindNames(), ", ")), guess
}

// apiFault says why an engine has no such request form.
func apiFault(name, api string) (fault, guess string) {
	kind, _ := EngineKind(name)
	i := slices.IndexFunc(kinds, func(k engineKind) bool { return k.name == kind })
	if i < 0 || slices.Contains(kinds[i].api, api) {
		return "", ""
	}
	return fmt.Sprintf("%s has no request form %q: want %s", name, api, strings.Join(kinds[i].api, " or ")), nearest(api, kinds[i].api)
}

// urlFault says why a text is not the base URL of an engine.
func urlFault(raw string) (fault, guess string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return fmt.Sprintf("%q is not a URL: want https://host[:port]", withoutCredentials(raw)), ""
	case u.User != nil:
		return "the URL holds credentials: take them out and pass a token with --engine-token-file", ""
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Hostname() == "":
		return fmt.Sprintf("%q is not a base URL: want http://host[:port] or https://host[:port]", raw), schemeGuess(raw)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "the URL has a query or a fragment: want the base URL alone", ""
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return fmt.Sprintf("port %s is not between 1 and 65535", p), ""
		}
	}
	return "", ""
}

// withoutCredentials keeps a password that broke a URL out of messages.
func withoutCredentials(raw string) string {
	if i := strings.LastIndex(raw, "@"); i >= 0 {
		return "…" + raw[i:]
	}
	return raw
}

// schemeGuess completes a URL without a scheme, or with a mistyped one.
func schemeGuess(raw string) string {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		return "http://" + raw
	}
	if s := nearest(scheme, []string{"http", "https"}); s != "" && rest != "" {
		return s + "://" + rest
	}
	return ""
}
