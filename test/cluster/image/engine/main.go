// Command engine starts a simulated engine in the manner of the real one, so
// that manifests written for vLLM, TGI and Ollama run on the rig as they are.
//
// The name it is started by says which engine to be: vllm,
// text-generation-launcher or ollama. Of the engine's arguments and environment
// it obeys those that say the port and the model, and ignores the rest. Flags
// of `simulate` itself come from the variable SIMULATE_FLAGS.
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// program is the tool, in whose image this one stands.
const program = "/kubectl-llmbench"

// engine is how one kind is told its port and model. A flag counts for more
// than a variable, and an earlier name for more than a later one.
type engine struct {
	kind       string
	port       string
	portFlags  []string
	portEnv    string
	modelFlags []string
	modelEnv   string
}

var engines = map[string]engine{
	"vllm": {
		kind: "vllm", port: "8000", portFlags: []string{"--port"},
		// A model may also stand behind `serve` without a flag.
		modelFlags: []string{"--served-model-name", "--model", "serve"},
	},
	"text-generation-launcher": {
		kind: "tgi", port: "3000", portFlags: []string{"--port", "-p"}, portEnv: "PORT",
		modelFlags: []string{"--model-id"}, modelEnv: "MODEL_ID",
	},
	// Ollama has no flags: OLLAMA_HOST is [host][:port].
	"ollama": {kind: "ollama", port: "11434", portEnv: "OLLAMA_HOST"},
}

func main() {
	name := filepath.Base(os.Args[0])
	e, ok := engines[name]
	if !ok {
		fail(fmt.Errorf("no engine is started as %q", name))
	}
	args := append([]string{program}, e.simulate(os.Args[1:], os.Getenv)...)
	args = append(args, strings.Fields(os.Getenv("SIMULATE_FLAGS"))...)
	fail(syscall.Exec(program, args, os.Environ()))
}

// simulate translates an engine's arguments and environment into the arguments
// of the tool.
func (e engine) simulate(args []string, getenv func(string) string) []string {
	flags := parse(args)
	port := first(flags, e.portFlags)
	if port == "" && e.portEnv != "" {
		port = portOf(getenv(e.portEnv))
	}
	if port == "" {
		port = e.port
	}
	model := first(flags, e.modelFlags)
	if model == "" && e.modelEnv != "" {
		model = getenv(e.modelEnv)
	}
	out := []string{"simulate", "--engine", e.kind, "--listen", net.JoinHostPort("0.0.0.0", port)}
	if model != "" {
		out = append(out, "--served-model", model)
	}
	return out
}

// parse reads `--flag value`, `--flag=value` and `word value`. What has no value
// is left out.
func parse(args []string) map[string]string {
	flags := map[string]string{}
	for i, arg := range args {
		if name, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "-") {
			flags[name] = value
		} else if i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			flags[arg] = args[i+1]
		}
	}
	return flags
}

func first(flags map[string]string, names []string) string {
	for _, name := range names {
		if flags[name] != "" {
			return flags[name]
		}
	}
	return ""
}

// portOf is the port of "8080", ":8080" or "0.0.0.0:8080", and empty for a host
// without one.
func portOf(address string) string {
	if _, port, err := net.SplitHostPort(address); err == nil {
		return port
	}
	if strings.Trim(address, "0123456789") == "" {
		return address
	}
	return ""
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "start the simulated engine: %v\n", err)
	os.Exit(1)
}
