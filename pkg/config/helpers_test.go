package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// each runs a subtest for every file of a pattern, of which there must be some.
func each(t *testing.T, pattern string, run func(t *testing.T, file string, data []byte)) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no file matches %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			run(t, file, data)
		})
	}
}

// src is a file called name.
func src(name, data string) Source { return Source{Name: name, Data: []byte(data)} }

func load(t *testing.T, sources ...Source) *Loaded {
	t.Helper()
	l, err := Load(sources, "")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
