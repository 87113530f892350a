package record

import (
	"encoding/json"
	"testing"
	"time"
)

func indented(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(data, '\n')
}

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func fullDistribution(scale float64) *Distribution {
	ci := func(v float64) *Interval { return &Interval{v * 0.9 * scale, v * 1.1 * scale} }
	return &Distribution{
		N: 4000, Mean: Some(1.5 * scale), Min: Some(0.5 * scale), Max: Some(9.5 * scale), P50: Some(1 * scale),
		P90: Some(2 * scale), P95: Some(3 * scale), P99: Some(4 * scale), P999: Some(5 * scale),
		CI: &Intervals{Level: 0.95, Mean: ci(1.5), P50: ci(1), P90: ci(2), P95: ci(3), P99: ci(4), P999: ci(5)},
	}
}

func fullEngine() EngineInfo {
	return EngineInfo{
		Engine: "vllm", Kind: "vllm", Version: "0.11.0", Model: "m", DtypeOrQuantisation: "bfloat16", ContextLength: 8192,
		Image: "vllm/vllm-openai:v0.11.0", ImageDigest: "sha256:ab", Args: []string{"--model", "m"}, Node: "n1",
		GPU: &GPU{Product: "NVIDIA-L4", Count: 1}, Replicas: 2, Endpoint: "http://vllm:8000", Via: "port-forward",
		TunnelOverheadMS: Some(1.5), InsecureTLS: true,
		Tunnel: &Tunnel{RTTMS: Some(2.5), APIRTTMS: Some(1.0), RoundTripsPerS: Some(900.0), Streams: 8},
	}
}

func fullEnvironment() Environment {
	return Environment{
		Cluster: &Cluster{Version: "v1.36.3", Platform: "OpenShift 4.20"},
		Nodes:   []Node{{Name: "n1", GPU: &GPU{Product: "NVIDIA-L4", Count: 2}, Labels: map[string]string{"zone": "a"}}},
		Engines: []EngineInfo{fullEngine()},
		Workers: []Worker{{
			Index: 1, Pod: "llmbench-x-1-abcde", Node: "n2", OffsetMS: Some(0.5), OffsetLowMS: Some(0.5), OffsetHighMS: Some(800.0),
			LateMS: 3, Samples: 9, Done: true, MissingLines: 2, Lost: "Evicted",
		}},
	}
}

func fullTool() Tool {
	return Tool{Version: "1.0.0", Commit: "abc", Go: "go1.26.8", OS: "linux", Arch: "amd64", Clock: ClockKernel}
}

func fullShape() Shape {
	return Shape{
		Arrival: "users", Iterations: 1, UntilConfident: true, Users: 5, ThinkTime: "fixed(1s)", WarmupS: 5, RampUpS: 2, DurationS: 60,
		RatePerS: 2, ToRatePerS: 4, Burstiness: 0.5, Steps: []RateStep{{RatePerS: 1, DurationS: 2}}, BurstSize: 3, BurstPeriodS: 4, Trace: "t.jsonl", Speed: 2, Sweep: "curve", SLO: "ttft:p95<500ms", MaxRatePerS: 100, MaxStepS: 240, Precision: 0.05, MaxInFlight: 100,
		Rounds: 2, MaxTokens: 128, Prompts: "builtin", PrefixCache: "bust",
	}
}

func fullFinding() Finding {
	return Finding{ID: "estimated-tokens", Severity: SeverityWarn, Subject: "vllm", Message: "said", Remedy: "do"}
}

// fullRun has a value in every field, fullSummary and fullSample likewise.
func fullRun() Run {
	ended := began.Add(time.Minute)
	return Run{
		SchemaVersion: SchemaVersion, RunID: "r1", Name: "name", Description: "why", StartedAt: began, FinishedAt: &ended,
		Simulated: true, Interrupted: true, Tool: fullTool(), Environment: fullEnvironment(),
		Plan: Plan{
			Engines: []EngineInfo{fullEngine()},
			Scenarios: []PlannedScenario{{
				Name: "chat", Kind: KindLoad, Shape: fullShape(), WarmupRequests: 3, Requests: 10, ExpectedS: 67,
			}},
			Targets:    []Target{{Scenario: "chat", Metric: "ttft_ms", Statistic: "p95", Limit: 500}},
			Confidence: 0.95, SLO: SLO{TTFTMS: Some(200.0), TPOTMS: Some(50.0), E2EMS: Some(5000.0)}, Seed: 7, ExpectedS: 67, RecordText: true,
		},
		Findings: []Finding{fullFinding()}, Config: "benchmark: {}\n",
	}
}

