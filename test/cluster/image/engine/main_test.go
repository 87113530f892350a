package main

import (
	"slices"
	"strings"
	"testing"
)

func TestSimulate(t *testing.T) {
	tests := map[string]struct {
		start string
		env   map[string]string
		want  string
	}{
		"vLLM as its image starts it": {
			start: "vllm serve",
			want:  "--engine vllm --listen 0.0.0.0:8000",
		},
		"vLLM with a model behind serve": {
			start: "vllm serve meta/llama --enable-prefix-caching --port 8080",
			want:  "--engine vllm --listen 0.0.0.0:8080 --served-model meta/llama",
		},
		"vLLM with a name for its model": {
			start: "vllm serve --model=meta/llama --served-model-name=llama --tensor-parallel-size 4",
			want:  "--engine vllm --listen 0.0.0.0:8000 --served-model llama",
		},
		"TGI as its image starts it": {
			start: "text-generation-launcher --json-output",
			env:   map[string]string{"PORT": "80", "MODEL_ID": "google/gemma"},
			want:  "--engine tgi --listen 0.0.0.0:80 --served-model google/gemma",
		},
		"a flag counts for more than a variable": {
			start: "text-generation-launcher -p 8080 --model-id a/b",
			env:   map[string]string{"PORT": "80", "MODEL_ID": "google/gemma"},
			want:  "--engine tgi --listen 0.0.0.0:8080 --served-model a/b",
		},
		"Ollama with an address":          {"ollama serve", map[string]string{"OLLAMA_HOST": "0.0.0.0:8080"}, "--engine ollama --listen 0.0.0.0:8080"},
		"Ollama with a host but no port":  {"ollama serve", map[string]string{"OLLAMA_HOST": "0.0.0.0"}, "--engine ollama --listen 0.0.0.0:11434"},
		"Ollama as its image would serve": {"ollama serve", nil, "--engine ollama --listen 0.0.0.0:11434"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			words := strings.Fields(test.start)
			got := engines[words[0]].simulate(words[1:], func(name string) string { return test.env[name] })
			if want := append([]string{"simulate"}, strings.Fields(test.want)...); !slices.Equal(got, want) {
				t.Errorf("%s\n got %q\nwant %q", test.start, got, want)
			}
		})
	}
}
