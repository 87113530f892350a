// Package golden compares what tests make with files that a person has read.
// Run such a test with -update to write the files anew, and read the difference
// before committing it.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Check compares got with a file, or writes it under -update.
func Check(t testing.TB, file string, got []byte) {
	t.Helper()
	if *update {
		write(t, file, got)
	}
	want, err := os.ReadFile(file) //nolint:gosec // a test's own file
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is out of date (-file +now); run the test with -update and read the difference:\n%s", file, cmp.Diff(string(want), string(got)))
	}
}

func write(t testing.TB, file string, got []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // part of the source
		t.Fatal(err)
	}
	if err := os.WriteFile(file, got, 0o644); err != nil { //nolint:gosec // part of the source
		t.Fatal(err)
	}
}
