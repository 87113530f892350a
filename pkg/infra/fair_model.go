package infra

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// modelsOf are the names of an engine's weights: what its pod says first, which
// is never an alias, then what the engine says of itself.
func (e *standing) modelsOf() []string {
	if own := e.started(); len(canonical(own)) > 0 {
		return []string{own}
	}
	var all []string
	if e.probe != nil {
		for _, m := range e.probe.Models {
			all = append(all, cmp.Or(m.Root, m.Name))
		}
	}
	if len(all) > 0 {
		return all
	}
	return e.Models
}

// started is the model that an engine's pod starts it with, "" where it does
// not say. Ollama's says none.
func (e *standing) started() string {
	if len(e.pods) == 0 || e.kind() == engine.Ollama {
		return ""
	}
	words := e.words()
	flags := []string{"--model", "--model-id", "--model-path"}
	if slices.ContainsFunc(words, func(w string) bool { return path.Base(w) == "llama-server" }) {
		flags = append(flags, "-m", "-hf", "--hf-repo") // Python has a -m of its own
	}
	if v := e.read(flags, nil, ""); v.known() {
		return v.value
	}
	if i := slices.Index(words, "serve"); i >= 0 && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
		return words[i+1]
	}
	return e.read(nil, []string{"MODEL_ID", "HF_MODEL_ID"}, "").value
}

// modelOf is the one of an engine's models that is compared, "" where it serves
// several and none is like those of the others.
func (s *site) modelOf(e *standing) string {
	models := e.modelsOf()
	if len(models) == 1 {
		return models[0]
	}
	for _, other := range s.engines {
		if theirs := other.modelsOf(); len(theirs) == 1 && len(models) > 0 {
			if best, name := closest(theirs, models); best > different {
				return name
			}
		}
	}
	return ""
}

var (
	// parts splits names as houses write them: llama3.1:8b, Llama-3.1-8B.
	parts = regexp.MustCompile(`[a-z]+|[0-9]+(?:\.[0-9]+)*[a-z]*`)
	// precision is a piece of a name that says how the weights are stored.
	precision = regexp.MustCompile(`^(?:i?q\d+(?:_[0-9a-z]+)*|fp\d+|f\d+|bf\d+|int\d+|w\d+a\d+|\d+bit|awq|gptq|gguf|bnb|dynamic|nf4|mxfp4|nvfp4|quantized)$`)
	// dress are words that houses add or leave out as they like. That a model is
	// tuned for instructions Ollama leaves out of most names.
	dress = []string{"latest", "instruct", "it", "chat", "hf", "meta", "models", "model", "v"}
)

// canonical writes the names that different houses give one model equally.
func canonical(name string) []string {
	name = strings.TrimSuffix(strings.TrimRight(strings.ToLower(name), "/"), ".gguf")
	if i := strings.Index(name, "models--"); i >= 0 { // Hugging Face's cache
		name, _, _ = strings.Cut(name[i+len("models--"):], "/")
		name = strings.ReplaceAll(name, "--", "/")
	}
	name = strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], ".q", "-q")
	var kept []string
	for _, piece := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == ':' || r == '@' }) {
		if precision.MatchString(piece) {
			continue
		}
		for _, p := range parts.FindAllString(piece, -1) {
			if !slices.Contains(dress, p) {
				kept = append(kept, p)
			}
		}
	}
	return kept
}

// alike says how two names of models compare.
type alike int

const (
	different alike = iota
	// perhaps says that one name says less than the other, such as one without
	// the number of parameters.
	perhaps
	same
)

func compareNames(a, b string) alike {
	left, right := canonical(a), canonical(b)
	if slices.Equal(left, right) {
		return same
	}
	if len(left) > len(right) {
		left, right = right, left
	}
	rest := slices.Clone(right)
	for _, p := range left {
		i := slices.Index(rest, p)
		if i < 0 {
			return different
		}
		rest = slices.Delete(rest, i, i+1)
	}
	if len(left) == 0 {
		return different
	}
	return perhaps
}

// fairModel compares every engine with the first; one that serves several
// models counts with the one that is most alike.
func fairModel(s *site) []record.Check {
	var known []*standing
	var told []record.Check
	for _, e := range s.engines {
		if len(e.modelsOf()) > 0 {
			known = append(known, e)
		} else {
			told = append(told, skip(e.name(), "neither its pod nor the engine tells its model")...)
		}
	}
	if len(known) < 2 {
		return append(told, lonely(known, "model")...)
	}
	// The engine with the fewest says most plainly what is compared.
	first := slices.MinFunc(known, func(a, b *standing) int { return len(a.modelsOf()) - len(b.modelsOf()) })
	worst := same
	about := make([]string, 0, len(known))
	for _, e := range known {
		best, name := closest(first.modelsOf(), e.modelsOf())
		worst = min(worst, best)
		about = append(about, e.name()+" "+name)
	}
	return append(sameModel(known, first, worst, strings.Join(about, ", ")), told...)
}

// lonely skips the one engine of which something is known, if there is one.
func lonely(known []*standing, what string) []record.Check {
	if len(known) == 0 {
		return nil
	}
	return skip(names(known...), "nobody else's %s is known", what)
}

func closest(wanted, offered []string) (best alike, name string) {
	name = offered[0]
	for _, w := range wanted {
		for _, o := range offered {
			if a := compareNames(w, o); a > best {
				best, name = a, o
			}
		}
	}
	return best, name
}

func sameModel(known []*standing, first *standing, worst alike, about string) []record.Check {
	if worst == same {
		return pass(names(known...), "they serve the same model: %s", about)
	}
	var commands []string
	model := first.modelsOf()[0]
	for _, e := range known {
		best, _ := closest([]string{model}, e.modelsOf())
		if best == same {
			continue
		}
		switch e.kind() {
		case engine.Ollama:
			commands = append(commands, fmt.Sprintf("kubectl exec %s -c %s -- ollama pull hf.co/%s", e.execRef(), e.mainName(), model))
		case engine.TGI:
			commands = append(commands, e.remedyEnv("MODEL_ID", model))
		default:
			commands = append(commands, e.remedyFlag("--model", model))
		}
	}
	remedy := strings.Join(commands, "\n")
	if worst == perhaps {
		return warn(names(known...), remedy, "whether they serve the same model cannot be told by the names: %s", about)
	}
	return fail(names(known...), remedy, "they serve different models (%s): their speeds cannot be compared", about)
}

// execRef is what kubectl exec takes for the engine.
func (e *standing) execRef() string {
	if len(e.pods) == 0 || e.owner.patchable() {
		return e.ref()
	}
	return fmt.Sprintf("%s -n %s", e.pods[0].Name, e.Namespace)
}

// ref is the engine's owner, or its Service where its pods cannot be seen.
func (e *standing) ref() string {
	if len(e.pods) == 0 {
		return fmt.Sprintf("service/%s -n %s", e.Name, e.Namespace)
	}
	return e.owner.ref()
}

func (e *standing) mainName() string {
	if len(e.pods) == 0 {
		return e.Kind
	}
	return e.main().Name
}

func (e *standing) remedyEnv(name, value string) string {
	if len(e.pods) == 0 {
		return fmt.Sprintf("# set %s=%s for %s", name, value, e.name())
	}
	return e.setEnv(name, value)
}

func (e *standing) remedyFlag(name, value string) string {
	if len(e.pods) == 0 {
		return fmt.Sprintf("# start %s with %s=%s", e.name(), name, value)
	}
	return e.setFlag(name, value)
}
