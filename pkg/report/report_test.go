package report

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func exampleRun() record.Run {
	engines := []record.EngineInfo{{Engine: "vllm", Kind: "vllm", Endpoint: "http://a", Via: "manual"}, {Engine: "tgi", Kind: "tgi", Endpoint: "http://b", Via: "manual"}}
	return record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "run", Name: "example", StartedAt: start,
		Environment: record.Environment{Engines: engines},
		Plan: record.Plan{Engines: engines, Confidence: 0.95, Seed: 1, Scenarios: []record.PlannedScenario{
			{Name: "ttft", Kind: record.KindTTFT, Shape: record.Shape{Arrival: "sequential"}},
			{Name: "load", Kind: record.KindLoad, Shape: record.Shape{Arrival: "users", Users: 2, DurationS: 10}},
		}},
	}
}

func sample(rng *rand.Rand, seq int64, engine, scenario string) record.Sample {
	ttft := 20 + 50*rng.Float64()
	s := record.Sample{
		RequestID: fmt.Sprintf("run-%s-%s-%d", engine, scenario, seq), Engine: engine, Endpoint: "http://a", Scenario: scenario,
		Phase: record.PhaseMeasure, Seq: seq, ScheduledMS: record.Some(float64(seq) * 100), SentMS: record.Some(float64(seq)*100 + 0.1),
		QueueMS: record.Some(0.1), TTFTMS: record.Some(ttft), E2EMS: record.Some(ttft * 3), TPOTMS: record.Some(ttft / 10),
		OutputTokens: record.Some[int64](16), TokenSource: record.TokensEngine, Frames: 16, Clock: record.ClockKernel,
		Status: record.StatusOK, Attempt: 1,
	}
	if rng.IntN(10) == 0 {
		s.Status, s.Error = record.StatusReset, &record.SampleError{Message: "reset"}
	}
	return s
}

func create(t *testing.T) *Dir {
	t.Helper()
	d, err := Create(t.TempDir(), "example", start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() }) //nolint:errcheck // some tests close it themselves
	return d
}

// record fills a directory with a run of n samples a cell and returns the
// summary that the recorder kept in memory.
func fill(t *testing.T, d *Dir, run record.Run, n int) record.Summary {
	t.Helper()
	if err := d.WriteRun(run); err != nil {
		t.Fatal(err)
	}
	sum := summary.New(run)
	r, err := NewRecorder(d, sum, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i, cell := range []struct{ engine, scenario string }{{"vllm", "ttft"}, {"tgi", "ttft"}, {"vllm", "load"}, {"tgi", "load"}} {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(i))) //nolint:gosec // test data
			block := record.Block{ID: fmt.Sprint(i), Engine: cell.engine, Scenario: cell.scenario, EndMS: float64(n) * 100}
			r.Block(block)
			for seq := range n {
				r.Sample(sample(rng, int64(seq), cell.engine, cell.scenario))
			}
			gaps := summary.NewGaps()
			gaps.RecordMS(12.5, int64(n))
			block.Done, block.GapHistogram = true, gaps.Encode()
			r.Block(block)
		})
	}
	all.Wait()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return Conclude(sum, run).Summary
}

func TestARunReadBackSaysTheSame(t *testing.T) {
	for _, n := range []int{0, 1, 7, 200} {
		d := create(t)
		want := fill(t, d, exampleRun(), n)
		got, err := Load(d)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Summary); diff != "" {
			t.Errorf("%d samples (-live +read back):\n%s", n, diff)
		}
	}
}

