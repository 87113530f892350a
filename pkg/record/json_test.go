package record

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

// documents are every document of a run, each once with all there can be and
// once with nothing but what must be.
func documents() map[string]struct{ full, least any } {
	return map[string]struct{ full, least any }{
		"run":        {fullRun(), Run{SchemaVersion: SchemaVersion, StartedAt: began, Plan: Plan{Engines: []EngineInfo{}, Scenarios: []PlannedScenario{}}, Environment: Environment{Engines: []EngineInfo{}}}},
		"summary":    {fullSummary(), Summary{SchemaVersion: SchemaVersion, StartedAt: began, Environment: Environment{Engines: []EngineInfo{}}, Scenarios: []ScenarioResult{{Engines: []EngineResult{{Client: &ClientHealth{Verdict: ClientOK}, TTFT: &Distribution{}}}}}, Targets: []TargetResult{}, Findings: []Finding{}}},
		"samples":    {fullSample(), Sample{Phase: PhaseWarmup, Status: StatusRefused, Attempt: 1}},
		"blocks":     {fullBlock(), Block{}},
		"texts":      {fullText(), Text{Phase: PhaseMeasure, Status: StatusOK, Messages: []TextMessage{}}},
		"server":     {fullServerSample(), ServerSample{Status: StatusOK}},
		"validation": {fullValidation(), NewValidation(nil, nil)},
		"comparison": {fullComparison(), Comparison{SchemaVersion: SchemaVersion, Runs: []ComparedRun{{}}, Rows: []ComparedRow{{Change: ChangeNone}}}},
		"discovery":  {fullDiscovery(), Discovery{SchemaVersion: SchemaVersion, Engines: []DiscoveredEngine{{Models: []string{}, Candidates: []Candidate{{Status: CandidateFailed}}}}, Skipped: []Skipped{}}},
	}
}

func TestGoldenDocuments(t *testing.T) {
	for name, d := range documents() {
		golden.Check(t, "testdata/"+name+".full.golden.json", indented(t, d.full))
		golden.Check(t, "testdata/"+name+".least.golden.json", indented(t, d.least))
	}
}

func TestDocumentsReadBack(t *testing.T) {
	for name, d := range documents() {
		for _, v := range []any{d.full, d.least} {
			data := indented(t, v)
			back := reflect.New(reflect.TypeOf(v))
			if err := json.Unmarshal(data, back.Interface()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v, back.Elem().Interface()); diff != "" {
				t.Errorf("%s (-written +read):\n%s", name, diff)
			}
		}
	}
}

// fullX would be a golden document with holes if a new field were forgotten.
func TestFullDocumentsAreFull(t *testing.T) {
	for name, d := range documents() {
		walk(reflect.ValueOf(d.full), name, func(v reflect.Value, path string) {
			if v.IsZero() && path != "samples.CachedTokens" && path != "samples.ConnectMS" {
				t.Errorf("%s is zero", path)
			}
		})
	}
}

func walk(v reflect.Value, path string, see func(reflect.Value, string)) {
	see(v, path)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, see)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), path+"[]", see)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				walk(v.Field(i), path+"."+f.Name, see)
			}
		}
	}
}