func fullSummary() Summary {
	ended, met := began.Add(time.Minute), true
	e := EngineResult{
		Engine: "vllm", Endpoint: "http://vllm:8000", Via: "port-forward", Requests: 10, Succeeded: 8, Failed: 2,
		Errors: map[Status]int64{StatusHTTP429: 2}, Dropped: 1,
		TTFT: fullDistribution(10), TTFTFromSchedule: fullDistribution(11), TTFA: fullDistribution(12), TPOT: fullDistribution(2),
		Gap: fullDistribution(3), ITL: fullDistribution(2.5), E2E: fullDistribution(100), E2EFromSchedule: fullDistribution(101), Queue: fullDistribution(0.1),
		OutputTokensPerS: Some(123.5), TotalTokensPerS: Some(200.25), RequestsPerS: Some(1.5), GoodputPerS: Some(1.25), SLOAttainment: Some(0.8),
		Lengths: &Lengths{
			Prompt: fullDistribution(30), PromptTarget: fullDistribution(32), Output: fullDistribution(96), OutputTarget: fullDistribution(128), Forced: &met,
		},
		TokenSources: map[TokenSource]int64{TokensEngine: 8}, Clocks: map[Clock]int64{ClockKernel: 8},
		CostPerMillionOutputTokens: Some(5.5),
		Client: &ClientHealth{
			CPUShare: Some(0.9), SlipMS: Slip{P50: Some(0.1), P99: Some(2.5)}, GCMS: Some(1.5), CoalescedShare: Some(0.25),
			ThrottledShare: Some(0.12), ThrottledMS: Some(900.0), OpenFiles: Some(int64(70)), OpenSockets: Some(int64(60)),
			Retransmits: Some(int64(2)), ReceivePressure: Some(int64(1)),
			Verdict: ClientBound, Reasons: []string{"busy"},
		},
		Server: fullServerView(),
	}
	return Summary{
		SchemaVersion: SchemaVersion, RunID: "r1", Name: "name", StartedAt: began, FinishedAt: &ended,
		Simulated: true, Partial: true, Interrupted: true, Tool: fullTool(), Environment: fullEnvironment(),
		Scenarios: []ScenarioResult{{
			Name: "chat", Kind: KindLoad, Shape: fullShape(), Engines: []EngineResult{e},
			Timeline: []TimelinePoint{{TS: 7, Engine: "vllm", RequestsPerS: 1.5, OutputTokensPerS: 120, TTFTP95MS: Some(30.0), InFlight: 5, Errors: 1, Queue: Some(0.5), Running: Some(4.5), KVCache: Some(0.25)}},
			Verdict:  fullScenarioVerdict(),
			Capacity: []CapacityResult{*fullCapacity()},
		}},
		Targets:  []TargetResult{{Scenario: "chat", Engine: "vllm", Metric: "ttft_ms", Statistic: "p95", Limit: 500, Actual: Some(30.0), Met: &met, NeedsSamples: Some(int64(72))}},
		Findings: []Finding{fullFinding()},
		Fairness: fullFairness(), Currency: "EUR", Verdict: fullVerdict(),
	}
}

func fullDiscovery() Discovery {
	return Discovery{
		SchemaVersion: SchemaVersion, Cluster: &Cluster{Version: "v1.36.3", Platform: "OpenShift"},
		Engines: []DiscoveredEngine{{
			Engine: "vllm", Kind: "vllm", Name: "vllm", Namespace: "team", Version: "0.11.0", Models: []string{"m"},
			URL: "https://vllm.example.com", Via: "route", TLS: true, Healthy: true, RTTMS: Some(1.5), Reason: "the best way that works",
			Candidates: []Candidate{{Via: "route", Object: "route/vllm", URL: "https://vllm.example.com", Status: CandidateChosen, Reason: "edge", RTTMS: Some(1.5)}},
			Findings:   []Finding{fullFinding()}, Info: fullEngine(),
		}},
		Skipped: []Skipped{{Source: "routes", Reason: "forbidden", Forbidden: true}},
	}
}

func fullValidation() Validation {
	var checks []Check
	for _, status := range []CheckStatus{CheckPass, CheckWarn, CheckFail, CheckSkip} {
		checks = append(checks, Check{ID: "gpu-present", Status: status, Subject: "vllm", Message: "said", Remedy: "do"})
	}
	return NewValidation(&Cluster{Version: "v1.36.3", Platform: "OpenShift"}, checks)
}

