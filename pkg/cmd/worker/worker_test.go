package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/bench"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/cmd/cli"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/fleet"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/simulated"
)

const planned = `
test_scenarios:
  ttft: {iterations: 3, warmup_iterations: 1, max_tokens: 4}
  load_tests: [{name: users, concurrent_users: 2, duration_seconds: 0.3, max_tokens: 4}]
prompts: {source: file, file: p.txt}
`

// secret is the token of the Secret.
const secret = "swordfish-7c1f"

// plan is one for a worker that measures an engine at a URL.
func plan(t *testing.T, url string) fleet.Plan {
	t.Helper()
	loaded, err := config.Load([]config.Source{{Name: "test", Data: []byte(planned)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	info := record.EngineInfo{Engine: "vllm", Kind: "vllm", Via: "cluster-dns", Node: "n1"}
	return fleet.Plan{
		Run: record.Run{
			SchemaVersion: record.SchemaVersion, RunID: "20261125t000000-abcdef", StartedAt: time.Now(), Config: planned,
			Plan: bench.Plan(loaded.Config, []record.EngineInfo{info}, 7),
		},
		Workers: 1, MaxErrorRate: 0.2, Files: map[string][]byte{"p.txt": []byte("tell me of the sea\ntell me of the land\n")},
		Engines: []fleet.Engine{{Name: "vllm", Kind: "vllm", URL: url, Via: "cluster-dns", Model: "", TokenEnv: "TOKEN_0", Info: info}},
	}
}

// options are those of a worker's pod.
func options(t *testing.T, p fleet.Plan, env map[string]string, out *bytes.Buffer) *Options {
	t.Helper()
	data, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	orders, err := json.Marshal(fleet.Orders{Ping: 1, Caller: time.Now(), Start: &fleet.Start{Engines: []string{"vllm"}}})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"plan": data, "orders": orders}
	return &Options{
		Plan: "plan", Orders: "orders", Streams: cli.Streams{Out: out, Err: &bytes.Buffer{}}, Build: cli.Build{Version: "v1"},
		System: cli.System{
			Getenv: func(name string) string { return env[name] },
			ReadFile: func(name string) ([]byte, error) {
				if data, ok := files[name]; ok {
					return data, nil
				}
				return nil, fs.ErrNotExist
			},
		},
	}
}

// serve serves a simulated engine, and counts its requests.
func serve(t *testing.T) (url string, truth *counted) {
	t.Helper()
	truth = &counted{}
	return simulated.Serve(t, simulate.Options{Engine: "vllm", Seed: 1, Truth: truth, Profile: simulate.Profile{
		PrefillTokensPerS: 1e5, FirstTokenOverhead: time.Millisecond, StepBase: time.Millisecond, Slots: 64, QueueLimit: -1, KVTokens: 1 << 20,
	}}), truth
}

// counted counts lines.
type counted struct {
	mu    sync.Mutex
	lines int
}

func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

// A worker measures what its plan says, with what the plan brings, and tells all of
// it on standard output, the token never.
func TestAWorkerMeasuresItsPlan(t *testing.T) {
	url, truth := serve(t)
	var out bytes.Buffer
	o := options(t, plan(t, url), map[string]string{indexVariable: "0", "TOKEN_0": secret}, &out)
	if err := o.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	samples, final, hello := 0, (*fleet.Final)(nil), (*fleet.Hello)(nil)
	r := fleet.NewReader(0)
	for text := range bytes.Lines(out.Bytes()) {
		m, err := r.Line(bytes.TrimSuffix(text, []byte("\n")))
		if err != nil {
			t.Fatal(err)
		}
		if m == nil {
			continue
		}
		plain, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(plain, []byte(secret)) {
			t.Errorf("the token is told: %s", plain)
		}
		samples += len(m.Samples)
		if m.Hello != nil {
			hello = m.Hello
		}
		if m.Final != nil {
			final = m.Final
		}
	}
	truth.mu.Lock()
	defer truth.mu.Unlock()
	if final == nil || final.Error != "" || samples == 0 || samples != truth.lines || final.Samples != int64(samples) || hello == nil || hello.Version != "v1" {
		t.Errorf("%d samples, and the engine had %d requests; hello %+v, final %+v", samples, truth.lines, hello, final)
	}
}

func TestWhatAPlanSaysIsInForce(t *testing.T) {
	var out bytes.Buffer
	p := plan(t, "http://vllm.team.svc:8000")
	o := options(t, p, map[string]string{"TOKEN_0": secret}, &out)
	b, err := o.options(p)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Targets[0].Close()
	if b.MaxErrorRate != 0.2 || len(b.Targets) != 1 || b.Targets[0].Info.Node != "n1" || b.Targets[0].Info.Via != "cluster-dns" {
		t.Errorf("%+v", b)
	}
}

func TestAWorkerRefusesWhatItCannotMeasure(t *testing.T) {
	for name, k := range map[string]struct {
		env    map[string]string
		change func(*fleet.Plan, *Options)
		says   string
	}{
		"by hand":          {nil, func(*fleet.Plan, *Options) {}, "not by hand"},
		"no plan":          {map[string]string{indexVariable: "0"}, func(_ *fleet.Plan, o *Options) { o.Plan = "none" }, "read the plan"},
		"orders for one":   {map[string]string{indexVariable: "0"}, func(_ *fleet.Plan, o *Options) { o.Plan = "orders" }, "unpack the plan"},
		"another version":  {map[string]string{indexVariable: "0"}, func(p *fleet.Plan, _ *Options) { p.Run.SchemaVersion = "9" }, "--worker-image"},
		"no file":          {map[string]string{indexVariable: "0"}, func(p *fleet.Plan, _ *Options) { p.Files = nil }, `the file "p.txt"`},
		"no configuration": {map[string]string{indexVariable: "0"}, func(p *fleet.Plan, _ *Options) { p.Run.Config = "test_scenarios: 3" }, "configuration"},
		"a torn token":     {map[string]string{indexVariable: "0", "TOKEN_0": "two words"}, func(*fleet.Plan, *Options) {}, "the Secret of vllm"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			p := plan(t, "http://127.0.0.1:1")
			k.change(&p, &Options{})
			o := options(t, p, k.env, &out)
			k.change(&p, o)
			err := o.Run(t.Context())
			if err == nil || !strings.Contains(err.Error(), k.says) || strings.Contains(err.Error(), "two words") {
				t.Errorf("%v, want %q", err, k.says)
			}
			var usage *cli.UsageError
			if name == "by hand" && !errors.As(err, &usage) {
				t.Errorf("%v is no usage error", err)
			}
			if out.Len() > 0 {
				t.Errorf("it wrote %q", out.String())
			}
		})
	}
}
