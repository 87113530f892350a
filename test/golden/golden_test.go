package golden

import (
	"os"
	"path/filepath"
	"testing"
)

// judge is a test that only notes whether it failed.
type judge struct {
	testing.TB
	failed bool
}

func (*judge) Helper()                 {}
func (j *judge) Errorf(string, ...any) { j.failed = true }

func TestCheckFailsOnADifference(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.golden")
	if err := os.WriteFile(file, []byte("want\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"want\n": false, "want": true, "": true} {
		j := &judge{TB: t}
		if Check(j, file, []byte(text)); j.failed != want {
			t.Errorf("%q: failed %v, want %v", text, j.failed, want)
		}
	}
}
