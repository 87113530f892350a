package runs

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/report"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/summary"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/verdict"
)

// newRun makes the directory of a run of single requests, each times as long.
func newRun(t *testing.T, times float64, change func(*record.Run)) string {
	t.Helper()
	began := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	ended := began.Add(time.Minute)
	engines := []record.EngineInfo{{Engine: "vllm", Kind: "vllm", Model: "meta-llama/Llama-3.1-8B-Instruct", Via: "manual"}}
	run := record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "r1", Name: "example", StartedAt: began, FinishedAt: &ended,
		Environment: record.Environment{Engines: engines},
		Plan: record.Plan{Engines: engines, Confidence: 0.9, Scenarios: []record.PlannedScenario{
			{Name: "chat", Kind: record.KindTTFT, Shape: record.Shape{Arrival: record.ArrivalSequential}},
		}},
	}
	if change != nil {
		change(&run)
	}
	d, err := report.Create(t.TempDir(), run.Name, began)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := report.NewRecorder(d, summary.New(run), nil)
	if err != nil {
		t.Fatal(err)
	}
	noise := rand.New(rand.NewPCG(7, uint64(times)))
	for i := range 60 {
		ttft := times * (40 + 10*noise.Float64())
		r.Sample(record.Sample{
			Engine: "vllm", Scenario: "chat", Phase: record.PhaseMeasure, Seq: int64(i), Attempt: 1, SentMS: record.Some(float64(i) * 1000),
			TTFTMS: record.Some(ttft), E2EMS: record.Some(ttft * 2), Status: record.StatusOK,
		})
	}
	if err := errors.Join(r.Close(), d.WriteRun(run)); err != nil {
		t.Fatal(err)
	}
	return d.Path()
}

