package config

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Whatever the bytes, Load gives either problems that stand somewhere or a
// configuration that is valid, that the schema takes, and that survives being
// written.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml", "../../config/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds in %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	schema := compiled(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Load([]Source{{Name: "f", Data: data}}, "")
		if err != nil {
			var all Errors
			if !errors.As(err, &all) || len(all) == 0 || err.Error() == "" {
				t.Fatalf("err = %#v", err)
			}
			for _, e := range all {
				if e.Line < 1 || e.Column < 1 {
					t.Fatalf("a problem stands nowhere: %#v", e)
				}
			}
			return
		}
		if err := l.Validate(); err != nil {
			t.Fatalf("loaded, but %v", err)
		}
		written, err := json.Marshal(l.Config)
		if err != nil {
			t.Fatal(err)
		}
		if err := acceptsJSON(t, schema, written); err != nil {
			t.Fatalf("the schema refuses %s: %v", written, err)
		}
		roundTrip(t, l.Config)
	})
}
