package record

import "time"

// What a difference rests on.
const (
	// BasisSamples is single requests, or slices of a timeline.
	BasisSamples = "samples"
	// BasisIntervals is intervals alone, because single requests were not kept.
	BasisIntervals = "intervals"
)

// Comparison is what `compare -o json` prints: how runs differ from the first
// of them.
type Comparison struct {
	SchemaVersion string `json:"schema_version"`
	// Level is the confidence of every interval and claim, 0..1.
	Level float64 `json:"level"`
	// Runs are those compared; the first is the baseline of all others.
	Runs []ComparedRun `json:"runs"`
	// Warnings say in what the runs are not alike.
	Warnings []string `json:"warnings,omitempty"`
	// Ways say what another way to an engine costs, where two runs took different
	// ones.
	Ways []WayCost `json:"ways,omitempty"`
	// Rows hold each number that two runs have, in the order of the baseline.
	Rows []ComparedRow `json:"rows"`
	// Gate is what came of the limits that were asked for, absent without any.
	Gate *GateResult `json:"gate,omitempty"`
}

// ComparedRun is one run of a comparison.
type ComparedRun struct {
	// Name is what the caller calls the run, its directory most often.
	Name      string    `json:"name"`
	RunID     string    `json:"run_id,omitempty"`
	StartedAt time.Time `json:"started_at,omitzero"`
	Simulated bool      `json:"simulated"`
	// Samples says that the run's single requests were there to compare.
	Samples bool `json:"samples"`
}

// WayCost is by how much the median TTFT of an engine in a scenario is longer over
// the way that a run took than over the baseline's.
type WayCost struct {
	// Run is the name of the run that is compared with the baseline.
	Run      string `json:"run"`
	Scenario string `json:"scenario"`
	Engine   string `json:"engine"`
	// Baseline and Via are the two ways, as in EngineInfo.
	Baseline string `json:"baseline"`
	Via      string `json:"via"`
	// Effect is the difference in ms, with its interval.
	Effect      Effect `json:"effect"`
	Significant bool   `json:"significant"`
}

// ComparedRow is one number of one engine in one scenario, in the baseline (A)
// and in another run (B).
type ComparedRow struct {
	// Run is the name of B.
	Run      string `json:"run"`
	Scenario string `json:"scenario"`
	// Engine is the name in the baseline, EngineB that in B where it differs.
	Engine  string `json:"engine"`
	EngineB string `json:"engine_b,omitempty"`
	// Metric and Statistic are what is compared: ttft_ms and p95. Unit is ms,
	// tokens/s, requests/s or share (0..1).
	Metric    string `json:"metric"`
	Statistic string `json:"statistic"`
	Unit      string `json:"unit"`
	// A and B are absent where the run does not have the number.
	A Float `json:"a,omitzero"`
	B Float `json:"b,omitzero"`
	// Effect is B less A and B over A.
	Effect Effect `json:"effect"`
	// PValue is corrected for the row's engine and scenario (Holm).
	PValue      Float `json:"p_value,omitzero"`
	Significant bool  `json:"significant"`
	// Change is better, worse or none: which way a significant difference goes.
	Change string `json:"change"`
	// Basis is what the difference rests on, samples or intervals; absent where
	// nothing could be tested.
	Basis string `json:"basis,omitempty"`
}

// The ways a number of a ComparedRow may have changed.
const (
	ChangeBetter = "better"
	ChangeWorse  = "worse"
	ChangeNone   = "none"
)

// GateResult is what came of a gate.
type GateResult struct {
	// Gate is the gate as it was written.
	Gate string `json:"gate"`
	// Status is fail where any limit failed, else cannot-say where any could not
	// be judged, else pass.
	Status string      `json:"status"`
	Checks []GateCheck `json:"checks"`
}

// GateCheck is one limit of a gate against one row.
type GateCheck struct {
	// Limit is as it was written: ttft_p95:+10%.
	Limit    string `json:"limit"`
	Run      string `json:"run"`
	Scenario string `json:"scenario,omitempty"`
	Engine   string `json:"engine,omitempty"`
	// Status is pass, fail or cannot-say; Reason says why.
	Status string `json:"status"`
	Reason string `json:"reason"`
}

// The outcomes of a gate.
const (
	GatePass      = "pass"
	GateFail      = "fail"
	GateCannotSay = "cannot-say"
)