// The keys of results.md, each promised to scripts outside.
func TestKeysArePromised(t *testing.T) {
	distribution := "n mean min max p50 p90 p95 p99 p99_9 ci"
	for _, c := range []struct {
		what, path string
		v          any
		want       string
	}{
		{"sample", "", fullSample(), "request_id engine endpoint scenario phase seq turn scheduled_ms sent_ms queue_ms connect_ms ttft_ms ttfa_ms first_event_ms " +
			"tpot_ms e2e_ms max_stall_ms prompt_tokens cached_tokens prompt_target_tokens output_target_tokens output_tokens token_source frames frames_after_finish frames_after_end coalesced clock status error attempt engine_timings frames_ms"},
		{"sample error", "error", fullSample(), "message http_status phase"},
		{"summary", "", fullSummary(), "schema_version run_id name started_at finished_at simulated partial interrupted tool environment scenarios targets fairness currency findings verdict"},
		{"tool", "tool", fullSummary(), "version commit go os arch clock"},
		{"environment", "environment", fullSummary(), "cluster nodes engines workers"},
		{"cluster", "environment.cluster", fullSummary(), "version platform"},
		{"engine", "environment.engines", fullSummary(), "engine kind version model dtype_or_quantisation context_length image image_digest args node gpu replicas endpoint via tunnel_overhead_ms tunnel insecure_tls"},
		{"worker", "environment.workers", fullSummary(), "index pod node offset_ms offset_low_ms offset_high_ms late_ms samples done missing_lines lost"},
		{"gpu", "environment.engines.gpu", fullSummary(), "product count"},
		{"scenario", "scenarios", fullSummary(), "name kind shape engines timeline capacity verdict"},
		{"row", "scenarios.engines", fullSummary(), "engine endpoint via requests succeeded failed errors dropped ttft_ms ttft_from_schedule_ms ttfa_ms tpot_ms gap_ms itl_ms e2e_ms e2e_from_schedule_ms queue_ms " +
			"output_tokens_per_s total_tokens_per_s requests_per_s goodput_per_s slo_attainment token_sources clocks lengths cost_per_million_output_tokens client server"},
		{"ttft", "scenarios.engines.ttft_ms", fullSummary(), distribution},
		{"ci", "scenarios.engines.ttft_ms.ci", fullSummary(), "level mean p50 p90 p95 p99 p99_9"},
		{"client", "scenarios.engines.client", fullSummary(), "cpu_share slip_ms gc_ms coalesced_share throttled_share throttled_ms open_files open_sockets retransmits receive_pressure verdict reasons"},
		{"slip", "scenarios.engines.client.slip_ms", fullSummary(), "p50 p99"},
		{"timeline", "scenarios.timeline", fullSummary(), "t_s engine requests_per_s output_tokens_per_s ttft_p95_ms in_flight errors queue running kv_cache"},
		{"target", "targets", fullSummary(), "scenario engine metric statistic limit actual met needs_samples"},
		{"fairness", "fairness", fullSummary(), "check status detail remedy"},
		{"verdict", "verdict", fullSummary(), "winner confidence summary recommendations"},
		{"recommendation", "verdict.recommendations", fullSummary(), "message rests_on engine"},
		{"scenario's verdict", "scenarios.verdict", fullSummary(), "winner confidence dimensions reasons excluded"},
		{"dimension", "scenarios.verdict.dimensions", fullSummary(), "name metric statistic winner values scores significant p_value effect pairs further_samples"},
		{"effect", "scenarios.verdict.dimensions.effect", fullSummary(), "difference ci ratio"},
		{"pair", "scenarios.verdict.dimensions.pairs", fullSummary(), "a b effect p_value significant"},
		{"comparison", "", fullComparison(), "schema_version level runs warnings ways rows gate"},
		{"compared run", "runs", fullComparison(), "name run_id started_at simulated samples"},
		{"compared row", "rows", fullComparison(), "run scenario engine engine_b metric statistic unit a b effect p_value significant change basis"},
		{"gate", "gate", fullComparison(), "gate status checks"},
		{"gate's check", "gate.checks", fullComparison(), "limit run scenario engine status reason"},
		{"capacity", "scenarios.capacity", fullSummary(), "engine slo rate_per_s ci confidence limited_by reason curve"},
		{"capacity point", "scenarios.capacity.curve", fullSummary(), "offered_per_s requests_per_s goodput_per_s output_tokens_per_s requests failed dropped verdict reason limits"},
		{"finding", "findings", fullSummary(), "id severity subject message remedy"},
	} {
		if diff := cmp.Diff(strings.Fields(c.want), keys(t, c.v, c.path)); diff != "" {
			t.Errorf("keys of a %s (-promised +written):\n%s", c.what, diff)
		}
	}
}

// keys lists the keys of the object at a path, in the order written; of an
// array it looks at the first element.
func keys(t *testing.T, v any, path string) []string {
	t.Helper()
	data := json.RawMessage(indented(t, v))
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(data, &object); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		data = object[step]
		var list []json.RawMessage
		if json.Unmarshal(data, &list) == nil {
			data = list[0]
		}
	}
	return objectKeys(t, data)
}

