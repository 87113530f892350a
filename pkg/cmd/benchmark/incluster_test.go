package benchmark

import (
	"errors"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cluster"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/discover"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// inside are options for workers that would stress one engine, which they reach by
// a name that means nothing here.
func inside(t *testing.T, outside string) (*Options, func() string) {
	t.Helper()
	o, said := options("stress", nil, nil)
	o.URLs = []string{"vllm=http://127.0.0.1:1"}
	if err := o.Complete(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := found("vllm", "vllm", "vllm", outside)
	f.Candidates = []record.Candidate{{Via: viaInside, URL: "http://vllm.team.svc:8000"}}
	o.engines, o.Crew.Workers = nil, 2
	o.seen = &cluster.Found{Namespace: "team", Result: discover.Result{Engines: []discover.Found{f}}}
	if err := o.take(o.seen.Engines); err != nil {
		t.Fatal(err)
	}
	if got := o.engines[0]; got.via != viaInside || got.url != "http://vllm.team.svc:8000" {
		t.Fatalf("workers go by %s to %s", got.via, got.url)
	}
	return o, said.String
}

// Workers are not let loose on engines that serve others: their metrics are looked
// at by the way from here.
func TestAStressFromInsideIsAskedAbout(t *testing.T) {
	t.Parallel()
	o, _ := inside(t, busyEngine(t))
	var usage *cli.UsageError
	if err := o.askFromHere(t.Context()); !errors.As(err, &usage) || !strings.Contains(err.Error(), "3 requests running") {
		t.Errorf("%v", err)
	}
	if o.engines[0].via != viaInside {
		t.Error("the workers' way was changed")
	}
	o.Rails.yes = true
	if err := o.askFromHere(t.Context()); err != nil {
		t.Errorf("agreed to: %v", err)
	}
}

// Where nothing leads to an engine from here, that is said, and it is not taken for
// idle in silence.
func TestWhatCannotBeSeenFromHereIsSaid(t *testing.T) {
	t.Parallel()
	const want = "nothing leads to them from here: vllm"
	o, said := inside(t, "")
	if err := o.askFromHere(t.Context()); err != nil || !strings.Contains(said(), want) {
		t.Errorf("%v, %q", err, said())
	}
	o, said = inside(t, "")
	o.engines = []endpoint{{name: "vllm", kind: engine.VLLM, url: "http://127.0.0.1:1", via: viaManual}}
	if err := o.askFromHere(t.Context()); err != nil || !strings.Contains(said(), want) {
		t.Errorf("named by a URL: %v, %q", err, said())
	}
}

func TestWhatWorkersCannotMeasureIsRefused(t *testing.T) {
	const open = "test_scenarios: {load_tests: [{name: rate, arrival: poisson, rate_per_s: 5, max_in_flight: 3, duration_seconds: 1}]}\n"
	for _, k := range []struct {
		name, config string
		change       func(*Options)
		says         string // "" for taken
	}{
		{"as many as may be under way", open, func(o *Options) { o.Crew.Workers = 3 }, ""},
		{"more than may be under way", open, func(o *Options) { o.Crew.Workers = 4 }, `load test "rate" may have fewer requests under way`},
		{"simulators", "", func(o *Options) { o.Crew.Workers, o.Simulate, o.URLs = 1, true, nil }, "--simulate"},
		{"a token file", "", func(o *Options) { o.Crew.Workers, o.TokenFiles = 1, []string{"t"} }, "--engine-token-secret"},
		{"a search with fewer requests than workers", "test_scenarios: {capacity: {enabled: true, slo: 'ttft:p95<500ms', max_in_flight: 1}}\n", func(o *Options) { o.Crew.Workers = 2 }, "fewer requests under way than there are workers"},
	} {
		t.Run(k.name, func(t *testing.T) {
			o, _ := options("", map[string]string{"a.yaml": k.config, "t": "token"}, nil)
			o.ConfigFile, o.URLs = "a.yaml", []string{"vllm=http://a"}
			o.Crew.CPU, o.Crew.Memory, o.Crew.StartTimeout = "1", "1Gi", 1
			k.change(o)
			err := o.Complete(t.Context())
			var usage *cli.UsageError
			if k.says == "" && err != nil || k.says != "" && (!errors.As(err, &usage) || !strings.Contains(err.Error(), k.says)) {
				t.Errorf("%v, want %q", err, k.says)
			}
		})
	}
}
