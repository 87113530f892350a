package main

import (
	"fmt"
	"os"
)

// image is a name, what its pods run, and layers that other images may share.
type image struct {
	name       string
	entrypoint []string
	env        []string
	user       string
	// dir is where its program starts, / where empty.
	dir    string
	labels map[string]string
	layers [][]byte
}

const (
	nobody = "65532:65532"
	root   = "0:0"
)

// images are all that the nodes hold. Those that bear an engine's name are
// simulators: discovery goes by the name of an image, and the programs behind
// the real ones need a GPU. They are started as the real images are, and as
// root, as those are.
func images(tool, engine, pause string) ([]image, error) {
	program, err := layer("kubectl-llmbench", tool, file{name: "tmp/", mode: 0o1777})
	if err != nil {
		return nil, err
	}
	engines, err := layer("engine", engine, links("vllm", "text-generation-launcher", "ollama")...)
	if err != nil {
		return nil, err
	}
	holder, err := layer("pause", pause)
	if err != nil {
		return nil, err
	}
	simulator := func(name string, entrypoint []string, env ...string) image {
		return image{name: name, entrypoint: entrypoint, env: append(env, "PATH=/usr/local/bin:/"), user: root, layers: [][]byte{program, engines}}
	}
	vllm := []string{"vllm", "serve"}
	return []image{
		{name: "localhost/pause:rig", entrypoint: []string{"/pause"}, user: nobody, layers: [][]byte{holder}},
		{name: "localhost/kubectl-llmbench:rig", entrypoint: []string{"/kubectl-llmbench"}, user: nobody, layers: [][]byte{program}},
		simulator("docker.io/vllm/vllm-openai:v0.11.0", vllm),
		simulator("ghcr.io/huggingface/text-generation-inference:3.3.4", []string{"text-generation-launcher"}, "PORT=80"),
		simulator("docker.io/ollama/ollama:0.12.0", []string{"ollama", "serve"}),
		// vLLM under a name that says nothing: only its answers give it away. The
		// variable makes it another image, for the runtime reports an image that has
		// two names by either.
		simulator("registry.rig.test/team/inference:1", vllm, "TEAM=inference"),
	}, nil
}

// layer holds the program at path as /name, and whatever else is given.
func layer(name, path string, more ...file) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the program of an image: %w", err)
	}
	return archive(append([]file{{name: name, mode: 0o755, data: data}}, more...)...)
}

// links are the engines' own commands, each a link to /engine.
func links(names ...string) []file {
	var files []file
	for _, dir := range []string{"usr/", "usr/local/", "usr/local/bin/"} {
		files = append(files, file{name: dir, mode: 0o755})
	}
	for _, name := range names {
		files = append(files, file{name: "usr/local/bin/" + name, mode: 0o777, link: "/engine"})
	}
	return files
}
