package record

import "time"

// Interval is a confidence interval, low and high.
type Interval [2]float64

// Intervals holds the confidence intervals of a distribution's statistics at
// one confidence level (0.95 is 95 %). A statistic the sample cannot support is absent.
type Intervals struct {
	Level float64   `json:"level"`
	Mean  *Interval `json:"mean,omitempty"`
	P50   *Interval `json:"p50,omitempty"`
	P90   *Interval `json:"p90,omitempty"`
	P95   *Interval `json:"p95,omitempty"`
	P99   *Interval `json:"p99,omitempty"`
	P999  *Interval `json:"p99_9,omitempty"`
}

// Distribution summarises one metric of one engine in one scenario. A
// percentile that the sample cannot support is absent.
type Distribution struct {
	N    int64      `json:"n"`
	Mean Float      `json:"mean,omitzero"`
	Min  Float      `json:"min,omitzero"`
	Max  Float      `json:"max,omitzero"`
	P50  Float      `json:"p50,omitzero"`
	P90  Float      `json:"p90,omitzero"`
	P95  Float      `json:"p95,omitzero"`
	P99  Float      `json:"p99,omitzero"`
	P999 Float      `json:"p99_9,omitzero"`
	CI   *Intervals `json:"ci,omitempty"`
}

// ClientHealth says whether the client itself was the bottleneck.
type ClientHealth struct {
	// CPUShare is CPU time over wall time times cores, 0..1; of several workers
	// that of the busiest.
	CPUShare       Float `json:"cpu_share,omitzero"`
	SlipMS         Slip  `json:"slip_ms"`
	GCMS           Float `json:"gc_ms,omitzero"`
	CoalescedShare Float `json:"coalesced_share,omitzero"`
	// ThrottledShare is the share of the control group's accounting periods in
	// which it was stopped for having used its processor time up, 0..1;
	// ThrottledMS is for how long, added up over processors.
	ThrottledShare Float `json:"throttled_share,omitzero"`
	ThrottledMS    Float `json:"throttled_ms,omitzero"`
	// OpenFiles, OpenSockets, Retransmits and ReceivePressure are as in
	// ClientUsage, the first two the most, the others the sum of all blocks.
	OpenFiles       Int `json:"open_files,omitzero"`
	OpenSockets     Int `json:"open_sockets,omitzero"`
	Retransmits     Int `json:"retransmits,omitzero"`
	ReceivePressure Int `json:"receive_pressure,omitzero"`
	// Verdict is ClientOK or ClientBound; Reasons say why the latter.
	Verdict string   `json:"verdict"`
	Reasons []string `json:"reasons,omitempty"`
}

// The verdicts of ClientHealth.
const (
	ClientOK    = "ok"
	ClientBound = "client-bound"
)

// Slip is how late the client itself was to send: sent - scheduled less the
// time a new connection took, over first attempts.
type Slip struct {
	P50 Float `json:"p50,omitzero"`
	P99 Float `json:"p99,omitzero"`
}

// EngineResult is one engine's part of one scenario.
type EngineResult struct {
	Engine   string `json:"engine"`
	Endpoint string `json:"endpoint"`
	// Via is the way in, as in EngineInfo.
	Via string `json:"via,omitempty"`
	// Requests counts attempts. Those that neither succeeded nor failed are
	// the cancelled ones of Errors: the client ended them, not the engine.
	Requests  int64            `json:"requests"`
	Succeeded int64            `json:"succeeded"`
	Failed    int64            `json:"failed"`
	Errors    map[Status]int64 `json:"errors,omitempty"`
	// Dropped counts the requests of an open loop that were due while as many
	// as may be were under way already; they were not sent.
	Dropped int64 `json:"dropped"`

	// The distributions hold successful requests only. A retry's TTFT, TTFA and
	// E2E count from when its request was first scheduled.
	TTFT             *Distribution `json:"ttft_ms,omitempty"`
	TTFTFromSchedule *Distribution `json:"ttft_from_schedule_ms,omitempty"`
	TTFA             *Distribution `json:"ttfa_ms,omitempty"`
	TPOT             *Distribution `json:"tpot_ms,omitempty"`
	Gap              *Distribution `json:"gap_ms,omitempty"`
	ITL              *Distribution `json:"itl_ms,omitempty"`
	E2E              *Distribution `json:"e2e_ms,omitempty"`
	E2EFromSchedule  *Distribution `json:"e2e_from_schedule_ms,omitempty"`
	Queue            *Distribution `json:"queue_ms,omitempty"`

	// OutputTokensPerS and the other rates are over the measured windows of a
	// load; what straddles an edge counts by its part inside.
	OutputTokensPerS Float `json:"output_tokens_per_s,omitzero"`
	// TotalTokensPerS adds the prompts' tokens.
	TotalTokensPerS Float `json:"total_tokens_per_s,omitzero"`
	// RequestsPerS counts successful requests, GoodputPerS those of them that
	// met every SLO.
	RequestsPerS Float `json:"requests_per_s,omitzero"`
	GoodputPerS  Float `json:"goodput_per_s,omitzero"`
	// SLOAttainment is the share of attempts that met every SLO, 0..1.
	SLOAttainment Float `json:"slo_attainment,omitzero"`
	// TokenSources counts samples by who counted their tokens.
	TokenSources map[TokenSource]int64 `json:"token_sources,omitempty"`
	// Clocks counts samples by the source of their stamps.
	Clocks map[Clock]int64 `json:"clocks,omitempty"`

	// Lengths says how long prompts and answers were beside what was asked.
	Lengths *Lengths `json:"lengths,omitempty"`
	// CostPerMillionOutputTokens is in the currency of the configuration's
	// price, absent without one.
	CostPerMillionOutputTokens Float `json:"cost_per_million_output_tokens,omitzero"`

	Client *ClientHealth `json:"client,omitempty"`
	Server *ServerView   `json:"server,omitempty"`
}

