package discover

import (
	"path"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// commandWords are the words of a container's command and arguments, those
// inside a shell's script too.
func commandWords(c *corev1.Container) []string {
	var all []string
	for _, list := range [][]string{c.Command, c.Args} {
		for _, arg := range list {
			all = append(all, strings.FieldsFunc(arg, func(r rune) bool {
				return strings.ContainsRune(" \t\r\n\"';|&`\\", r)
			})...)
		}
	}
	return all
}

// programs are engines' programs by the name they are started with.
var programs = map[string]clue{
	"text-generation-launcher": {kind: engine.TGI, port: 3000},
	"text-generation-router":   {kind: engine.TGI, port: 3000},
	"llama-server":             {kind: engine.OpenAI, port: 8080},
	"trtllm-serve":             {kind: engine.OpenAI, port: 8000},
	"sglang.launch_server":     {kind: engine.OpenAI, port: 30000},
	"llama_cpp.server":         {kind: engine.OpenAI, port: 8000},
}

// subcommands are engines' programs that serve on one subcommand only.
var subcommands = map[[2]string]clue{
	{"vllm", "serve"}:     {kind: engine.VLLM, port: 8000},
	{"ollama", "serve"}:   {kind: engine.Ollama, port: 11434},
	{"lmdeploy", "serve"}: {kind: engine.OpenAI, port: 23333},
	{"mlc_llm", "serve"}:  {kind: engine.OpenAI, port: 8000},
	{"aphrodite", "run"}:  {kind: engine.OpenAI, port: 2242},
}

// commandClue recognises an engine by how it is started.
func commandClue(list []string) (clue, bool) {
	for i, word := range list {
		name := strings.Trim(path.Base(word), "(){}")
		if c, ok := programs[name]; ok {
			c.level, c.text = strong, "command "+name
			return c, true
		}
		if strings.HasPrefix(name, "vllm.entrypoints.") {
			return clue{kind: engine.VLLM, level: strong, text: "command " + name, port: 8000}, true
		}
		if i+1 == len(list) {
			break
		}
		if c, ok := subcommands[[2]string{name, list[i+1]}]; ok {
			c.level, c.text = strong, "command "+name+" "+list[i+1]
			return c, true
		}
	}
	return clue{}, false
}

// flagValue is the value of the last of a command's flags of such a name.
func flagValue(list []string, names ...string) string {
	found := ""
	for i, word := range list {
		for _, name := range names {
			if v, ok := strings.CutPrefix(word, name+"="); ok {
				found = v
			} else if word == name && i+1 < len(list) {
				found = list[i+1]
			}
		}
	}
	return found
}

// speaksTLS says that an engine was given a certificate of its own.
func speaksTLS(list []string) bool {
	return flagValue(list, "--ssl-certfile", "--ssl-cert-file", "--ssl-keyfile", "--ssl-key-file") != ""
}

// portNumber reads a port, or a reference to a variable that holds one.
func portNumber(text string, c *corev1.Container) int32 {
	if name, ok := strings.CutPrefix(text, "$"); ok {
		text = variable(c, strings.Trim(name, "(){}"))
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int32(n) //nolint:gosec // it has 16 bits
}

// variable is a container's environment variable, where the pod itself says it.
func variable(c *corev1.Container, name string) string {
	for _, e := range c.Env {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}
