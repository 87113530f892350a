package record

import "time"

// Tool identifies the program that measured.
type Tool struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	// Clock is the best stamp source the run had.
	Clock Clock `json:"clock"`
}

// Cluster describes the Kubernetes cluster, where there is one.
type Cluster struct {
	Version  string `json:"version,omitempty"`
	Platform string `json:"platform,omitempty"`
}

// Node is one cluster node an engine stands on.
type Node struct {
	Name   string            `json:"name"`
	GPU    *GPU              `json:"gpu,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
}

// GPU is an accelerator product and how many of it.
type GPU struct {
	Product string `json:"product"`
	Count   int    `json:"count"`
}

// EngineInfo is one engine under test as it described itself and as the
// cluster describes it. Unknown values are left out.
type EngineInfo struct {
	// Engine is the name results carry (vllm, or vllm-large where two of a
	// kind run); Kind is the protocol spoken to it.
	Engine              string `json:"engine"`
	Kind                string `json:"kind"`
	Version             string `json:"version,omitempty"`
	Model               string `json:"model,omitempty"`
	DtypeOrQuantisation string `json:"dtype_or_quantisation,omitempty"`
	// ContextLength is the largest prompt plus answer, in tokens.
	ContextLength int      `json:"context_length,omitempty"`
	Image         string   `json:"image,omitempty"`
	ImageDigest   string   `json:"image_digest,omitempty"`
	Args          []string `json:"args,omitempty"`
	Node          string   `json:"node,omitempty"`
	GPU           *GPU     `json:"gpu,omitempty"`
	Replicas      int      `json:"replicas,omitempty"`
	Endpoint      string   `json:"endpoint"`
	// Via is the way in: manual, route, httproute, ingress, loadbalancer,
	// nodeport, cluster-dns, port-forward or simulate.
	Via string `json:"via"`
	// TunnelOverheadMS is what a port-forward adds to each round trip: the
	// median to the engine's health endpoint through it, less the median to the
	// API server itself.
	TunnelOverheadMS Float `json:"tunnel_overhead_ms,omitzero"`
	// Tunnel is what a port-forward showed before the run, absent elsewhere.
	Tunnel *Tunnel `json:"tunnel,omitempty"`
	// InsecureTLS says that the certificate was not verified.
	InsecureTLS bool `json:"insecure_tls,omitempty"`
}

// Tunnel is what a port-forward was seen to do before anything was measured.
type Tunnel struct {
	// RTTMS and APIRTTMS are the median round trips, in milliseconds, to the
	// engine's health endpoint through the tunnel and to the API server itself.
	RTTMS    Float `json:"rtt_ms,omitzero"`
	APIRTTMS Float `json:"api_rtt_ms,omitzero"`
	// RoundTripsPerS is how many round trips a second the tunnel carried before
	// they took twice as long as one alone, Streams how many at once that was.
	RoundTripsPerS Float `json:"round_trips_per_s,omitzero"`
	Streams        int   `json:"streams,omitempty"`
}

// Environment is the ground the run stood on.
type Environment struct {
	Cluster *Cluster     `json:"cluster,omitempty"`
	Nodes   []Node       `json:"nodes,omitempty"`
	Engines []EngineInfo `json:"engines"`
	// Workers are the pods that the load came from, absent where the caller itself
	// sent it.
	Workers []Worker `json:"workers,omitempty"`
}

// ScenarioKind groups scenarios by what they ask.
type ScenarioKind string

// The kinds of scenario.
const (
	KindTTFT     ScenarioKind = "ttft"
	KindLoad     ScenarioKind = "load"
	KindCapacity ScenarioKind = "capacity"
)

// The arrivals that are no open loop.
const (
	ArrivalSequential = "sequential"
	ArrivalUsers      = "users"
)

// Shape describes the load of a scenario. Only the fields of its Arrival are set.
type Shape struct {
	// Arrival is sequential (one request at a time, engines interleaved), users
	// (closed loop), or what paces an open loop: constant, poisson, gamma, ramp,
	// steps, burst or trace.
	Arrival    string `json:"arrival"`
	Iterations int    `json:"iterations,omitempty"`
	// UntilConfident says that Iterations was the most, and that the scenario
	// ended as soon as enough was known. Intervals and tests that are for a
	// sample whose size was settled beforehand do not hold then: the finding
	// stopped-early says what does.
	UntilConfident bool `json:"until_confident,omitempty"`
	Users          int  `json:"users,omitempty"`
	// RatePerS is in requests per second, for each engine; a ramp goes from
	// there to ToRatePerS.
	RatePerS   float64 `json:"rate_per_s,omitempty"`
	ToRatePerS float64 `json:"to_rate_per_s,omitempty"`
	// Burstiness is the shape of the gamma distribution of gaps.
	Burstiness float64 `json:"burstiness,omitempty"`
	// Steps are the rates of one after another.
	Steps []RateStep `json:"steps,omitempty"`
	// BurstSize requests come at once, every BurstPeriodS.
	BurstSize    int     `json:"burst_size,omitempty"`
	BurstPeriodS float64 `json:"burst_period_s,omitempty"`
	// Trace names the file whose requests are replayed, Speed how many times as fast
	// as they came.
	Trace string  `json:"trace,omitempty"`
	Speed float64 `json:"speed,omitempty"`
	// Sweep names the load test of which this is one value: scenarios with the
	// same sweep are points of one load curve.
	Sweep string `json:"sweep,omitempty"`
	// SLO is what a capacity search asks to hold, as --slo writes it; its rates
	// go from RatePerS to MaxRatePerS, each for up to MaxStepS.
	SLO         string  `json:"slo,omitempty"`
	MaxRatePerS float64 `json:"max_rate_per_s,omitempty"`
	MaxStepS    float64 `json:"max_step_s,omitempty"`
	Precision   float64 `json:"precision,omitempty"`
	// MaxInFlight is how many requests of an open loop may be under way; those
	// that are due beyond them are dropped.
	MaxInFlight int `json:"max_in_flight,omitempty"`
	// ThinkTime is fixed, uniform or exponential with its parameter in
	// seconds, for instance "exponential(2s)".
	ThinkTime string  `json:"think_time,omitempty"`
	WarmupS   float64 `json:"warmup_s,omitempty"`
	RampUpS   float64 `json:"ramp_up_s,omitempty"`
	DurationS float64 `json:"duration_s,omitempty"`
	Rounds    int     `json:"rounds,omitempty"`
	MaxTokens int     `json:"max_tokens,omitempty"`
	// Prompts says where the prompts came from; PrefixCache is bust or allow.
	Prompts     string `json:"prompts,omitempty"`
	PrefixCache string `json:"prefix_cache,omitempty"`
}

// IsOpen says whether the load is an open loop: requests go out when they are
// due, whether or not those before them were answered.
func (s Shape) IsOpen() bool {
	return s.Arrival != "" && s.Arrival != ArrivalSequential && s.Arrival != ArrivalUsers
}

// RateStep is a stretch of an open loop with one rate.
type RateStep struct {
	RatePerS  float64 `json:"rate_per_s"`
	DurationS float64 `json:"duration_s"`
}

// Target is a limit that a statistic of a scenario must meet.
type Target struct {
	Scenario  string  `json:"scenario"`
	Metric    string  `json:"metric"`    // ttft_ms, e2e_ms, tpot_ms, ttft_from_schedule_ms, e2e_from_schedule_ms
	Statistic string  `json:"statistic"` // p50, p95, ...
	Limit     float64 `json:"limit"`
}

// PlannedScenario is one scenario as the run intends it.
type PlannedScenario struct {
	Name  string       `json:"name"`
	Kind  ScenarioKind `json:"kind"`
	Shape Shape        `json:"shape"`
	// WarmupRequests go to each engine before anything counts.
	WarmupRequests int `json:"warmup_requests,omitempty"`
	// Requests is how many each engine will get, 0 where time decides.
	Requests int `json:"requests,omitempty"`
	// ExpectedS is the time all engines together should take, in seconds.
	ExpectedS float64 `json:"expected_s"`
}

// SLO is what one request must meet to count as goodput; an absent limit
// asks nothing.
type SLO struct {
	TTFTMS Float `json:"ttft_ms,omitzero"`
	TPOTMS Float `json:"tpot_ms,omitzero"`
	E2EMS  Float `json:"e2e_ms,omitzero"`
}

// Plan is what a run intends to do: engines x scenarios.
type Plan struct {
	Engines   []EngineInfo      `json:"engines"`
	Scenarios []PlannedScenario `json:"scenarios"`
	Targets   []Target          `json:"targets,omitempty"`
	// Confidence is the level of every interval of the run, 0.95 is 95 %.
	Confidence float64 `json:"confidence"`
	SLO        SLO     `json:"slo,omitzero"`
	Seed       uint64  `json:"seed"`
	ExpectedS  float64 `json:"expected_s"`
	// RecordText says that prompts and answers are kept, in raw/texts.jsonl.
	RecordText bool `json:"record_text,omitempty"`
}

// Run is raw/run.json: what was intended, where and by what. Its outcome
// fields are filled in when the run ends; a run that was killed lacks them.
type Run struct {
	SchemaVersion string      `json:"schema_version"`
	RunID         string      `json:"run_id"`
	Name          string      `json:"name"`
	Description   string      `json:"description,omitempty"`
	StartedAt     time.Time   `json:"started_at"`
	FinishedAt    *time.Time  `json:"finished_at,omitempty"`
	Simulated     bool        `json:"simulated"`
	Interrupted   bool        `json:"interrupted"`
	Tool          Tool        `json:"tool"`
	Plan          Plan        `json:"plan"`
	Environment   Environment `json:"environment"`
	Findings      []Finding   `json:"findings,omitempty"`
	// Config is the effective configuration, as YAML.
	Config string `json:"config,omitempty"`
}
