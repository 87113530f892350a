package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// vllmVersion is the version whose protocol is spoken.
const vllmVersion = "0.27.0"

const vllmFingerprint = "vllm-" + vllmVersion + "-51300a7e"

// vllmDialect is vLLM: no limit to its queue, preemption when the cache runs
// out, idle connections closed after 5 s (envs.py, VLLM_HTTP_TIMEOUT_KEEP_ALIVE).
var vllmDialect = dialect{
	profile: Profile{
		PrefillTokensPerS: 9000, FirstTokenOverhead: 18 * time.Millisecond,
		StepBase: 6 * time.Millisecond, StepPerSeq: 60 * time.Microsecond,
		Slots: 256, QueueLimit: -1, KVTokens: 120_000, ContextLength: 8192, ChunkTokens: 2048, Jitter: 0.05,
	},
	server:      "uvicorn",
	merges:      true,
	idle:        5 * time.Second,
	bounds:      vllmBounds,
	routes:      vllmRoutes,
	unavailable: vllmUnavailable,
	nothing:     func(a answer) answer { a.total, a.ends = 0, true; return a },
}

func vllmRoutes(s *Server, mux *http.ServeMux) {
	v := vllm{s}
	mux.HandleFunc("POST /v1/chat/completions", s.generation(v.chat))
	mux.HandleFunc("POST /v1/completions", s.generation(v.completion))
	mux.HandleFunc("POST /tokenize", v.tokenize)
	mux.HandleFunc("GET /v1/models", v.models)
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, typeJSON, `{"version":%q}`, vllmVersion)
	})
	mux.HandleFunc("GET /health", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /metrics", s.metrics(vllmMetrics))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		vllmError(http.StatusNotFound, "Not Found", "Not Found", "").write(w)
	})
}

// vllm reads vLLM's requests.
type vllm struct{ s *Server }

func (v vllm) chat(r *http.Request, body []byte) (*plan, *refusal) {
	req, no := v.read(r, body)
	if no != nil {
		return nil, no
	}
	if len(req.Messages) == 0 {
		return nil, vllmMissing("messages")
	}
	return v.plan(r, req, render(req.Messages), true)
}

func (v vllm) completion(r *http.Request, body []byte) (*plan, *refusal) {
	req, no := v.read(r, body)
	if no != nil {
		return nil, no
	}
	if !req.Prompt.given {
		return nil, vllmMissing("prompt")
	}
	return v.plan(r, req, req.Prompt.text, false)
}

func (v vllm) read(r *http.Request, body []byte) (*openAIRequest, *refusal) {
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != typeJSON {
		return nil, vllmError(http.StatusBadRequest, "Unsupported Media Type: Only 'application/json' is allowed", "Bad Request", "")
	}
	var req openAIRequest
	if err := json.Unmarshal(body, &req); err != nil {
		return nil, vllmBadJSON(err)
	}
	if req.Model != "" && req.Model != v.s.options.Model {
		return nil, vllmError(http.StatusNotFound, fmt.Sprintf("The model `%s` does not exist.", req.Model), "NotFoundError", "model")
	}
	return &req, nil
}

func (v vllm) plan(r *http.Request, req *openAIRequest, text string, chat bool) (*plan, *refusal) {
	a := ask{prompt: text, promptTokens: max(countTokens(text), 1), least: req.MinTokens, endless: req.IgnoreEOS, reasoning: v.s.options.Reasoning, parsed: chat}
	req.seeded(&a)
	if no := v.lengths(req, &a); no != nil {
		return nil, no
	}
	if req.StreamOptions != nil && !req.Stream {
		return nil, vllmError(http.StatusBadRequest, "Stream options can only be defined when `stream=True`.", "BadRequestError", "stream_options")
	}
	if req.N != nil && *req.N != 1 {
		return nil, vllmError(http.StatusBadRequest, "this simulated server gives one choice: n must be 1", "BadRequestError", "n")
	}
	p := &plan{
		ask: a, form: newVLLMForm(v.s, r, req, chat), stream: req.Stream, media: typeJSON, prefix: "data: ",
		eager: req.Stream,
		full:  vllmUnavailable(http.StatusServiceUnavailable),
	}
	if req.Stream {
		p.media = typeSSE + "; charset=utf-8"
	}
	return p, nil
}

