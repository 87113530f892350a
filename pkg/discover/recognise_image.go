package discover

import (
	"slices"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// imageClue recognises an engine's image by the last parts of its name, so
// that a mirror, a proxy cache or a rebuilt image is recognised as well.
func imageClue(image string) (clue, bool) {
	name := imageName(image)
	path := strings.Split(name, "/")
	last := path[len(path)-1]
	c := clue{level: strong, text: "image " + name}
	switch {
	case slices.Contains(path, "nim") && len(path) > 1 && last != "nim":
		c.kind, c.port = engine.OpenAI, 8000 // NVIDIA NIM: nvcr.io/nim/<vendor>/<model>
		return c, !aside(last)
	case strings.Contains(last, "llm-d-inference-sim"):
		c.kind, c.port = engine.VLLM, 8000
		return c, true
	case strings.Contains(last, "sglang"):
		c.kind, c.port = engine.OpenAI, 30000
		return c, !aside(last)
	case strings.Contains(last, "huggingfaceserver"): // KServe's, with vLLM inside
		c.kind, c.port = engine.OpenAI, 8080
		return c, true
	}
	if strings.HasSuffix(last, "lmdeploy") {
		c.kind, c.port = engine.OpenAI, 23333
		return c, true
	}
	kind, ok := nameKind(last)
	c.kind = kind
	return c, ok
}

// imageName is an image's name without its registry's host, tag and digest.
func imageName(image string) string {
	name, _, _ := strings.Cut(image, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name = name[:i]
	}
	if host, rest, ok := strings.Cut(name, "/"); ok && (strings.ContainsAny(host, ".:") || host == "localhost") {
		name = rest
	}
	return strings.ToLower(name)
}

// aside says that a name is of something beside an engine.
func aside(name string) bool {
	for _, w := range words(name) {
		if bystanders[w] {
			return true
		}
	}
	return false
}
