package record

import "io"

// ServerView is the engine's own account of a scenario, from its /metrics,
// beside what the client sent and saw. What the engine does not tell is absent.
//
// Counters are differenced over each block, from right before its first request
// until nothing of ours was under way any more, so that no request straddles an
// edge: warm-up requests are among what is counted. Gauges are over the measured
// windows.
type ServerView struct {
	// RequestsDelta is how many requests the engine counted as ended.
	RequestsDelta Int `json:"requests_delta,omitzero"`
	// OwnRequests is how many of ours it must have counted: the successful ones.
	// UnclearRequests is how many it may have counted, because it or we broke
	// them off.
	OwnRequests     Int `json:"own_requests,omitzero"`
	UnclearRequests Int `json:"unclear_requests,omitzero"`
	// ForeignRequests is how many of RequestsDelta cannot be ours. It is absent
	// where the engine counted fewer than ours.
	ForeignRequests Int `json:"foreign_requests,omitzero"`
	// PromptTokensDelta and OutputTokensDelta are its token counters' rise, the
	// residuals what of it we did not account for, negative where it counted
	// less. There is no residual where some of our own tokens are unknown.
	PromptTokensDelta    Int `json:"prompt_tokens_delta,omitzero"`
	OutputTokensDelta    Int `json:"output_tokens_delta,omitzero"`
	PromptTokensResidual Int `json:"prompt_tokens_residual,omitzero"`
	OutputTokensResidual Int `json:"output_tokens_residual,omitzero"`
	// Queue and Running count requests, KVCache is a share, 0..1.
	Queue   *Gauge `json:"queue,omitempty"`
	Running *Gauge `json:"running,omitempty"`
	KVCache *Gauge `json:"kv_cache,omitempty"`
	// Preemptions is how often the engine took a request's memory back.
	Preemptions Int `json:"preemptions,omitzero"`
	// TTFTMS is the engine's own time to first token; less than ours by what the
	// network and the client add.
	TTFTMS *ServerTTFT `json:"ttft_ms,omitempty"`
	// Timings are means, in milliseconds, under the engine's own names: of what it
	// said of itself in the measured answers, and of what its metrics observed
	// over the blocks.
	Timings map[string]float64 `json:"timings,omitempty"`
}

// Gauge is a gauge over a window.
type Gauge struct {
	Mean float64 `json:"mean"`
	Max  float64 `json:"max"`
}

// ServerTTFT is what the engine itself says of its time to first token, in
// milliseconds. Percentiles lie somewhere in a bucket of its histogram; these
// are the bucket's bounds.
type ServerTTFT struct {
	// Source is "metrics" for its histogram, over the blocks, and "answers" for
	// what it said in its answers, over the measured ones.
	Source string  `json:"source"`
	N      int64   `json:"n"`
	Mean   float64 `json:"mean"`
	// OwnMean is our mean TTFT of the same requests, absent where they are not
	// known to be the same.
	OwnMean Float     `json:"own_mean,omitzero"`
	P50     *Interval `json:"p50,omitempty"`
	P95     *Interval `json:"p95,omitempty"`
	// NetworkMS is our mean less that of the engine's histogram: what network
	// and client add.
	NetworkMS Float `json:"network_ms,omitzero"`
}

// The sources of a ServerTTFT.
const (
	TTFTFromMetrics = "metrics"
	TTFTFromAnswers = "answers"
)

// The edges of a block's scrapes.
const (
	EdgeOpen  = "open"
	EdgeClose = "close"
)

// ServerSample is one reading of an engine's /metrics: a line of
// raw/server.jsonl. Counters are the engine's own since it started, summed over
// its parts (vLLM's data-parallel engines, its models); what it does not tell
// is absent.
type ServerSample struct {
	Engine   string `json:"engine"`
	Endpoint string `json:"endpoint"`
	Scenario string `json:"scenario"`
	// Block is the ID of the block in which it was read.
	Block string `json:"block"`
	// Edge is "open" right before the block's first request, "close" after its
	// last one has ended, and "" between.
	Edge string `json:"edge,omitempty"`
	// TMS is the middle between asking and answer, in ms since the run's start,
	// TookMS the time between them.
	TMS    float64 `json:"t_ms"`
	TookMS float64 `json:"took_ms"`
	// Status is ok or the class of what failed, as in a Sample; malformed also
	// stands for an answer without any known name in it.
	Status Status `json:"status"`
	// Message says what failed.
	Message string `json:"message,omitempty"`

	// StartedS is when the engine's process began, in seconds since 1970.
	StartedS Float `json:"process_start_s,omitzero"`
	// Requests counts those that ended, Aborted those of them that were broken
	// off, where the engine tells them apart.
	Requests     Int `json:"requests,omitzero"`
	Aborted      Int `json:"aborted,omitzero"`
	PromptTokens Int `json:"prompt_tokens,omitzero"`
	OutputTokens Int `json:"output_tokens,omitzero"`
	Preemptions  Int `json:"preemptions,omitzero"`
	// Queue and Running count requests, KVCache is a share, 0..1.
	Queue   Float `json:"queue,omitzero"`
	Running Float `json:"running,omitzero"`
	KVCache Float `json:"kv_cache,omitzero"`
	// TTFT is the engine's histogram of its time to first token.
	TTFT *ServerHistogram `json:"ttft,omitempty"`
	// Durations are what it adds up of its requests' parts, under its own names.
	Durations map[string]ServerSum `json:"durations,omitempty"`
}

// ServerSum is how many durations an engine observed, and their sum in
// milliseconds.
type ServerSum struct {
	Count int64   `json:"count"`
	SumMS float64 `json:"sum_ms"`
}

// ServerHistogram is a cumulative histogram of milliseconds: Counts[i]
// observations were at most UpToMS[i], and Count in all.
type ServerHistogram struct {
	Count  int64     `json:"count"`
	SumMS  float64   `json:"sum_ms"`
	UpToMS []float64 `json:"up_to_ms"`
	Counts []int64   `json:"counts"`
}

// ReadServer calls each for every reading in a server.jsonl stream. It reads and
// fails like ReadLines.
func ReadServer(r io.Reader, each func(ServerSample)) (torn int, err error) {
	return readJSONL(r, each)
}
