package report

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

func TestTwoRunsInOneDirectoryAreRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no advisory locks there")
	}
	d := create(t)
	first, err := NewRecorder(d, summary.New(exampleRun()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := NewRecorder(d, summary.New(exampleRun()), nil); err == nil {
		second.Close() //nolint:errcheck,gosec // it should not be there
		t.Fatal("a second run records into the same directory")
	} else if !strings.Contains(err.Error(), "--output-dir") {
		t.Errorf("the refusal does not say what to do: %v", err)
	}
	if err := d.WriteRun(exampleRun()); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(d); err != nil {
		t.Errorf("a run under way cannot be read: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := NewRecorder(d, summary.New(exampleRun()), nil)
	if err != nil {
		t.Fatalf("a directory that nobody writes to is refused: %v", err)
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
}

func TestAVanishedDirectoryIsSaid(t *testing.T) {
	d := create(t)
	said := make(chan error, 1)
	r, err := NewRecorder(d, summary.New(exampleRun()), func(err error) { said <- err })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(d.Path()); err != nil {
		t.Fatal(err)
	}
	r.Sample(record.Sample{RequestID: "a", Engine: "vllm", Scenario: "ttft", Status: record.StatusOK})
	if err := <-said; !strings.Contains(err.Error(), "is gone") {
		t.Errorf("said %v", err)
	}
	if err := r.Close(); err == nil {
		t.Error("Close says that all is well")
	}
	if _, err := WriteDocuments(d, Result{}, Documents{Formats: []string{"json"}}); err == nil {
		t.Error("documents were written into a directory that is gone")
	}
}

func TestRescuedDocumentsStandElsewhere(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	run := exampleRun()
	path, err := Rescue(Conclude(summary.New(run), run), Documents{Formats: []string{"json", "csv"}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(path, filepath.FromSlash(SummaryJSON))) //nolint:gosec // a test's own file
	if err != nil {
		t.Fatal(err)
	}
	var s record.Summary
	if err := json.Unmarshal(data, &s); err != nil || s.RunID != run.RunID {
		t.Errorf("summary of %q: %v", s.RunID, err)
	}
	if _, err := Open(path); err == nil {
		t.Error("a rescue without samples opens as a run, and would be redrawn as one without requests")
	}
}

// FuzzLoad gives Load the files of a run as anybody may have written them: it
// refuses them or sums them up, and never panics.
func FuzzLoad(f *testing.F) {
	run, err := json.Marshal(exampleRun())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(run, []byte(`{"request_id":"a","engine":"vllm","scenario":"load","phase":"measure","status":"ok","ttft_ms":3,"e2e_ms":9,"sent_ms":1,"output_tokens":4}`+"\n"),
		[]byte(`{"id":"1-vllm-0","engine":"vllm","scenario":"load","start_ms":0,"end_ms":1000,"done":true}`+"\n"),
		[]byte(`{"engine":"vllm","scenario":"load","block":"1-vllm-0","t_ms":5,"status":"ok"}`+"\n"))
	f.Add(run, []byte(`{"ttft_ms":-1e308,"e2e_ms":1e308,"status":"ok","output_tokens":9223372036854775807}`+"\n"+`{"st`), []byte("\n\n{}\n"), []byte("null\n"))
	f.Add([]byte(`{"schema_version":"1"}`), []byte("{}\n"), []byte("{}\n"), []byte("{}\n"))
	f.Add([]byte(`{"schema_version":"2"}`), []byte{}, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, run, samples, blocks, server []byte) {
		d := create(t)
		for name, data := range map[string][]byte{RunFile: run, SamplesFile: samples, BlocksFile: blocks, ServerFile: server} {
			if err := os.WriteFile(filepath.Join(d.Path(), filepath.FromSlash(name)), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		result, err := Load(d)
		if err != nil {
			return
		}
		if _, err := json.Marshal(result.Summary); err != nil {
			var unsupported *json.UnsupportedValueError
			t.Errorf("a summary that was loaded cannot be written (%t): %v", errors.As(err, &unsupported), err)
		}
	})
}
