package engine

import (
	"context"
	"net/http"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// Kind names a protocol: vllm, tgi, ollama or openai.
type Kind string

// The kinds of engine that have a protocol here.
const (
	VLLM   Kind = "vllm"
	TGI    Kind = "tgi"
	Ollama Kind = "ollama"
	OpenAI Kind = "openai"
)

// Framing names how an engine cuts its stream into frames.
type Framing string

// The framings: server-sent events, and one JSON document a line.
const (
	SSE    Framing = "sse"
	NDJSON Framing = "ndjson"
)

// Message is one turn of a conversation.
type Message struct {
	Role    string // system, user or assistant
	Content string
}

// Call is one generation asked of an engine, in no engine's words.
type Call struct {
	Model     string
	Messages  []Message
	MaxTokens int
	// ForceLength asks for exactly MaxTokens where the engine can be made to
	// (vLLM: ignore_eos and min_tokens).
	ForceLength bool
	Seed        *int64
	Temperature *float64
	// ContextLength is Ollama's num_ctx, 0 for the engine's default.
	ContextLength int
	// KeepAlive is how long Ollama keeps the model in memory after the call, in
	// its own words ("10m", "-1"); "" leaves it to the server's setting.
	KeepAlive string
	// API picks one of several request forms of an engine, "" for its first:
	// chat or completions (vllm, openai), generate or chat (tgi), chat or
	// generate (ollama).
	API string
}

// Request is a Call in an engine's words, to be POSTed as JSON.
type Request struct {
	Path   string // appended to the endpoint's base URL
	Body   []byte
	Accept string // the media type of the stream
}

// Delta is what one frame of a stream says. Its zero value is a frame that
// says nothing (a keep-alive, an empty chunk, a role).
type Delta struct {
	// Token is set when the frame carries output: text, reasoning, a tool
	// call, or a rise of the engine's running count.
	Token bool
	// Answer is set when that output is answer text, not reasoning.
	Answer bool
	// Tokens is how many tokens the frame carries, 0 where it does not say.
	Tokens int
	// Bare is set where nothing but a rise of the engine's count makes the frame
	// one with output: it has no text.
	Bare bool
	// Finish is set on the engine's finish marker (finish_reason,
	// generated_text, done: true); of several choices, on that of the last.
	Finish bool
	// End is set where the protocol ends its stream ([DONE], generated_text,
	// done: true).
	End bool
	// Failure is an error the engine put into the stream.
	Failure *Failure
}

// Failure is an engine's own error, in a stream or as a response body.
type Failure struct {
	// Class is the record.Status it amounts to.
	Class record.Status
	// Message is the engine's text, Type and Code its labels where it has them.
	Message, Type, Code string
}

// Totals is what the engine counted and timed over a whole stream.
type Totals struct {
	PromptTokens, CachedTokens, OutputTokens record.Int
	// Source says who counted OutputTokens; it is empty where nobody did.
	Source       record.TokenSource
	FinishReason string
	// Timings holds what the engine said of itself, in milliseconds, under
	// the engine's own names (load_duration_ms, queue_time_ms).
	Timings map[string]float64
}

// Decoder reads the frames of one response, in order. It is not safe for
// concurrent use.
type Decoder interface {
	// Decode reads one frame's payload and does not keep it.
	Decode(payload []byte) Delta
	// Text returns the output text of the payload last decoded; it costs a
	// full decode and is not for the measured path.
	Text(payload []byte) (reasoning, answer string)
	// Totals returns what is known so far.
	Totals() Totals
}

// Identity is what an endpoint says it is.
type Identity struct {
	Kind    Kind
	Version string
	Models  []Model
	// Details holds further facts under results' names (max_concurrent_requests …).
	Details map[string]string
}

// Model is one model an endpoint serves.
type Model struct {
	Name string
	// Root is the weights' name where the served name is an alias.
	Root                string
	DtypeOrQuantisation string
	// ContextLength is in tokens, 0 where unknown.
	ContextLength int
	Loaded        bool // in memory now, where the engine tells
}

// Getter sends a small request to the endpoint under test, never on a
// measured connection. It returns the status and at most 1 MiB of body.
type Getter interface {
	Get(ctx context.Context, path string) (status int, header http.Header, body []byte, err error)
	Post(ctx context.Context, path string, json []byte) (status int, header http.Header, body []byte, err error)
}

// Protocol is one engine's language: how to ask, and how to read the answer.
// Implementations hold no state and are safe for concurrent use.
type Protocol interface {
	Kind() Kind
	// HealthPath is what to GET to learn whether the engine serves: it answers
	// 200 where it does, without computing anything.
	HealthPath() string
	// Framing of the stream that a Call's API form gives.
	Framing(api string) Framing
	// Encode puts a call into the engine's words; an unknown API is an error.
	Encode(Call) (Request, error)
	// NewDecoder returns a decoder for one response to the given API form.
	NewDecoder(api string) Decoder
	// Refusal reads the body of a response whose status is not 200.
	Refusal(status int, body []byte) Failure
	// Identify asks the endpoint what it is. ok is false where the endpoint
	// answers but is something else; err is for one that does not answer.
	Identify(ctx context.Context, g Getter) (id Identity, ok bool, err error)
}
