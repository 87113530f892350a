package report

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
)

// randomSample is anything a run may hand over: every status, retries, values
// absent here and there, engines and scenarios of no plan.
func randomSample(rng *rand.Rand, seq int64) record.Sample {
	statuses := append(record.ErrorClasses(), record.StatusOK, record.StatusOK, record.StatusOK, record.StatusOK)
	s := sample(rng, seq, []string{"vllm", "tgi", "other"}[rng.IntN(3)], []string{"ttft", "load", "unplanned"}[rng.IntN(3)])
	s.Status, s.Attempt = statuses[rng.IntN(len(statuses))], 1+rng.IntN(2)
	s.Phase = []record.Phase{record.PhaseWarmup, record.PhaseMeasure, record.PhaseMeasure}[rng.IntN(3)]
	s.PromptTokens, s.Coalesced = record.Some(rng.Int64N(100)), rng.Int64N(17)
	for _, f := range []*record.Float{&s.ScheduledMS, &s.SentMS, &s.QueueMS, &s.TTFTMS, &s.E2EMS, &s.TPOTMS} {
		switch rng.IntN(8) {
		case 0:
			*f = record.Float{}
		case 1:
			*f = record.Some(rng.NormFloat64() * 1e4)
		}
	}
	return s
}

func randomBlock(rng *rand.Rand) record.Block {
	gaps := summary.NewGaps()
	gaps.RecordMS(rng.ExpFloat64()*20, rng.Int64N(1000))
	return record.Block{
		ID: fmt.Sprint(rng.IntN(6)), Engine: []string{"vllm", "tgi"}[rng.IntN(2)], Scenario: "load",
		StartMS: rng.Float64() * 1e4, EndMS: rng.Float64() * 3e4, Done: rng.IntN(2) == 0, Interrupted: rng.IntN(9) == 0,
		GapHistogram: gaps.Encode(), ITLHistogram: gaps.Encode(), Dropped: rng.Int64N(3),
		Client: &record.ClientUsage{CPUSeconds: rng.Float64() * 20, WallSeconds: 10, Cores: 2, GCMS: rng.Float64()},
	}
}

// randomReading is any reading of an engine's metrics.
func randomReading(rng *rand.Rand) record.ServerSample {
	return record.ServerSample{
		Engine: []string{"vllm", "tgi"}[rng.IntN(2)], Scenario: "load", Block: fmt.Sprint(rng.IntN(3)), Status: record.StatusOK,
		Edge: []string{"", record.EdgeOpen, record.EdgeClose}[rng.IntN(3)], TMS: rng.Float64() * 3e4,
		Requests: record.Some(rng.Int64N(20)), OutputTokens: record.Some(rng.Int64N(400)), Queue: record.Some(rng.Float64()),
		TTFT: &record.ServerHistogram{Count: 2, SumMS: rng.Float64(), UpToMS: []float64{1}, Counts: []int64{1}},
	}
}

// Whatever is recorded, the summary of the directory is that of the memory.
func TestLoadEqualsTheLiveSummary(t *testing.T) {
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 3))
		run := exampleRun()
		run.Plan.SLO = record.SLO{TTFTMS: record.Some(50.0)}
		run.Plan.Targets = []record.Target{{Scenario: "load", Metric: "ttft_ms", Statistic: "p50", Limit: 60}}
		d, live := create(t), summary.New(run)
		r, err := NewRecorder(d, live, nil)
		if err != nil {
			t.Fatal(err)
		}
		for seq := range int64(300) {
			if rng.IntN(10) == 0 {
				// A block belongs to one place for ever.
				b := randomBlock(rng)
				b.ID += b.Engine
				r.Block(b)
			}
			if rng.IntN(10) == 0 {
				r.Server(randomReading(rng))
			}
			r.Sample(randomSample(rng, seq))
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if ended := start.Add(time.Minute); seed%2 == 0 {
			run.FinishedAt = &ended
		}
		live.SetRun(run)
		if err := d.WriteRun(run); err != nil {
			t.Fatal(err)
		}
		got, err := Load(d)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Conclude(live, run).Summary, got.Summary); diff != "" {
			t.Fatalf("seed %d (-live +read back):\n%s", seed, diff)
		}
		if diff := cmp.Diff(run, got.Run); diff != "" {
			t.Fatalf("seed %d: the run (-live +read back):\n%s", seed, diff)
		}
		for _, sc := range got.Summary.Scenarios {
			for _, e := range sc.Engines {
				if diff := cmp.Diff(live.Values(sc.Name, e.Engine, "ttft_ms"), got.Values(sc.Name, e.Engine, "ttft_ms")); diff != "" {
					t.Fatalf("seed %d: values (-live +read back):\n%s", seed, diff)
				}
			}
		}
	}
}