func open(t *testing.T, texts ...string) (all []Source) {
	t.Helper()
	for _, text := range texts {
		s, err := Open(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

const vllmFile = "../../history/testdata/vllm-detailed.json"

func TestOpen(t *testing.T) {
	path := newRun(t, 1, nil)
	link := filepath.Join(filepath.Dir(path), "latest")
	s := open(t, link)[0]
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != target || !s.Dir || s.Level != 0.9 || len(s.Values("chat", "vllm", "ttft_ms")) != 60 {
		t.Errorf("%s %v %g", s.Name, s.Dir, s.Level)
	}
	for text, want := range map[string][2]string{
		vllmFile: {"serve", "vllm"}, "chat=" + vllmFile: {"chat", "vllm"}, "three users/vllm-large=" + vllmFile: {"three users", "vllm-large"}, "/tgi=" + vllmFile: {"serve", "tgi"},
	} {
		s := open(t, text)[0]
		sc := s.Summary.Scenarios[0]
		if got := [2]string{sc.Name, sc.Engines[0].Engine}; got != want || s.Dir || len(s.Values(want[0], want[1], "ttft_ms")) != 58 {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"nowhere": "name the directory of a run", "chat=nowhere": `open run "nowhere"`, "chat=" + path: "scenarios and engines of its own",
		t.TempDir(): "is no run directory", "runs_test.go": "no JSON", "chat=../../history/testdata/guidellm-0.6.json": "2 scenarios",
	} {
		if _, err := Open(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q) = %v, want %q", text, err, want)
		}
	}
}

func gate(t *testing.T, text, unknown string) Gate {
	t.Helper()
	g := Gate{Text: text, Unknown: unknown}
	if err := g.Complete(); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestCompareAndGate(t *testing.T) {
	base, slow := newRun(t, 1, nil), newRun(t, 2, nil)
	for _, c := range []struct {
		name, a, b, gate, unknown string
		failed                    string // part of the error, "" for none
		doubt                     bool
	}{
		{"alike", base, base, "ttft_p50:+1%,success:-0.5pp", UnknownPass, "", false},
		{"slower", base, slow, "ttft_p50:+10%,success:-0.5pp", UnknownPass, "ttft_p50:+10% for vllm in chat", false},
		{"quicker", slow, base, "ttft_p50:+0%", UnknownPass, "", false},
		{"unknown passes", base, slow, "output_tokens_per_s:-1%", UnknownPass, "", true},
		{"unknown fails", base, slow, "output_tokens_per_s:-1%", UnknownFail, "nobody can judge output_tokens_per_s:-1%", false},
		{"without a gate", base, slow, "", UnknownFail, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := gate(t, c.gate, c.unknown)
			got, err := Compare(open(t, c.a, c.b), g, false)
			if err != nil {
				t.Fatal(err)
			}
			if got.Level != 0.9 || (got.Gate != nil) != (c.gate != "") {
				t.Errorf("level %g, gate %+v", got.Level, got.Gate)
			}
			err = g.Err(got)
			if errors.Is(err, cli.ErrGateFailed) != (c.failed != "") || (err != nil && !strings.Contains(err.Error(), c.failed)) {
				t.Errorf("err = %v, want %q", err, c.failed)
			}
			if doubt := g.Doubt(got); (doubt != "") != c.doubt {
				t.Errorf("doubt %q, want %v", doubt, c.doubt)
			}
		})
	}
}

func TestCompareRefuses(t *testing.T) {
	base := newRun(t, 1, nil)
	simulated := newRun(t, 1, func(r *record.Run) { r.Simulated = true })
	if _, err := Compare(open(t, base, simulated), Gate{}, false); !errors.Is(err, verdict.ErrUnlike) || !strings.Contains(err.Error(), "--allow-unlike") {
		t.Errorf("err = %v", err)
	}
	got, err := Compare(open(t, base, simulated), Gate{}, true)
	if err != nil || len(got.Warnings) != 1 || len(got.Rows) == 0 {
		t.Errorf("err = %v, %+v", err, got.Warnings)
	}
	if _, err := Compare(open(t, base), Gate{}, false); err == nil {
		t.Error("one run is compared with nothing")
	}
}

// Runs of one name are told apart, since rows name them.
func TestCompareTwice(t *testing.T) {
	base := newRun(t, 1, nil)
	got, err := Compare(open(t, base, base, base), Gate{}, false)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, r := range got.Runs {
		names[r.Name] = true
	}
	if len(names) != 3 {
		t.Errorf("%v", names)
	}
}

// The load of a foreign file takes the name of the one scenario it meets; how the
// programs define their numbers is said where they differ.
func TestCompareForeign(t *testing.T) {
	base := newRun(t, 1, nil)
	got, err := Compare(open(t, vllmFile, base), Gate{}, true)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(got.Warnings, "\n")
	for _, want := range []string{"its one load is taken for the scenario chat", "vllm bench serve divides TPOT", "the load of chat is another one"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not warn of %q:\n%s", want, said)
		}
	}
	if len(got.Rows) == 0 || got.Rows[0].Scenario != "chat" || got.Rows[0].Basis != record.BasisSamples {
		t.Errorf("%+v", got.Rows)
	}
	same, err := Compare(open(t, vllmFile, vllmFile), Gate{}, false)
	if err != nil || len(same.Warnings) != 0 {
		t.Errorf("err = %v, warnings %q", err, same.Warnings)
	}
	for _, row := range same.Rows {
		if row.Significant || row.Basis == "" {
			t.Errorf("%+v", row)
		}
	}
}

func TestGateComplete(t *testing.T) {
	for _, g := range []Gate{{Text: "ttft_p95", Unknown: UnknownPass}, {Unknown: "maybe"}} {
		var usage *cli.UsageError
		if err := g.Complete(); !errors.As(err, &usage) {
			t.Errorf("%+v: %v", g, err)
		}
	}
}

func TestWriteDocuments(t *testing.T) {
	base := newRun(t, 1, nil)
	c, err := Compare(open(t, base, base), gate(t, "ttft_p50:+1%", UnknownPass), false)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "a", "b")
	files, err := WriteDocuments(folder, c, Formats())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(folder, "comparison.json"), filepath.Join(folder, "comparison.xml"), filepath.Join(folder, "comparison.md")}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != len(want) {
		t.Errorf("%d files, %v", len(entries), err)
	}
	if _, err := WriteDocuments(folder, c, []string{"docx"}); err == nil || !strings.Contains(err.Error(), "json, junit, markdown") {
		t.Errorf("err = %v", err)
	}
	if _, err := WriteDocuments(files[0], c, []string{"json"}); err == nil {
		t.Error("a file was taken for a folder")
	}
	none := filepath.Join(t.TempDir(), "none")
	if files, err := WriteDocuments(none, c, nil); err != nil || files != nil {
		t.Errorf("%v, %v", files, err)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("a folder was made for nothing")
	}
}
