package config

import (
	"fmt"
	"io/fs"
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
		return nil, unknown("preset", preset, Presets())
	}
	data, err := presets.Files.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read built-in preset %q: %w", preset, err)
	}
	return data, nil
}

// examplesFolder is where the embedded examples are.
const examplesFolder = "examples/"

// Example is a configuration for a purpose, to start from.
type Example struct {
	Name string
	// About is its benchmark.description.
	About string
	Data  []byte
}

// Examples are the built-in examples, by name.
func Examples() ([]Example, error) {
	names, err := fs.Glob(presets.Files, examplesFolder+"*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list built-in examples: %w", err)
	}
	var all []Example
	for _, name := range names {
		data, err := presets.Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read built-in example %q: %w", name, err)
		}
		loaded, err := Load([]Source{{Name: "built-in " + name, Data: data}}, "")
		if err != nil {
			return nil, err
		}
		all = append(all, Example{
			Name: strings.TrimSuffix(strings.TrimPrefix(name, examplesFolder), ".yaml"), About: loaded.Config.Benchmark.Description, Data: data,
		})
	}
	return all, nil
}

// GenerateExample returns the commented YAML of an example.
func GenerateExample(name string) ([]byte, error) {
	all, err := Examples()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range all {
		if e.Name == name {
			return e.Data, nil
		}
		names = append(names, e.Name)
	}
	return nil, unknown("example", name, names)
}

// unknown says that a name is none of those that there are.
func unknown(what, name string, names []string) error {
	err := fmt.Errorf("unknown %s %q: want one of %s", what, name, strings.Join(names, ", "))
	if guess := nearest(name, names); guess != "" {
		err = fmt.Errorf("%w; did you mean %q?", err, guess)
	}
	return err
}
