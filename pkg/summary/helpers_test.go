package summary

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// finishedRun is a run of one engine, with a scenario of single requests and a
// load, that came to its end.
func finishedRun() record.Run {
	ended := began.Add(time.Minute)
	engines := []record.EngineInfo{{Engine: "vllm", Kind: "vllm", Model: "m", Endpoint: "http://vllm:8000", Via: "manual"}}
	return record.Run{
		SchemaVersion: record.SchemaVersion, RunID: "r1", Name: "test", StartedAt: began, FinishedAt: &ended,
		Tool: record.Tool{OS: "linux", Clock: record.ClockKernel},
		Plan: record.Plan{
			Engines: engines, Confidence: 0.95,
			Scenarios: []record.PlannedScenario{{Name: "ttft", Kind: record.KindTTFT}, {Name: "chat", Kind: record.KindLoad}},
		},
		Environment: record.Environment{Engines: engines},
	}
}

// request is a successful request of scenario chat: sent at, first token after
// ttft, last after e2e, so many tokens.
func request(at, ttft, e2e float64, tokens int64) record.Sample {
	return record.Sample{
		Engine: "vllm", Endpoint: "http://vllm:8000", Scenario: "chat", Phase: record.PhaseMeasure, Attempt: 1,
		ScheduledMS: record.Some(at), SentMS: record.Some(at), QueueMS: record.Some(0.0), ConnectMS: record.Some(0.0),
		TTFTMS: record.Some(ttft), E2EMS: record.Some(e2e), Frames: tokens, Clock: record.ClockKernel,
		OutputTokens: record.Some(tokens), PromptTokens: record.Some(int64(10)), TokenSource: record.TokensEngine,
		Status: record.StatusOK,
	}
}

// with is a sample with something changed.
func with(s record.Sample, change func(*record.Sample)) record.Sample {
	change(&s)
	return s
}

func failure(at float64, status record.Status) record.Sample {
	return record.Sample{
		Engine: "vllm", Endpoint: "http://vllm:8000", Scenario: "chat", Phase: record.PhaseMeasure, Attempt: 1,
		ScheduledMS: record.Some(at), SentMS: record.Some(at), QueueMS: record.Some(0.0), Status: status,
	}
}

func window(id string, from, to float64) record.Block {
	return record.Block{ID: id, Engine: "vllm", Scenario: "chat", StartMS: from, EndMS: to, Done: true}
}

// sumUp is the summary of a run with these samples and blocks.
func sumUp(run record.Run, samples []record.Sample, blocks ...record.Block) record.Summary {
	a := New(run)
	for _, s := range samples {
		a.Add(s)
	}
	for _, b := range blocks {
		a.AddBlock(b)
	}
	return a.Summary()
}

// chat is the load scenario's only row.
func chat(t *testing.T, s record.Summary) record.EngineResult {
	t.Helper()
	for _, sc := range s.Scenarios {
		if sc.Name == "chat" && len(sc.Engines) == 1 {
			return sc.Engines[0]
		}
	}
	t.Fatalf("no row of chat: %+v", s.Scenarios)
	return record.EngineResult{}
}

func findingIDs(s record.Summary) []string {
	ids := []string{}
	for _, f := range s.Findings {
		ids = append(ids, f.ID)
	}
	return ids
}

func near(t *testing.T, what string, got record.Float, want float64) {
	t.Helper()
	if v, known := got.Get(); !known || v < want-1e-9*(1+want) || v > want+1e-9*(1+want) {
		t.Errorf("%s = %s, want %g", what, text(got), want)
	}
}

func absent(t *testing.T, what string, got record.Float) {
	t.Helper()
	if got.Known() {
		t.Errorf("%s = %s, want none", what, text(got))
	}
}

func text(f record.Float) string {
	if v, known := f.Get(); known {
		return fmt.Sprint(v)
	}
	return "absent"
}

// rounded is a JSON document whose numbers have nine digits: processors that
// fuse multiplication and addition differ in the last.
func rounded(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var round func(any) any
	round = func(v any) any {
		switch v := v.(type) {
		case float64:
			short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 9, 64), 64)
			if err != nil {
				t.Fatal(err)
			}
			return short
		case []any:
			for i := range v {
				v[i] = round(v[i])
			}
		case map[string]any:
			for key := range v {
				v[key] = round(v[key])
			}
		}
		return v
	}
	return round(doc)
}

// checkGolden compares a value, as JSON, with a golden file.
func checkGolden(t *testing.T, file string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(rounded(t, v), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, file, append(got, '\n'))
}
