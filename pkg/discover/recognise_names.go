package discover

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// clientSettings end the names of variables that a client of an engine has.
var clientSettings = []string{"_URL", "_URLS", "_ENDPOINT", "_BASE", "_API_KEY", "_TOKEN", "_SERVICE_HOST", "_SERVICE_PORT", "_ADDRESS"}

// environmentClue recognises an engine by the names of its settings.
func environmentClue(c *corev1.Container) (clue, bool) {
	hub, model := false, false
	for _, e := range c.Env {
		switch {
		case slices.ContainsFunc(clientSettings, func(s string) bool { return strings.HasSuffix(e.Name, s) && !strings.HasPrefix(e.Name, "HF_") }):
		case strings.HasPrefix(e.Name, "VLLM_"):
			return clue{kind: engine.VLLM, level: named, text: "variable " + e.Name}, true
		case strings.HasPrefix(e.Name, "OLLAMA_"):
			return clue{kind: engine.Ollama, level: named, text: "variable " + e.Name}, true
		case e.Name == "MODEL_ID":
			model = true
		case strings.HasPrefix(e.Name, "HF_"), strings.HasPrefix(e.Name, "HUGGING_FACE_HUB_"), e.Name == "HUGGINGFACE_HUB_CACHE":
			hub = true
		}
	}
	return clue{kind: engine.TGI, level: named, text: "variables MODEL_ID and HF_*"}, hub && model
}

// telling are the labels whose values name what runs, the most particular first.
var telling = []string{
	"app.kubernetes.io/name", "app.kubernetes.io/component", "app", "k8s-app",
	"app.kubernetes.io/instance", "app.kubernetes.io/part-of",
	"serving.kserve.io/inferenceservice",
}

// kserve begins the keys of KServe's labels and annotations.
const kserve = "serving.kserve.io/"

// labelClue recognises an engine by an object's labels, and by what KServe's
// annotations say of its runtime.
func labelClue(labels, annotations map[string]string) (clue, bool) {
	for _, name := range telling {
		v, ok := labels[name]
		if !ok {
			continue
		}
		if kind, ok := nameKind(v); ok {
			return clue{kind: kind, level: named, text: "label " + name + "=" + v}, true
		}
		if aside(v) {
			return clue{}, false // a more particular label says that it is something else
		}
	}
	for _, m := range []map[string]string{labels, annotations} {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !strings.Contains(name, kserve) || !strings.Contains(name, "runtime") {
				continue
			}
			if kind, ok := nameKind(m[name]); ok {
				return clue{kind: kind, level: named, text: "runtime " + m[name]}, true
			}
		}
	}
	return clue{}, false
}

// ollamaPort belongs to no other well-known program.
const ollamaPort = 11434

func ollamaPortClue() clue {
	return clue{kind: engine.Ollama, level: named, text: "port 11434", port: ollamaPort}
}

// accelerators begin the names of the resources that GPUs and their like are
// asked for as.
var accelerators = []string{"nvidia.com/gpu", "nvidia.com/mig-", "amd.com/gpu", "gpu.intel.com/", "habana.ai/gaudi"}

// accelerator is the first such resource that a container asks for, and how
// many of it.
func accelerator(c *corev1.Container) (resource string, count int) {
	for _, list := range []corev1.ResourceList{c.Resources.Limits, c.Resources.Requests} {
		for _, name := range slices.Sorted(maps.Keys(list)) {
			q := list[name]
			for _, a := range accelerators {
				if strings.HasPrefix(string(name), a) && q.Value() > 0 && !strings.HasSuffix(string(name), "monitoring") {
					return string(name), int(q.Value())
				}
			}
		}
	}
	return "", 0
}