func fullSample() Sample {
	return Sample{
		RequestID: "r1-vllm-0m1-1", Engine: "vllm", Endpoint: "http://vllm:8000", Scenario: "chat", Phase: PhaseMeasure, Seq: 1, Turn: 2,
		ScheduledMS: Some(1000.5), SentMS: Some(1001.5), QueueMS: Some(1.0), ConnectMS: Some(0.0), TTFTMS: Some(50.25), TTFAMS: Some(60.0),
		FirstEventMS: Some(49.5), TPOTMS: Some(20.5), E2EMS: Some(2000.0), MaxStallMS: Some(90.0),
		PromptTargetTokens: Some(int64(32)), OutputTargetTokens: Some(int64(128)),
		PromptTokens: Some(int64(30)), CachedTokens: Some(int64(0)), OutputTokens: Some(int64(96)), TokenSource: TokensEngine,
		Frames: 95, FramesAfterFinish: 1, FramesAfterEnd: 2, Coalesced: 1, Clock: ClockKernel, Status: StatusTruncated,
		Error:   &SampleError{Message: "the stream ended", HTTPStatus: 200, Phase: "stream"},
		Attempt: 2, EngineTimings: map[string]float64{"queue_ms": 1.5}, FramesMS: []float64{50.25, 70},
	}
}

func fullBlock() Block {
	return Block{
		ID: "0-vllm-0", Worker: Some(int64(1)), Engine: "vllm", Scenario: "chat", Round: 1, StartMS: 7000, EndMS: 67_000, Done: true, Interrupted: true,
		GapHistogram: "HIST", ITLHistogram: "HIST", Dropped: 1, RatePerS: 8, Capacity: fullCapacityPoint(), CapacityResult: fullCapacity(),
		Client: &ClientUsage{
			CPUSeconds: 1.5, WallSeconds: 60, Cores: 2, GCMS: 1.5, CPULimit: Some(1.5),
			Periods: Some(int64(600)), ThrottledPeriods: Some(int64(72)), ThrottledMS: Some(900.0),
			OpenFiles: Some(int64(70)), FileLimit: Some(int64(1024)), OpenSockets: Some(int64(60)),
			Retransmits: Some(int64(2)), ReceivePressure: Some(int64(1)),
		},
	}
}

func fullText() Text {
	return Text{
		RequestID: "run-vllm-0m1-4", Engine: "vllm", Scenario: "chat", Phase: PhaseMeasure, Status: StatusTruncated,
		Messages:  []TextMessage{{Role: "user", Content: "Why is the sky blue?"}},
		Reasoning: "They ask about light.", Answer: "Because", FinishReason: "length", MessagesTruncated: true, AnswerTruncated: true,
	}
}

func fullServerView() *ServerView {
	return &ServerView{
		RequestsDelta: Some(int64(30)), OwnRequests: Some(int64(26)), UnclearRequests: Some(int64(1)), ForeignRequests: Some(int64(3)),
		PromptTokensDelta: Some(int64(900)), OutputTokensDelta: Some(int64(600)),
		PromptTokensResidual: Some(int64(90)), OutputTokensResidual: Some(int64(60)),
		Queue: &Gauge{Mean: 0.5, Max: 3}, Running: &Gauge{Mean: 4.5, Max: 8}, KVCache: &Gauge{Mean: 0.25, Max: 0.5},
		Preemptions: Some(int64(1)), Timings: map[string]float64{"queue_time_ms": 1.5},
		TTFTMS: &ServerTTFT{
			Source: TTFTFromMetrics, N: 30, Mean: 48.5, OwnMean: Some(50.0), NetworkMS: Some(1.5),
			P50: &Interval{40, 60}, P95: &Interval{80, 100},
		},
	}
}

func fullServerSample() ServerSample {
	return ServerSample{
		Engine: "vllm", Endpoint: "http://vllm:8000", Scenario: "chat", Block: "0-vllm-0", Edge: EdgeOpen,
		TMS: 6990, TookMS: 4.5, Status: StatusTimeoutTotal, Message: "no metrics within 900ms",
		StartedS: Some(1.7e9), Requests: Some(int64(12)), Aborted: Some(int64(1)), PromptTokens: Some(int64(400)),
		OutputTokens: Some(int64(300)), Preemptions: Some(int64(1)),
		Queue: Some(1.0), Running: Some(2.0), KVCache: Some(0.25),
		Durations: map[string]ServerSum{"request_queue_time_ms": {Count: 12, SumMS: 30}},
		TTFT:      &ServerHistogram{Count: 12, SumMS: 600, UpToMS: []float64{40, 60}, Counts: []int64{3, 11}},
	}
}