// Lengths are prompts and answers in tokens, of successful requests: as the
// engine counted them, and as the load asked for them where it did.
type Lengths struct {
	Prompt       *Distribution `json:"prompt_tokens,omitempty"`
	PromptTarget *Distribution `json:"prompt_tokens_target,omitempty"`
	Output       *Distribution `json:"output_tokens,omitempty"`
	OutputTarget *Distribution `json:"output_tokens_target,omitempty"`
	// Forced says that the engine was made to give exactly the output length
	// that was asked for; absent where nothing asked for one.
	Forced *bool `json:"output_forced,omitempty"`
}

// TimelinePoint is one engine in one slice of a scenario's measured window.
// Rates count requests and tokens by the part that falls into the slice.
type TimelinePoint struct {
	// TS is where the slice begins, in seconds since the run's start.
	TS               float64 `json:"t_s"`
	Engine           string  `json:"engine"`
	RequestsPerS     float64 `json:"requests_per_s"`
	OutputTokensPerS float64 `json:"output_tokens_per_s"`
	// TTFTP95MS is of the requests sent in the slice.
	TTFTP95MS Float `json:"ttft_p95_ms,omitzero"`
	// InFlight is how many requests were under way in the slice's middle.
	InFlight int64 `json:"in_flight"`
	// Errors counts the requests sent in the slice that failed.
	Errors int64 `json:"errors"`
	// Queue, Running and KVCache are the engine's own gauges, the mean over the
	// slice.
	Queue   Float `json:"queue,omitzero"`
	Running Float `json:"running,omitzero"`
	KVCache Float `json:"kv_cache,omitzero"`
}

// ScenarioResult is one scenario over all engines.
type ScenarioResult struct {
	Name     string          `json:"name"`
	Kind     ScenarioKind    `json:"kind"`
	Shape    Shape           `json:"shape"`
	Engines  []EngineResult  `json:"engines"`
	Timeline []TimelinePoint `json:"timeline,omitempty"`
	// Capacity holds what a search for the capacity of each engine found.
	Capacity []CapacityResult `json:"capacity,omitempty"`
	Verdict  *ScenarioVerdict `json:"verdict,omitempty"`
}

// TargetResult says whether one engine met one target.
type TargetResult struct {
	Scenario  string  `json:"scenario"`
	Engine    string  `json:"engine"`
	Metric    string  `json:"metric"`
	Statistic string  `json:"statistic"`
	Limit     float64 `json:"limit"`
	Actual    Float   `json:"actual,omitzero"`
	// Met is absent where the sample is too small to say.
	Met *bool `json:"met,omitempty"`
	// NeedsSamples is how many requests would do to say, where Met is absent.
	NeedsSamples Int `json:"needs_samples,omitzero"`
}

// Severity grades a Finding.
type Severity string

// The severities of findings.
const (
	SeverityInfo  Severity = "info"
	SeverityWarn  Severity = "warn"
	SeverityError Severity = "error"
)

// Finding is something the reader should know, with what to do about it.
type Finding struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Subject  string   `json:"subject"`
	Message  string   `json:"message"`
	Remedy   string   `json:"remedy,omitempty"`
}

// Summary is processed/summary.json.
type Summary struct {
	SchemaVersion string           `json:"schema_version"`
	RunID         string           `json:"run_id"`
	Name          string           `json:"name"`
	StartedAt     time.Time        `json:"started_at"`
	FinishedAt    *time.Time       `json:"finished_at,omitempty"`
	Simulated     bool             `json:"simulated"`
	Partial       bool             `json:"partial"`
	Interrupted   bool             `json:"interrupted"`
	Tool          Tool             `json:"tool"`
	Environment   Environment      `json:"environment"`
	Scenarios     []ScenarioResult `json:"scenarios"`
	Targets       []TargetResult   `json:"targets"`
	Fairness      []FairnessCheck  `json:"fairness,omitempty"`
	// Currency is that of every cost, as the configuration names it.
	Currency string    `json:"currency,omitempty"`
	Findings []Finding `json:"findings"`
	Verdict  *Verdict  `json:"verdict,omitempty"`
}