// appendTo adds bytes to a file of the run.
func appendTo(t *testing.T, d *Dir, name, data string) {
	t.Helper()
	f, err := d.AppendFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(data); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestATornLineMakesAnEndedRunPartial(t *testing.T) {
	for _, file := range []string{SamplesFile, BlocksFile, ServerFile} {
		d := create(t)
		run := exampleRun()
		ended := start.Add(time.Minute)
		run.FinishedAt = &ended
		want := fill(t, d, run, 3)
		if want.Partial {
			t.Fatal("the run is partial before anything was torn")
		}
		appendTo(t, d, file, `{"engine":"vl`)
		got, err := Load(d)
		if err != nil {
			t.Fatal(err)
		}
		want.Partial = true
		if diff := cmp.Diff(want, got.Summary); diff != "" {
			t.Errorf("%s torn (-want +got):\n%s", file, diff)
		}
	}
}

func TestARunThatHadOnlyBegunIsPartial(t *testing.T) {
	d := create(t)
	if err := d.WriteRun(exampleRun()); err != nil {
		t.Fatal(err)
	}
	s, err := Load(d)
	if err != nil || !s.Summary.Partial || len(s.Summary.Scenarios) != 2 {
		t.Errorf("partial %t, %d scenarios, error %v", s.Summary.Partial, len(s.Summary.Scenarios), err)
	}
}

// A document of another version may hold anything under the same keys; what
// counts is the sentence about the version.
func TestAnotherVersionIsRefusedWhateverItHolds(t *testing.T) {
	for _, c := range []struct{ run, want string }{
		{`{"schema_version": "2", "plan": 7, "run_id": []}`, `schema_version "2" and this program reads "1": use the kubectl llmbench that wrote it`},
		{`{"schema_version": "", "plan": {}}`, `schema_version "" and this program reads "1"`},
		{`{"plan": {}}`, `schema_version ""`},
		{`{"schema_version": "1", "plan": 7}`, `raw/run.json`},
		{`[1]`, `raw/run.json`},
		{``, `raw/run.json`},
	} {
		d := create(t)
		appendTo(t, d, RunFile, c.run)
		if _, err := Load(d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.run, err, c.want)
		}
	}
}

func TestOnlyPlainFilesAreRead(t *testing.T) {
	for _, file := range []string{SamplesFile, BlocksFile, ServerFile} {
		d := create(t)
		if err := d.WriteRun(exampleRun()); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(d.Path(), file), 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(d); err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "no plain file") {
			t.Errorf("a folder in place of %s: %v", file, err)
		}
	}
}

// Of a run that somebody passed on, raw alone is enough.
func TestRawAloneIsEnough(t *testing.T) {
	d := create(t)
	want := fill(t, d, exampleRun(), 5)
	for _, sub := range []string{"processed", "reports", "charts", "logs"} {
		if err := os.RemoveAll(filepath.Join(d.Path(), sub)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(d)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	files, err := WriteDocuments(d, got, Documents{Formats: Formats()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		SummaryJSON, SummaryCSV, ReportHTML, ReportPDF, ReportJUnit, ReportMarkdown,
		"reports/vllm-vllm-ttft.json", "reports/vllm-tgi-ttft.json", "reports/vllm-vllm-load.json", "reports/vllm-tgi-load.json",
	}, files); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	for _, file := range files {
		if info, err := os.Stat(filepath.Join(d.Path(), file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
}

// A directory of another origin may hold links; no document may be written
// through them, and none that stood there is touched.
func TestNoDocumentIsWrittenThroughALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a right there")
	}
	outside := t.TempDir()
	victim := filepath.Join(outside, "summary.json")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder, file := create(t), create(t)
	replace := func(d *Dir, name, target string) {
		path := filepath.Join(d.Path(), name)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	replace(folder, "processed", outside)
	replace(file, SummaryJSON, victim)
	if _, err := WriteDocuments(folder, Result{Summary: record.Summary{}}, Documents{Formats: []string{"json"}}); err == nil {
		t.Error("a linked folder was written into")
	}
	if _, err := WriteDocuments(file, Result{Summary: record.Summary{}}, Documents{Formats: []string{"json"}}); err != nil {
		t.Errorf("a linked document is not replaced: %v", err)
	}
	if data, err := os.ReadFile(victim); err != nil || string(data) != "mine" {
		t.Errorf("the file outside now holds %q: %v", data, err)
	}
	left, err := filepath.Glob(filepath.Join(outside, "*.tmp"))
	if err != nil || len(left) > 0 {
		t.Errorf("left outside: %v, %v", left, err)
	}
}

// A document that cannot be written leaves the old one whole.
func TestAFailedDocumentLeavesTheOldOne(t *testing.T) {
	d := create(t)
	if _, err := WriteDocuments(d, Result{Summary: record.Summary{RunID: "old"}}, Documents{Formats: []string{"json"}}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.Path(), SummaryCSV)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "in the way"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := WriteDocuments(d, Result{Summary: record.Summary{RunID: "new"}}, Documents{Formats: []string{"csv", "json"}})
	if err == nil || !strings.Contains(err.Error(), SummaryCSV) || len(files) != 0 {
		t.Errorf("wrote %v, error %v", files, err)
	}
	data, err := os.ReadFile(filepath.Join(d.Path(), SummaryJSON))
	if err != nil || !strings.Contains(string(data), `"old"`) {
		t.Errorf("the old document holds %s: %v", data, err)
	}
	if left, err := filepath.Glob(filepath.Join(d.Path(), "processed", "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

// The disk is really full: writes fail with the system's own error.
func TestAFullDevice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	blocks, err := create(t).AppendFile(BlocksFile)
	if err != nil {
		t.Fatal(err)
	}
	live := summary.New(exampleRun())
	var said []string
	r := startRecorder(rawFiles{samples: full, blocks: blocks}, live, func(err error) { said = append(said, err.Error()) }, nil, nil)
	rng := rand.New(rand.NewPCG(1, 2))
	for seq := range int64(50) {
		r.Sample(sample(rng, seq, "vllm", "ttft"))
	}
	err = r.Close()
	if err == nil || !strings.Contains(err.Error(), "no space left") || len(said) != 1 || said[0] != err.Error() {
		t.Errorf("Close: %v; said %q", err, said)
	}
	if n := live.Summary().Scenarios[0].Engines[0].Requests; n != 50 {
		t.Errorf("%d of 50 requests were summed up", n)
	}
}
