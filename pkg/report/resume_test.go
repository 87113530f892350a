package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// A run that was killed within a write goes on: what is there counts once, and the
// torn line is written again whole.
func TestResumeGoesOnWithWhatIsThere(t *testing.T) {
	base := t.TempDir()
	run := record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "r1", Name: "quick",
		Plan: record.Plan{Engines: []record.EngineInfo{{Engine: "vllm"}}, Scenarios: []record.PlannedScenario{{Name: "load", Kind: record.KindLoad}}},
	}
	sample := func(id string) record.Sample {
		return record.Sample{RequestID: id, Engine: "vllm", Scenario: "load", Phase: record.PhaseMeasure, Status: record.StatusOK, Attempt: 1, TTFTMS: record.Some(5.0)}
	}
	reading := func(at float64) record.ServerSample {
		return record.ServerSample{Engine: "vllm", Scenario: "load", Block: "b", TMS: at, Status: record.StatusOK}
	}
	feed := func(r *Recorder, samples int) {
		for i := range samples {
			r.Sample(sample(strings.Repeat("x", i+1)))
			r.Server(reading(float64(i)))
		}
		r.Block(record.Block{ID: "b", Engine: "vllm", Scenario: "load", EndMS: float64(1000 * samples), Done: samples == 5})
	}
	d, err := Create(base, run.Name, run.StartedAt)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.WriteRun(run); err != nil {
		t.Fatal(err)
	}
	r, err := NewRecorder(d, summary.New(run), nil)
	if err != nil {
		t.Fatal(err)
	}
	feed(r, 3)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.Path(), SamplesFile)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-9); err != nil { // the third sample is torn
		t.Fatal(err)
	}

	if found := Find(base, "r1"); found != d.Path() {
		t.Errorf("found %q", found)
	}
	if found := Find(base, "r2") + Find(filepath.Join(base, "none"), "r1"); found != "" {
		t.Errorf("found %q", found)
	}
	known, err := d.Run()
	if err != nil {
		t.Fatal(err)
	}
	live := summary.New(known)
	if r, err = Resume(d, live, nil); err != nil {
		t.Fatal(err)
	}
	feed(r, 5)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	result, err := Load(d)
	if err != nil {
		t.Fatal(err)
	}
	if n := result.Summary.Scenarios[0].Engines[0].Requests; n != 5 {
		t.Errorf("%d requests, want 5", n)
	}
	if diff := cmp.Diff(Conclude(live, known).Summary, result.Summary); diff != "" {
		t.Errorf("(-as it went +from the disk):\n%s", diff)
	}
	data, err := os.ReadFile(filepath.Join(d.Path(), ServerFile))
	if n := strings.Count(string(data), "\n"); err != nil || n != 5 {
		t.Errorf("%d readings, want 5: %v", n, err)
	}
}
