package benchmark

import (
	"errors"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestTheSLOOfACapacitySearch(t *testing.T) {
	files := map[string]string{"f.yaml": "test_scenarios: {capacity: {slo: 'e2e:p50<9s'}}\n"}
	for _, tt := range []struct {
		name  string
		flags capacityFlags
		file  string
		want  string
		fault string
	}{
		{"none", capacityFlags{}, "", "", "needs the SLO"},
		{"a flag", capacityFlags{SLO: "ttft:p95<500ms"}, "", "ttft:p95<500ms", ""},
		{"a preset", capacityFlags{Preset: "llama3.1-8b"}, "", "ttft:p99<2000ms,tpot:p99<100ms", ""},
		{"a file", capacityFlags{}, "f.yaml", "e2e:p50<9s", ""},
		{"a flag goes before a file", capacityFlags{SLO: "ttft:p95<500ms"}, "f.yaml", "ttft:p95<500ms", ""},
		{"both flags", capacityFlags{SLO: "ttft:p95<500ms", Preset: "llama3.1-8b"}, "", "", "choose one"},
		{"an unknown preset", capacityFlags{Preset: "gpt"}, "", "", "llama2-70b"},
		{"no SLO", capacityFlags{SLO: "ttft<500"}, "", "", "--slo"},
		{"rates that cross", capacityFlags{SLO: "ttft:p95<500ms", StartRate: 9, MaxRate: 3}, "", "", "max_rate_per_s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options("capacity", files, nil)
			o.URLs, o.Capacity, o.ConfigFile = []string{"vllm=http://a"}, tt.flags, tt.file
			err := o.Complete(t.Context())
			if tt.fault == "" {
				if got := o.config.Config.TestScenarios.Capacity.SLO; err != nil || got != tt.want {
					t.Errorf("%q, %v; want %q", got, err, tt.want)
				}
				return
			}
			var usage *cli.UsageError
			var faults config.Errors
			if err == nil || !strings.Contains(err.Error(), tt.fault) || !errors.As(err, &usage) && !errors.As(err, &faults) {
				t.Errorf("%v, want a usage error with %q", err, tt.fault)
			}
		})
	}
}

func TestNoCapacityIsAMissedTarget(t *testing.T) {
	sum := record.Summary{Scenarios: []record.ScenarioResult{{Capacity: []record.CapacityResult{{Engine: "tgi", SLO: "ttft:p95<5ms"}}}}}
	o := &Options{}
	if err := o.targetsMissed(sum); err != nil {
		t.Errorf("without --fail-on-target: %v", err)
	}
	o.FailOnTarget = true
	if err := o.targetsMissed(sum); !errors.Is(err, cli.ErrTargetMissed) {
		t.Errorf("with it: %v", err)
	}
	sum.Scenarios[0].Capacity[0].RatePerS = record.Some(3.0)
	if err := o.targetsMissed(sum); err != nil {
		t.Errorf("with a rate that holds: %v", err)
	}
}

func TestTracesAreReadWithTheConfiguration(t *testing.T) {
	const trace = `{"at_s": 0, "prompt_tokens": 5, "output_tokens": 6}` + "\n" + `{"at_s": 10}` + "\n"
	load := func(rest string) (*Options, error) {
		o, _ := options("", map[string]string{
			"f.yaml": "test_scenarios: {load_tests: [{name: replay, arrival: trace, trace: {file: t.jsonl, speed: 2}" + rest + "}]}\n", "t.jsonl": trace,
		}, nil)
		o.URLs, o.ConfigFile = []string{"vllm=http://a"}, "f.yaml"
		return o, o.Complete(t.Context())
	}
	o, err := load(", warmup_seconds: 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range o.plan().Scenarios {
		if s.Kind == record.KindLoad && (s.Shape.Trace != "t.jsonl" || s.Shape.Speed != 2 || s.WarmupRequests != 1 || s.Requests != 1 || s.Shape.DurationS != 9) {
			t.Errorf("planned %+v", s)
		}
	}
	if _, err := load(", warmup_seconds: 10.1"); err == nil || !strings.Contains(err.Error(), "uses up") {
		t.Errorf("a warm-up as long as the trace: %v", err)
	}
	if _, err := load(", max_in_flight: 3, target_metric: e2e_from_schedule"); err != nil {
		t.Error(err)
	}
}
