package config

import (
	"fmt"
	"strings"

	presets "github.com/kubectl-llmbench/kubectl-llmbench/config"
)

// standard is the preset that every other is laid over.
const standard = "standard"

// presetFiles are the embedded files of the presets, by the commands' names.
var presetFiles = []struct{ preset, file string }{
	{standard, "default.yaml"},
	{"quick", "quick-test.yaml"},
	{"stress", "stress-test.yaml"},
	{"capacity", "capacity-test.yaml"},
}

// Presets returns the names of the built-in configurations.
func Presets() []string {
	var names []string
	for _, p := range presetFiles {
		names = append(names, p.preset)
	}
	return names
}

// presetSources returns the built-in layers of a preset, lowest first.
func presetSources(preset string) ([]Source, error) {
	base, err := Generate(standard)
	if err != nil {
		return nil, err
	}
	layers := []Source{{Name: "built-in default.yaml", Data: base}}
	if preset == "" || preset == standard {
		return layers, nil
	}
	data, err := Generate(preset)
	if err != nil {
		return nil, err
	}
	return append(layers, Source{Name: "built-in " + presetFile(preset), Data: data}), nil
}

func presetFile(preset string) string {
	for _, p := range presetFiles {
		if p.preset == preset {
			return p.file
		}
	}
	return ""
}

// Generate returns the commented YAML of a preset, "" for standard, to start a
// configuration from. Its first line names the schema for editors.
func Generate(preset string) ([]byte, error) {
	if preset == "" {
		preset = standard
	}
	file := presetFile(preset)
	if file == "" {
		err := fmt.Errorf("unknown preset %q: want one of %s", preset, strings.Join(Presets(), ", "))
		if guess := nearest(preset, Presets()); guess != "" {
			err = fmt.Errorf("%w; did you mean %q?", err, guess)
		}
		return nil, err
	}
	data, err := presets.Files.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read built-in preset %q: %w", preset, err)
	}
	return data, nil
}