// lengths checks the lengths that a request asks for, in the words of
// openai/chat_completion/protocol.py and of the renderer's checks.
func (v vllm) lengths(req *openAIRequest, a *ask) *refusal {
	limit := v.s.options.Profile.limit()
	a.most = limit - a.promptTokens
	if a.most < 1 {
		return vllmError(http.StatusBadRequest, fmt.Sprintf("This model's maximum context length is %d tokens. However, your request has %d input tokens. Please reduce the length of the input messages.", limit, a.promptTokens), "BadRequestError", "input_tokens")
	}
	given := req.most()
	if given == nil {
		a.least = min(a.least, a.most)
		return nil
	}
	switch most := *given; {
	case most < 1:
		return vllmError(http.StatusBadRequest, fmt.Sprintf("max_tokens must be at least 1, got %d.", most), "BadRequestError", "max_tokens")
	case most > a.most:
		return vllmError(http.StatusBadRequest, fmt.Sprintf("'max_tokens' or 'max_completion_tokens' is too large: %d. This model's maximum context length is %d tokens and your request has %d input tokens (%d > %d - %d).", most, limit, a.promptTokens, most, limit, a.promptTokens), "BadRequestError", "max_tokens")
	case req.MinTokens < 0 || req.MinTokens > most:
		return vllmError(http.StatusBadRequest, fmt.Sprintf("min_tokens must be between 0 and max_tokens=%d, got %d.", most, req.MinTokens), "BadRequestError", "min_tokens")
	}
	a.most = *given
	return nil
}

// vllmError is the server's own error body (serve/exception_handling/error_response.py).
func vllmError(status int, text, label, param string) *refusal {
	return &refusal{
		status: status, media: typeJSON,
		body: fmt.Sprintf(`{"error":{"message":%s,"type":%s,"param":%s,"code":%d}}`, quoted(text), quoted(label), orNull(param), status),
	}
}

func orNull(text string) string {
	if text == "" {
		return "null"
	}
	return quoted(text)
}

func vllmMissing(field string) *refusal {
	text := fmt.Sprintf("1 validation error:\n  {'type': 'missing', 'loc': ('body', '%s'), 'msg': 'Field required'}", field)
	return vllmError(http.StatusBadRequest, text, "Bad Request", "body."+field)
}

func vllmBadJSON(err error) *refusal {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return vllmError(http.StatusBadRequest, "1 validation error:\n  {'type': 'value_error', 'loc': ('body',), 'msg': "+strconv.Quote(err.Error())+"}", "Bad Request", "body")
	}
	text := fmt.Sprintf("1 validation error:\n  {'type': 'json_invalid', 'loc': ('body', %d), 'msg': 'JSON decode error', 'input': {}, 'ctx': {'error': 'Expecting value'}}", syntax.Offset)
	return vllmError(http.StatusBadRequest, text, "Bad Request", fmt.Sprintf("body.%d", syntax.Offset))
}

func vllmUnavailable(status int) refusal {
	return *vllmError(status, http.StatusText(status), strings.ReplaceAll(http.StatusText(status), " ", ""), "")
}

func (v vllm) models(w http.ResponseWriter, _ *http.Request) {
	created := v.s.meter.started.Unix()
	reply(w, typeJSON, `{"object":"list","data":[{"id":%s,"object":"model","created":%d,"owned_by":"vllm","root":%s,"parent":null,"max_model_len":%d,`+
		`"permission":[{"id":"modelperm-%032x","object":"model_permission","created":%d,"allow_create_engine":false,"allow_sampling":true,"allow_logprobs":true,`+
		`"allow_search_indices":false,"allow_view":true,"allow_fine_tuning":false,"organization":"*","group":null,"is_blocking":false}]}]}`,
		quoted(v.s.options.Model), created, quoted(v.s.options.Model), v.s.options.Profile.limit(), v.s.options.Seed, created)
}

func (v vllm) tokenize(w http.ResponseWriter, r *http.Request) {
	var req openAIRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&req); err != nil {
		vllmBadJSON(err).write(w)
		return
	}
	text := req.Prompt.text
	if len(req.Messages) > 0 {
		text = render(req.Messages)
	}
	ids, _ := json.Marshal(tokenIDs(text)) //nolint:errcheck // numbers
	reply(w, typeJSON, `{"count":%d,"max_model_len":%d,"tokens":%s,"token_strs":null}`, countTokens(text), v.s.options.Profile.limit(), ids)
}
