package record

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestSummaryCSV(t *testing.T) {
	s := fullSummary()
	small := EngineResult{Engine: "tgi", TTFT: &Distribution{N: 7, Mean: Some(1e-7), P50: Some(1e21), CI: &Intervals{Level: 0.95}}, RequestsPerS: Some(0.0)}
	s.Scenarios[0].Engines = append(s.Scenarios[0].Engines, small, EngineResult{Engine: "silent"})
	s.Scenarios = append(s.Scenarios, ScenarioResult{Name: "empty"})
	var b bytes.Buffer
	if err := WriteSummaryCSV(&b, s); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/summary.golden.csv", b.Bytes())
}

func TestCSVHasThePromisedColumns(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSummaryCSV(&b, Summary{}); err != nil {
		t.Fatal(err)
	}
	want := "run_id,scenario,engine,metric,unit,n,mean,p50,p90,p95,p99,p99_9,ci_low_p95,ci_high_p95\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

// A spreadsheet must not run what an engine or a scenario is called.
func TestCSVTextIsInert(t *testing.T) {
	for name, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\r=x": "'\r=x", "\n=x": "'\n=x",
		"vllm": "vllm", "": "", "a=b": "a=b", `say "hi", you`: `say "hi", you`, "é": "é",
	} {
		s := Summary{RunID: name, Scenarios: []ScenarioResult{{Name: name, Engines: []EngineResult{{Engine: name, RequestsPerS: Some(-1.5)}}}}}
		var b bytes.Buffer
		if err := WriteSummaryCSV(&b, s); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		got := rows[1]
		if diff := cmp.Diff([]string{want, want, want, "requests_per_s", "requests/s", "", "-1.5"}, got[:7]); diff != "" {
			t.Errorf("%q (-want +got):\n%s", name, diff)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestCSVSaysWhenItCannotBeWritten(t *testing.T) {
	if err := WriteSummaryCSV(fullDisk{}, fullSummary()); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("error %v", err)
	}
}
