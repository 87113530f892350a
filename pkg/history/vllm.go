package history

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// The keys of a result of `vllm bench serve --save-result` are those that
// vllm/benchmarks/serve.py of vLLM writes (benchmark, main_async), from v0.9 on;
// older versions called the script benchmark_serving.py.
const (
	keyCompleted = "completed"
	keyOwn       = "llmbench"
)

// vllmDefinitions say how serve.py and lib/endpoint_request_func.py define what
// has another definition here (docs/metrics.md).
var vllmDefinitions = []string{
	"vllm bench serve takes the time of a chunk once it has parsed it, which is late under load; its TTFT is that of the first chunk, which may hold no token",
	"vllm bench serve divides TPOT by all tokens but one, whatever the first chunk held, and takes rates over the whole run, its beginning and its end included",
}

func readVLLM(data []byte) (Run, error) {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return Run{}, fmt.Errorf("it is no result of vllm bench serve: %w", err)
	}
	completed, ok := d.number(keyCompleted).count()
	if !ok {
		return Run{}, fmt.Errorf("it is no result of vllm bench serve: completed is no count")
	}
	own, err := d.own()
	if err != nil {
		return Run{}, err
	}
	l := load{name: "serve", kind: record.KindLoad, shape: d.vllmShape(), succeeded: completed}
	engine := record.EngineInfo{Engine: d.vllmEngine(), Kind: d.vllmKind(), Model: d.text("model_id")}
	var of record.Run
	if own != nil {
		of = record.Run{RunID: own.RunID, Name: own.Name, StartedAt: own.StartedAt, Simulated: own.Simulated}
		l.name, l.kind, l.shape, engine = own.Scenario, own.Kind, own.Shape, own.Engine
	}
	var warnings []string
	warn := func(text string, args ...any) { warnings = append(warnings, fmt.Sprintf(text, args...)) }
	d.countFailures(&l, warn)
	if err := d.vllmRequests(&l, warn); err != nil {
		return Run{}, err
	}
	d.vllmNumbers(&l)
	run := assemble(of, engine, []load{l})
	run.Program, run.Definitions, run.Warnings = ProgramVLLM, vllmDefinitions, append(warnings, run.Warnings...)
	if own != nil {
		run.Program, run.Definitions = ProgramSelf, nil
	}
	return run, nil
}

// vllmEngine names the engine: --label, else --backend.
func (d document) vllmEngine() string {
	return cmp.Or(d.text("label"), d.text("backend"), d.text("endpoint_type"), "vllm")
}

// vllmKind is the engine's kind where the backend tells: the others speak to any
// server that is compatible with OpenAI's.
func (d document) vllmKind() string {
	switch kind := cmp.Or(d.text("backend"), d.text("endpoint_type")); kind {
	case "vllm", "tgi":
		return kind
	}
	return ""
}

// vllmShape is the load: --request-rate is "inf" where requests go out as soon as
// --max-concurrency lets them, and --burstiness shapes the gaps of a gamma process.
func (d document) vllmShape() record.Shape {
	rate, burstiness := d.number("request_rate"), d.number("burstiness")
	most, limited := d.number("max_concurrency").count()
	prompts, _ := d.number("num_prompts").count()
	switch {
	case d.text("ramp_up_strategy") != "":
		s := record.Shape{Arrival: "ramp", RatePerS: d.number("ramp_up_start_rps").measured(1).Or(0), ToRatePerS: d.number("ramp_up_end_rps").measured(1).Or(0), MaxInFlight: int(most)}
		if d.text("ramp_up_strategy") != "linear" {
			s.Arrival += "-" + d.text("ramp_up_strategy")
		}
		return s
	case rate.known && !math.IsInf(rate.value, 0):
		s := record.Shape{Arrival: "poisson", RatePerS: rate.measured(1).Or(0), MaxInFlight: int(most)}
		if burstiness.known && math.IsInf(burstiness.value, 1) {
			s.Arrival = "constant"
		} else if burstiness.known && burstiness.value != 1 {
			s.Arrival, s.Burstiness = "gamma", burstiness.value
		}
		return s
	case limited:
		return record.Shape{Arrival: record.ArrivalUsers, Users: int(most)}
	}
	return record.Shape{Arrival: "burst", BurstSize: int(prompts)}
}

// countFailures counts the requests that did not succeed. Versions before the
// key failed tell only how many prompts were to be sent.
func (d document) countFailures(l *load, warn func(string, ...any)) {
	if n, ok := d.number("failed").count(); ok {
		l.failed = n
		return
	}
	if n, ok := d.number("num_prompts").count(); ok && n > l.succeeded {
		l.failed = n - l.succeeded
		warn("it does not count failures: the %d prompts that did not succeed are taken for failed", l.failed)
	}
}

// vllmNumbers reads what the file sums up itself. Its percentiles are
// interpolated between requests (numpy.percentile).
func (d document) vllmNumbers(l *load) {
	l.rates = rates{
		requests: d.number("request_throughput").measured(1), goodput: d.number("request_goodput").measured(1),
		output: d.number("output_throughput").positive(1), total: d.number("total_token_throughput").positive(1),
	}
	l.distributions = map[string]*record.Distribution{}
	for metric, key := range vllmMetrics {
		l.distributions[metric] = distribution(l.succeeded, func(statistic string) record.Float {
			return d.number(vllmStatistics[statistic] + "_" + key + "_ms").positive(1)
		})
	}
}

// vllmMetrics and vllmStatistics are vLLM's names of ours.
var (
	vllmMetrics    = map[string]string{"ttft_ms": "ttft", "tpot_ms": "tpot", "e2e_ms": "e2el", "itl_ms": "itl"}
	vllmStatistics = map[string]string{"mean": "mean", "p50": "median", "p90": "p90", "p95": "p95", "p99": "p99", "p99_9": "p99.9"}
)

// provenance is what WriteVLLM adds to vLLM's keys, so that a run of this program
// comes back as what it was. Foreign files have none.
type provenance struct {
	RunID     string              `json:"run_id"`
	Name      string              `json:"name"`
	StartedAt time.Time           `json:"started_at"`
	Simulated bool                `json:"simulated"`
	Scenario  string              `json:"scenario"`
	Kind      record.ScenarioKind `json:"kind"`
	Shape     record.Shape        `json:"shape"`
	Engine    record.EngineInfo   `json:"engine"`
}

func (d document) own() (*provenance, error) {
	raw, has := d[keyOwn]
	if !has {
		return nil, nil
	}
	var p provenance
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, fmt.Errorf("read %s of the result: %w", keyOwn, err)
	}
	p.Scenario, p.Engine.Engine = cmp.Or(p.Scenario, "serve"), cmp.Or(p.Engine.Engine, "vllm")
	return &p, nil
}
