package record

// Phase says whether a request counts.
type Phase string

// The phases of a run. Only PhaseMeasure enters counts and distributions; what
// a request of the warm-up still generates inside the measured window is part
// of the window's rates.
const (
	PhaseWarmup  Phase = "warmup"
	PhaseMeasure Phase = "measure"
)

// Clock names the source of a sample's arrival stamps.
type Clock string

// ClockKernel stamps are the kernel's receive times of the bytes; ClockUser
// stamps were taken when the read call returned, and are late under load.
const (
	ClockKernel Clock = "kernel"
	ClockUser   Clock = "user"
)

// TokenSource says who counted a sample's output tokens.
type TokenSource string

// The sources of a token count, the most trusted first.
const (
	TokensEngine    TokenSource = "engine"    // the engine's own total
	TokensChunks    TokenSource = "chunks"    // running per-chunk counts
	TokensEvents    TokenSource = "events"    // one event a token, by protocol
	TokensEstimated TokenSource = "estimated" // token-bearing frames, counted
)

// SampleError explains a request that did not succeed.
type SampleError struct {
	// Message is one sentence for a person: what failed and what to do.
	Message string `json:"message"`
	// HTTPStatus is the response's status code, 0 where there was no response.
	HTTPStatus int `json:"http_status,omitempty"`
	// Phase is how far the request had come: connect, send, headers,
	// first_token or stream.
	Phase string `json:"phase,omitempty"`
}

// Sample is one request as it was measured. Durations are in milliseconds;
// ScheduledMS and SentMS count from the run's start, the others from Sent
// unless their comment says otherwise. An absent value was not observed.
type Sample struct {
	// RequestID also went out as the X-Request-Id header.
	RequestID string `json:"request_id"`
	// Engine is the name of the engine within the run.
	Engine string `json:"engine"`
	// Endpoint is the base URL that was asked.
	Endpoint string `json:"endpoint"`
	Scenario string `json:"scenario"`
	Phase    Phase  `json:"phase"`
	// Seq numbers the requests of a scenario; attempts of one request share it.
	Seq int64 `json:"seq"`
	// Turn counts the turns of a conversation from 1; 0 outside of one.
	Turn int `json:"turn,omitempty"`

	// ScheduledMS is when the load wanted the request to go out.
	ScheduledMS Float `json:"scheduled_ms,omitzero"`
	// SentMS is just before the request's first byte was written.
	SentMS Float `json:"sent_ms,omitzero"`
	// QueueMS is the client's own delay, sent - scheduled.
	QueueMS Float `json:"queue_ms,omitzero"`
	// ConnectMS is DNS, dial and TLS of a new connection, 0 on a reused one.
	ConnectMS Float `json:"connect_ms,omitzero"`
	// TTFTMS is the arrival of the first frame that carries a token.
	TTFTMS Float `json:"ttft_ms,omitzero"`
	// TTFAMS is the arrival of the first frame with text of the answer itself,
	// later than TTFTMS where the model reasons first.
	TTFAMS Float `json:"ttfa_ms,omitzero"`
	// FirstEventMS is the arrival of the first frame, whatever it held.
	FirstEventMS Float `json:"first_event_ms,omitzero"`
	// TPOTMS is the time per output token after the first frame,
	// (last token - first token) / (output tokens - tokens of the first frame).
	TPOTMS Float `json:"tpot_ms,omitzero"`
	// E2EMS is the arrival of the last frame that carries a token.
	E2EMS Float `json:"e2e_ms,omitzero"`
	// MaxStallMS is the longest gap between two frames that carry a token.
	MaxStallMS Float `json:"max_stall_ms,omitzero"`

	// PromptTokens is the prompt's length as the engine counts it, CachedTokens
	// how many of them its prefix cache answered for.
	PromptTokens Int `json:"prompt_tokens,omitzero"`
	CachedTokens Int `json:"cached_tokens,omitzero"`
	// PromptTargetTokens and OutputTargetTokens are the lengths that were aimed
	// at: the prompt's as the engine counts it, and the answer's, which the
	// engine may not have been made to keep to.
	PromptTargetTokens Int `json:"prompt_target_tokens,omitzero"`
	OutputTargetTokens Int `json:"output_target_tokens,omitzero"`
	// OutputTokens is the answer's length as TokenSource counted it.
	OutputTokens Int         `json:"output_tokens,omitzero"`
	TokenSource  TokenSource `json:"token_source,omitempty"`
	// Frames counts token-bearing frames.
	Frames int64 `json:"frames,omitempty"`
	// FramesAfterFinish are those of Frames that came behind the engine's finish
	// marker, which should be the last with text; they count as the others do.
	FramesAfterFinish int64 `json:"frames_after_finish,omitempty"`
	// FramesAfterEnd counts token-bearing frames behind the end of the stream
	// ([DONE], generated_text, done: true), where no client reads on. Nothing
	// counts them.
	FramesAfterEnd int64 `json:"frames_after_end,omitempty"`
	// Coalesced counts token-bearing frames that shared their arrival stamp
	// with the frame before them.
	Coalesced int64 `json:"coalesced,omitempty"`
	// Clock is the source of the arrival stamps.
	Clock Clock `json:"clock,omitempty"`

	Status Status       `json:"status"`
	Error  *SampleError `json:"error,omitempty"`
	// Attempt counts from 1; a retry is a sample of its own.
	Attempt int `json:"attempt"`
	// EngineTimings is what the engine said of itself, in milliseconds.
	EngineTimings map[string]float64 `json:"engine_timings,omitempty"`
	// FramesMS is the arrival of every token-bearing frame since Sent; kept
	// only under --record-frames.
	FramesMS []float64 `json:"frames_ms,omitempty"`
}
