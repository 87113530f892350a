package verdict

import (
	"regexp"
	"slices"
	"strings"
)

// likeness is what two names tell of what they stand for.
type likeness int

const (
	cannotTell likeness = iota
	same
	differ
)

// words cuts a model's name into runs of letters, and numbers with the unit
// behind them: llama3.1:8b-instruct is llama, 3.1, 8b and instruct.
var modelWords = regexp.MustCompile(`[0-9]+(\.[0-9]+)*[bm]?(?:[^a-z0-9.]|$)|[0-9]+(\.[0-9]+)*|[a-z]+`)

// size is a count of parameters: 8b, 1.5b, 135m.
var modelSize = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?[bm]$`)

// manner are words of a name that say how a model was trained or packed, which
// one engine's name has and another's leaves out.
var manner = []string{
	"instruct", "chat", "it", "hf", "gguf", "awq", "gptq", "fp", "bf", "q", "k", "m", "s", "int", "latest", "base", "preview", "v",
}

// compareModels says whether two names stand for one model. Engines have names
// of their own for one, as llama3.1:8b and meta-llama/Llama-3.1-8B-Instruct, and
// a served name may be anything, so names differ only where both have a size and
// the sizes differ, or where both have one and not a word of their families is
// shared, or their versions differ.
func compareModels(a, b string) likeness {
	if a == "" || b == "" {
		return cannotTell
	}
	x, y := modelParts(a), modelParts(b)
	if x == y {
		return same
	}
	sized := x.size != "" && y.size != ""
	switch {
	case sized && x.size != y.size,
		sized && x.family != y.family && x.family != "" && y.family != "",
		sized && x.version != y.version && x.version != "" && y.version != "":
		return differ
	}
	return cannotTell
}

// modelName is a name by its parts, each "" where it has none.
type modelName struct{ family, version, size, rest string }

func modelParts(name string) modelName {
	name = strings.ToLower(strings.TrimSuffix(name, ":latest"))
	name = name[strings.LastIndex(name, "/")+1:]
	var m modelName
	var rest []string
	for _, w := range modelWords.FindAllString(name, -1) {
		w = strings.TrimRight(w, "-_:. ")
		switch {
		case m.size == "" && modelSize.MatchString(w):
			m.size = w
		case m.size == "" && m.version == "" && w[0] >= '0' && w[0] <= '9':
			m.version = w
		case m.family == "" && !slices.Contains(manner, w) && (w[0] < '0' || w[0] > '9'):
			m.family = w
		default:
			rest = append(rest, w)
		}
	}
	slices.Sort(rest)
	m.rest = strings.Join(rest, " ")
	return m
}
