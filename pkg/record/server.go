package record

// ServerView is the engine's own account of a measured window, from its
// /metrics, beside what the client sent and saw. What the engine does not tell
// is absent.
type ServerView struct {
	// RequestsDelta is how many requests the engine finished in the window.
	RequestsDelta Int `json:"requests_delta,omitzero"`
	// ForeignRequests is how many of them were not ours.
	ForeignRequests Int `json:"foreign_requests,omitzero"`
	// PromptTokensDelta and OutputTokensDelta are its token counters' rise, the
	// residuals what of it we did not account for.
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
	// TTFTMS is the engine's own time to first token, from its histogram; less
	// than ours by what the network and the client add.
	TTFTMS *ServerTTFT `json:"ttft_ms,omitempty"`
	// Timings are the means, in milliseconds, of what the engine said of itself
	// in its answers, under its own names.
	Timings map[string]float64 `json:"timings,omitempty"`
}

// Gauge is a gauge over a window.
type Gauge struct {
	Mean float64 `json:"mean"`
	Max  float64 `json:"max"`
}

// ServerTTFT is a server-side TTFT histogram over a window, in milliseconds.
// Percentiles lie somewhere in a bucket; these are the bucket's bounds.
type ServerTTFT struct {
	N    int64     `json:"n"`
	Mean float64   `json:"mean"`
	P50  *Interval `json:"p50,omitempty"`
	P95  *Interval `json:"p95,omitempty"`
	// NetworkMS is our mean less the engine's: what network and client add.
	NetworkMS Float `json:"network_ms,omitzero"`
}