func objectKeys(t *testing.T, object []byte) []string {
	t.Helper()
	var names []string
	dec := json.NewDecoder(bytes.NewReader(object))
	for depth, value := 0, false; ; {
		token, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch d, isDelim := token.(json.Delim); {
		case isDelim && (d == '{' || d == '['):
			depth++
			value = false
			continue
		case isDelim:
			if depth--; depth == 0 {
				return names
			}
		case depth == 1 && !value:
			names = append(names, token.(string))
			value = true
			continue
		}
		if depth == 1 {
			value = false
		}
	}
}

func TestAbsentIsNeverWritten(t *testing.T) {
	for name, d := range documents() {
		if data := indented(t, d.least); bytes.Contains(data, []byte("null")) {
			t.Errorf("%s writes null:\n%s", name, data)
		}
	}
	for _, v := range []Float{{}, Some(math.NaN()), Some(math.Inf(1)), Some(math.Inf(-1))} {
		if v.Known() {
			t.Errorf("%v is known", v)
		}
	}
	data, err := json.Marshal(Sample{TTFTMS: Some(math.NaN()), CachedTokens: Some(int64(0))})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "ttft_ms") || !strings.Contains(string(data), `"cached_tokens":0`) {
		t.Errorf("NaN must be absent and a known 0 present: %s", data)
	}
}

func TestOpt(t *testing.T) {
	var list struct {
		A, B, C Float
		D       Int
	}
	if err := json.Unmarshal([]byte(`{"A": 0, "B": null, "D": 3}`), &list); err != nil {
		t.Fatal(err)
	}
	if v, known := list.A.Get(); v != 0 || !known || list.B.Known() || list.C.Known() || list.D.Or(9) != 3 || list.B.Or(9) != 9 {
		t.Errorf("read %+v", list)
	}
	for _, bad := range []string{`{"A": "1"}`, `{"D": 1.5}`, `{"D": true}`, `{"A": 1e999}`} {
		if err := json.Unmarshal([]byte(bad), &list); err == nil {
			t.Errorf("%s is read as %+v", bad, list)
		}
	}
	data, err := json.Marshal([]Float{{}, Some(1.5)})
	if err != nil || string(data) != "[null,1.5]" {
		t.Errorf("wrote %s, %v", data, err)
	}
}

// Every class can be counted, shown and validated because it is listed.
func TestErrorClassesAreAllListed(t *testing.T) {
	listed := ErrorClasses()
	if len(listed) != 17 || slices.Contains(listed, StatusOK) {
		t.Errorf("%d classes listed: %v", len(listed), listed)
	}
	slices.Sort(listed)
	if len(slices.Compact(listed)) != 17 {
		t.Errorf("a class is listed twice: %v", listed)
	}
}

func TestMetricsCarryTheirJSONKeys(t *testing.T) {
	e := fullSummary().Scenarios[0].Engines[0]
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		t.Fatal(err)
	}
	distributions := 0
	for key, value := range object {
		var d Distribution
		if strings.HasSuffix(key, "_ms") && json.Unmarshal(value, &d) == nil {
			distributions++
			if diff := cmp.Diff(&d, e.Distribution(key)); diff != "" {
				t.Errorf("%s (-JSON +Distribution):\n%s", key, diff)
			}
		}
	}
	if distributions != len(e.Metrics()) {
		t.Errorf("%d distributions in JSON, %d metrics", distributions, len(e.Metrics()))
	}
	for _, r := range e.Rates() {
		if want := string(object[r.Name]); want != decimal(r.Value) {
			t.Errorf("%s = %s, JSON has %q", r.Name, decimal(r.Value), want)
		}
	}
	if e.Distribution("speed") != nil || e.Distribution("speed").Statistic("p50").Known() || e.TTFT.Statistic("p42").Known() {
		t.Error("an unknown metric or statistic has a value")
	}
	for name, want := range map[string]Float{"mean": e.TTFT.Mean, "min": e.TTFT.Min, "max": e.TTFT.Max, "p50": e.TTFT.P50, "p90": e.TTFT.P90, "p95": e.TTFT.P95, "p99": e.TTFT.P99, "p99_9": e.TTFT.P999} {
		if got := e.TTFT.Statistic(name); got != want || !got.Known() {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
}
