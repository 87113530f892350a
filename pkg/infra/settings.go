package infra

import (
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// setting is a value that an engine runs with, and who says so.
type setting struct {
	value  string
	source string
	// usual says that it is the engine's default, which nobody set.
	usual bool
}

func (v setting) known() bool { return v.value != "" }

// kind is the protocol that the engine answers in, as a type.
func (e *standing) kind() engine.Kind { return engine.Kind(e.Kind) }

// version is what the engine says of itself, else what its image's tag says.
func (e *standing) version() string {
	if e.probe != nil && e.probe.Version != "" {
		return e.probe.Version
	}
	if e.Version != "" {
		return e.Version
	}
	image := ""
	if len(e.pods) > 0 {
		image = e.main().Image
	}
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[i+1:]
	}
	return ""
}

// words are the words of the main container's command and arguments, those
// inside a shell's script too, with the variables that the pod itself gives.
func (e *standing) words() []string {
	c := e.main()
	var all []string
	for _, list := range [][]string{c.Command, c.Args} {
		for _, arg := range list {
			for _, word := range strings.FieldsFunc(arg, func(r rune) bool { return strings.ContainsRune(" \t\r\n\"';|&`\\", r) }) {
				all = append(all, expand(word, c))
			}
		}
	}
	return all
}

// reference is a variable as Kubernetes and shells write it.
var reference = regexp.MustCompile(`\$\(([A-Za-z_][A-Za-z0-9_]*)\)|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

func expand(word string, c *corev1.Container) string {
	return reference.ReplaceAllStringFunc(word, func(r string) string {
		if v, ok := variable(c, strings.Trim(r, "$(){}")); ok {
			return v
		}
		return r
	})
}

// variable is an environment variable whose value stands in the pod itself.
func variable(c *corev1.Container, name string) (string, bool) {
	for i := range slices.Backward(c.Env) {
		if c.Env[i].Name == name && c.Env[i].ValueFrom == nil {
			return c.Env[i].Value, true
		}
	}
	return "", false
}

// flag is the value of the last flag of one of some names; a flag with a dash
// may be written with an underscore. A flag without a value is "true".
func flag(words []string, names ...string) (value, name string) {
	for i, word := range words {
		head, tail, given := strings.Cut(word, "=")
		if strings.HasPrefix(head, "--") {
			head = strings.ReplaceAll(head, "_", "-")
		}
		if !slices.Contains(names, head) {
			continue
		}
		switch {
		case given:
			value = tail
		case i+1 < len(words) && !strings.HasPrefix(words[i+1], "-"):
			value = words[i+1]
		default:
			value = "true"
		}
		name = head
	}
	return value, name
}

// read finds a setting by its flags, its variables, or its default. A flag
// goes before a variable, as it does in every engine that has both.
func (e *standing) read(flags, variables []string, usual string) setting {
	if len(e.pods) == 0 {
		return setting{}
	}
	if v, name := flag(e.words(), flags...); name != "" && !reference.MatchString(v) {
		return setting{value: v, source: name}
	}
	for _, name := range variables {
		if v, ok := variable(e.main(), name); ok && v != "" {
			return setting{value: v, source: name}
		}
	}
	if usual == "" || e.hidden(variables) {
		return setting{}
	}
	return setting{value: usual, source: "its default", usual: true}
}

// hidden says that settings come from somewhere that is not read, a file or an
// object that may hold secrets, so that a default would be a guess.
func (e *standing) hidden(variables []string) bool {
	if _, name := flag(e.words(), "--config", "--env-file"); name != "" {
		return true
	}
	if len(variables) > 0 && len(e.main().EnvFrom) > 0 {
		return true
	}
	for _, v := range e.main().Env {
		if v.ValueFrom != nil && slices.Contains(variables, v.Name) {
			return true
		}
	}
	return false
}

// versionAtLeast compares the first two numbers of a version such as v0.8.4.
// ok is false for one that cannot be read, such as latest.
func versionAtLeast(version string, major, minor int) (at, ok bool) {
	m := versionText.FindStringSubmatch(version)
	if m == nil {
		return false, false
	}
	have := [2]int{atoi(m[1]), atoi(m[2])}
	return have[0] > major || have[0] == major && have[1] >= minor, true
}
