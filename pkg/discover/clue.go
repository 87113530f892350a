package discover

import (
	"slices"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// level is how much a clue is worth.
type level int

const (
	// hint is a usual port on a pod with an accelerator: worth a question.
	hint level = iota + 1
	// named is a name, a label, a port or a setting of an engine's.
	named
	// strong is what runs: an image or a command.
	strong
)

// clue is one piece of evidence for an engine.
type clue struct {
	kind  engine.Kind // "" where the clue does not tell
	level level
	// text names the clue in a reason, as in "image vllm/vllm-openai".
	text string
	// port is where such an engine serves unless told otherwise, 0 where the
	// clue does not tell.
	port int32
}

// sighting is an engine recognised in a container, or by a Service alone.
type sighting struct {
	kind  engine.Kind
	level level
	// evidence holds the texts of the clues, the best first.
	evidence []string
	// port is what the engine serves on, 0 where unknown; told says that its
	// flags or settings name it, so that it is no guess.
	port int32
	told bool
	// https says that the engine itself speaks TLS.
	https     bool
	container *corev1.Container
}

// weigh makes a sighting of clues; those of another kind than the best one's
// are dropped. ok is false without any.
func weigh(clues []clue) (s sighting, usual int32, ok bool) {
	if len(clues) == 0 {
		return sighting{}, 0, false
	}
	slices.SortStableFunc(clues, func(a, b clue) int { return int(b.level - a.level) })
	s = sighting{kind: clues[0].kind, level: clues[0].level}
	for _, c := range clues {
		if c.kind != s.kind {
			continue
		}
		s.evidence = append(s.evidence, c.text)
		if usual == 0 {
			usual = c.port
		}
	}
	if usual == 0 {
		usual = usualPort(s.kind)
	}
	return s, usual, true
}

// usualPort is where an engine of a kind listens by default.
func usualPort(k engine.Kind) int32 {
	switch k {
	case engine.Ollama:
		return 11434
	case engine.TGI:
		return 80
	case engine.VLLM:
		return 8000
	case engine.OpenAI:
		return 8080
	}
	return 0
}

// words cuts a name at everything that is no letter or digit.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// bystanders are words that make a name that of something beside an engine.
var bystanders = map[string]bool{
	"operator": true, "controller": true, "webhook": true, "exporter": true, "metrics": true, "prometheus": true,
	"grafana": true, "dashboard": true, "ui": true, "webui": true, "client": true, "bench": true, "benchmark": true,
	"loadgen": true, "puller": true, "pull": true, "downloader": true, "cache": true, "redis": true, "postgres": true,
	"db": true, "backup": true,
}

// nameKind is the kind of engine that a name speaks of, if it does.
func nameKind(name string) (engine.Kind, bool) {
	var kind engine.Kind
	all := words(name)
	for i, w := range all {
		switch {
		case bystanders[w]:
			return "", false
		case kind != "":
		case w == "vllm":
			kind = engine.VLLM
		case w == "tgi", w == "text" && i+2 < len(all) && all[i+1] == "generation" && all[i+2] == "inference":
			kind = engine.TGI
		case w == "ollama":
			kind = engine.Ollama
		case w == "sglang", w == "llamacpp", w == "llama" && i+1 < len(all) && (all[i+1] == "cpp" || all[i+1] == "server"):
			kind = engine.OpenAI
		}
	}
	return kind, kind != ""
}
