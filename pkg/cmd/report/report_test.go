package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	runs "github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/ui"
)

var began = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// newRun makes the directory of a run of one engine with ten requests.
func newRun(t *testing.T, change func(*record.Run)) (path string) {
	t.Helper()
	ended := began.Add(time.Minute)
	engines := []record.EngineInfo{{Engine: "vllm", Kind: "vllm", Model: "m", Endpoint: "http://vllm:8000", Via: "manual"}}
	run := record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "r1", Name: "example", StartedAt: began, FinishedAt: &ended,
		Environment: record.Environment{Engines: engines},
		Plan: record.Plan{Engines: engines, Confidence: 0.95, Scenarios: []record.PlannedScenario{
			{Name: "ttft", Kind: record.KindTTFT, Shape: record.Shape{Arrival: "sequential", Iterations: 10, MaxTokens: 16}},
		}},
	}
	change(&run)
	d, err := runs.Create(t.TempDir(), run.Name, began)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := runs.NewRecorder(d, summary.New(run), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		r.Sample(record.Sample{
			Engine: "vllm", Endpoint: "http://vllm:8000", Scenario: "ttft", Phase: record.PhaseMeasure, Seq: int64(i), Attempt: 1,
			SentMS: record.Some(float64(i) * 1000), TTFTMS: record.Some(40 + float64(i)), E2EMS: record.Some(900.0), Frames: 16,
			OutputTokens: record.Some(int64(16)), TokenSource: record.TokensEngine, Clock: record.ClockKernel, Status: record.StatusOK,
		})
	}
	if err := errors.Join(r.Close(), d.WriteRun(run)); err != nil {
		t.Fatal(err)
	}
	return d.Path()
}

func whole(*record.Run) {}

// execute runs the verb and returns what it wrote.
func execute(args ...string) (stdout, stderr string, err error) {
	var out, errOut bytes.Buffer
	c := NewCommand(cli.Streams{Out: &out, Err: &errOut})
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(args)
	err = c.Execute()
	return out.String(), errOut.String(), err
}

// contents is every file below a directory.
func contents(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		files[strings.TrimPrefix(filepath.ToSlash(name), filepath.ToSlash(path)+"/")] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEveryOutputWritesNothingIntoTheRun(t *testing.T) {
	path := newRun(t, whole)
	before := contents(t, path)
	for output, want := range map[string]string{
		"table": "10/10", "wide": "TTFT P50 CI", "json": `"ttft_ms": {`, "yaml": "ttft_ms:\n",
	} {
		out, errOut, err := execute(path, "-o", output)
		if err != nil || errOut != "" || !strings.Contains(out, want) {
			t.Errorf("-o %s: error %v, stderr %q, stdout:\n%s", output, err, errOut, out)
		}
	}
	if diff := cmp.Diff(before, contents(t, path)); diff != "" {
		t.Errorf("the run changed (-before +after):\n%s", diff)
	}
}

// JSON and YAML are the summary itself, with the same keys.
func TestDocumentsOnStandardOutputAreTheSummary(t *testing.T) {
	path := newRun(t, whole)
	d, err := runs.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	result, err := runs.Load(d)
	if err != nil {
		t.Fatal(err)
	}
	want := result.Summary
	asJSON, _, err := execute(path, "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	asYAML, _, err := execute(path, "-o", "yaml")
	if err != nil {
		t.Fatal(err)
	}
	converted, err := yaml.YAMLToJSON([]byte(asYAML))
	if err != nil {
		t.Fatal(err)
	}
	for form, data := range map[string][]byte{"json": []byte(asJSON), "yaml": converted} {
		var got record.Summary
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	}
}

func TestDocumentsAreWrittenWhereAskedFor(t *testing.T) {
	path := newRun(t, whole)
	before := contents(t, path)
	out, errOut, err := execute(path+"/", "--format", "json,csv", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	after := contents(t, path)
	if after[runs.SummaryJSON] != out {
		t.Errorf("the document and standard output differ:\n%s", cmp.Diff(after[runs.SummaryJSON], out))
	}
	if !strings.HasPrefix(after[runs.SummaryCSV], "run_id,scenario,engine,metric,") {
		t.Errorf("the CSV begins %.60q", after[runs.SummaryCSV])
	}
	wrote := "wrote " + filepath.Join(path, "processed", "summary.json") + "\nwrote " + filepath.Join(path, "processed", "summary.csv") + "\n"
	if diff := cmp.Diff(wrote, errOut); diff != "" {
		t.Errorf("stderr (-want +got):\n%s", diff)
	}
	delete(after, runs.SummaryJSON)
	delete(after, runs.SummaryCSV)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("more than the documents changed (-before +after):\n%s", diff)
	}
}

func TestMarks(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*record.Run)
		mark   string
	}{
		{"simulated", func(r *record.Run) { r.Simulated = true }, ui.SimulatedMark},
		{"killed", func(r *record.Run) { r.FinishedAt = nil }, "PARTIAL: the run did not reach its end"},
		{"interrupted", func(r *record.Run) { r.Interrupted = true }, "PARTIAL: the run was interrupted"},
	} {
		out, _, err := execute(newRun(t, c.change))
		if err != nil || !strings.Contains(out, c.mark) {
			t.Errorf("%s: error %v, stdout:\n%s", c.name, err, out)
		}
	}
	out, _, err := execute(newRun(t, whole))
	if err != nil || strings.Contains(out, "SIMULATED") || strings.Contains(out, "PARTIAL") {
		t.Errorf("a whole, real run: error %v, stdout:\n%s", err, out)
	}
}

func TestWhatCannotBeReported(t *testing.T) {
	empty, foreign := t.TempDir(), newRun(t, func(r *record.Run) { r.SchemaVersion = "9" })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		args  []string
		usage bool
		want  []string
	}{
		{"no run", nil, true, []string{"results/latest"}},
		{"two runs", []string{"a", "b"}, true, []string{"one run directory"}},
		{"a missing directory", []string{filepath.Join(empty, "nowhere")}, false, []string{"nowhere", "results/latest"}},
		{"a directory without a run", []string{empty}, false, []string{"is no run directory", "raw/run.json"}},
		{"a file", []string{file}, false, []string{"open run directory"}},
		{"another version", []string{foreign}, false, []string{`schema_version "9"`}},
		{"an unknown output", []string{empty, "-o", "xml"}, true, []string{`"xml"`, "table, wide, json, yaml"}},
		{"an unknown document", []string{empty, "--format", "docx"}, true, []string{`"docx"`, "json, csv"}},
	} {
		out, _, err := execute(c.args...)
		if err == nil || out != "" {
			t.Errorf("%s: error %v, stdout %q", c.name, err, out)
			continue
		}
		var usage *cli.UsageError
		if errors.As(err, &usage) != c.usage {
			t.Errorf("%s: usage error %t, want %t: %v", c.name, !c.usage, c.usage, err)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", c.name, err, want)
			}
		}
	}
}