func TestAKilledRunGivesWhatItHad(t *testing.T) {
	d := create(t)
	fill(t, d, exampleRun(), 50)
	path := filepath.Join(d.Path(), SamplesFile)
	data, err := os.ReadFile(path) //nolint:gosec // a test's own file
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Count(string(data), "\n")
	for _, keep := range []int{0, 1, len(data) / 3, len(data) - 1} {
		if err := os.WriteFile(path, data[:keep], 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Load(d)
		if err != nil {
			t.Fatalf("cut to %d bytes: %v", keep, err)
		}
		requests := int64(0)
		for _, sc := range s.Summary.Scenarios {
			for _, e := range sc.Engines {
				requests += e.Requests
			}
		}
		if want := int64(strings.Count(string(data[:keep]), "\n")); !s.Summary.Partial || requests != want || want >= int64(lines) {
			t.Errorf("cut to %d bytes: partial %v, %d requests, want %d", keep, s.Summary.Partial, requests, want)
		}
	}
}

func TestADamagedFileIsNamedWithItsLine(t *testing.T) {
	d := create(t)
	fill(t, d, exampleRun(), 3)
	path := filepath.Join(d.Path(), SamplesFile)
	if err := os.WriteFile(path, []byte("{\"engine\":\"vllm\"}\nnonsense\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(d); err == nil || !strings.Contains(err.Error(), SamplesFile) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v", err)
	}
}

func TestAnotherSchemaIsRefused(t *testing.T) {
	d := create(t)
	run := exampleRun()
	run.SchemaVersion = "99"
	if err := d.WriteRun(run); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(d); err == nil || !strings.Contains(err.Error(), `"99"`) {
		t.Errorf("error %v", err)
	}
}

func TestRunsOfOneSecondHaveFoldersOfTheirOwn(t *testing.T) {
	base := t.TempDir()
	var paths []string
	for range 3 {
		d, err := Create(base, "Chat: vLLM/TGI ../../etc", start)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Base(d.Path()))
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"20260304T050607Z-chat-vllm-tgi-etc", "20260304T050607Z-chat-vllm-tgi-etc-2", "20260304T050607Z-chat-vllm-tgi-etc-3"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	if latest, err := os.Readlink(filepath.Join(base, "latest")); err != nil || latest != want[2] {
		t.Errorf("latest points at %q: %v", latest, err)
	}
}

func TestNamesBecomeFolderNames(t *testing.T) {
	for name, want := range map[string]string{
		"": "run", "..": "run", "日本": "run", "A  b": "a-b", "-x-": "x", "CON\x00\n": "con", strings.Repeat("ab", 90): strings.Repeat("ab", 30),
	} {
		if got := slug(name); got != want {
			t.Errorf("slug(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestAnUnwritableBaseSaysWhatToDo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(file, "x", start); err == nil || !strings.Contains(err.Error(), "--output-dir") {
		t.Errorf("error %v", err)
	}
}

func TestOnlyRunsAreOpened(t *testing.T) {
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), RunFile) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestNoLinkLeadsOutOfAFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a right there")
	}
	d := create(t)
	fill(t, d, exampleRun(), 3)
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.Path(), SamplesFile)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, path); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(d); err == nil {
		t.Error("a link out of the folder was followed to read")
	}
	if _, err := d.AppendFile(SamplesFile); err == nil {
		t.Error("a link out of the folder was followed to write")
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean something else there")
	}
	d := create(t)
	sum := fill(t, d, exampleRun(), 3)
	if _, err := WriteDocuments(d, Result{Summary: sum}, Documents{Formats: Formats(), Charts: true}); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(d.Path(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if strings.HasSuffix(path, ".tmp") {
			t.Errorf("%s was left over", path)
		}
		files++
		return err
	})
	if err != nil || files < 9 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestAFullDiskIsSaidOnceAndSummingUpGoesOn(t *testing.T) {
	d := create(t)
	run := exampleRun()
	if err := d.WriteRun(run); err != nil {
		t.Fatal(err)
	}
	sum := summary.New(run)
	var said []error
	r, err := NewRecorder(d, sum, func(err error) { said = append(said, err) })
	if err != nil {
		t.Fatal(err)
	}
	if err := r.files.samples.Close(); err != nil { // as a disk that refuses every write
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // test data
	for seq := range 20 {
		r.Sample(sample(rng, int64(seq), "vllm", "ttft"))
	}
	if err := r.Close(); err == nil || len(said) != 1 {
		t.Errorf("Close: %v; said %d times", err, len(said))
	}
	if n := sum.Summary().Scenarios[0].Engines[0].Requests; n != 20 {
		t.Errorf("%d of 20 requests were summed up", n)
	}
}

func TestDocumentsAreCheckedByName(t *testing.T) {
	d := create(t)
	if _, err := WriteDocuments(d, Result{Summary: record.Summary{}}, Documents{Formats: []string{"docx"}}); err == nil || !strings.Contains(err.Error(), "json, csv") {
		t.Errorf("error %v", err)
	}
}
