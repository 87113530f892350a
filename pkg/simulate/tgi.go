package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"
)

// tgiVersion is the version whose protocol is spoken.
const tgiVersion = "3.3.6-dev0"

const tgiFingerprint = tgiVersion + "-native"

// tgiDialect is TGI: at most 128 requests at once and none waiting beside them
// (--max-concurrent-requests), the whole answer's cache set aside at admission.
var tgiDialect = dialect{
	profile: Profile{
		PrefillTokensPerS: 6500, FirstTokenOverhead: 26 * time.Millisecond,
		StepBase: 8 * time.Millisecond, StepPerSeq: 90 * time.Microsecond,
		Slots: 128, QueueLimit: 0, KVTokens: 60_000, ContextLength: 8192, ChunkTokens: 4096, Jitter: 0.06,
	},
	bounds:      tgiBounds,
	routes:      tgiRoutes,
	unavailable: func(status int) refusal { return *tgiError(status, "unhealthy", "healthcheck") },
	// TGI puts the end of an answer on a token's event, so it has at least one.
	nothing: func(a answer) answer { a.total, a.reasoning, a.ends = 1, 0, true; return a },
}

// tgiKeepAlive is how long a stream is silent before a comment keeps it alive
// (axum, response/sse.rs, KeepAlive::new).
const tgiKeepAlive = 15 * time.Second

func tgiRoutes(s *Server, mux *http.ServeMux) {
	g := tgi{s}
	healthy := func(http.ResponseWriter, *http.Request) {}
	mux.HandleFunc("POST /generate_stream", s.generation(g.generate(true, false)))
	mux.HandleFunc("POST /generate", s.generation(g.generate(false, false)))
	mux.HandleFunc("POST /{$}", s.generation(g.generate(false, true)))
	mux.HandleFunc("POST /v1/chat/completions", s.generation(g.chat))
	mux.HandleFunc("POST /v1/completions", s.generation(g.completion))
	mux.HandleFunc("POST /tokenize", g.tokenize)
	mux.HandleFunc("GET /{$}", healthy)
	mux.HandleFunc("GET /health", healthy)
	mux.HandleFunc("GET /info", g.info)
	mux.HandleFunc("GET /v1/models", g.models)
	mux.HandleFunc("GET /metrics", s.metrics(tgiMetrics))
}

// tgi reads TGI's requests.
type tgi struct{ s *Server }

// tgiRequest is the body of the native routes (router/src/lib.rs, GenerateRequest).
type tgiRequest struct {
	Inputs     *string       `json:"inputs"`
	Parameters tgiParameters `json:"parameters"`
	Stream     bool          `json:"stream"`
}

// tgiParameters is their part that the simulator acts on.
type tgiParameters struct {
	MaxNewTokens *int     `json:"max_new_tokens"`
	DoSample     bool     `json:"do_sample"`
	Details      bool     `json:"details"`
	Seed         *uint64  `json:"seed"`
	Temperature  *float64 `json:"temperature"`
}

// generate reads the native routes. compat is the one at /, where the body
// says whether to stream.
func (g tgi) generate(stream, compat bool) reader {
	return func(r *http.Request, body []byte) (*plan, *refusal) {
		// Without parameters, sampling is on (lib.rs, default_parameters).
		req := tgiRequest{Parameters: tgiParameters{DoSample: true}}
		given := struct {
			Parameters *json.RawMessage `json:"parameters"`
		}{}
		if no := tgiRead(r, body, &given); no != nil {
			return nil, no
		}
		if given.Parameters != nil {
			req.Parameters.DoSample = false
		}
		if no := tgiRead(r, body, &req); no != nil {
			return nil, no
		}
		if req.Inputs == nil {
			return nil, tgiBadBody("missing field `inputs`", body)
		}
		return g.native(&req, stream || compat && req.Stream, compat)
	}
}

func (g tgi) native(req *tgiRequest, stream, compat bool) (*plan, *refusal) {
	started := time.Now()
	q := req.Parameters
	f := &tgiForm{list: compat && !stream, details: q.Details, started: started}
	a := ask{prompt: *req.Inputs, fixed: !q.DoSample}
	if q.DoSample || q.Seed != nil {
		f.seed = mix(g.s.ordinal.Load() ^ g.s.options.Seed)
		if q.Seed != nil {
			f.seed, a.fixed = *q.Seed, true
		}
		a.seed = f.seed
		f.sampled = q.DoSample
	}
	if q.Temperature != nil && !(*q.Temperature > 0) {
		return nil, g.invalid(stream, "`temperature` must be strictly positive")
	}
	if text := g.lengths(&a, q.MaxNewTokens); text != "" {
		return nil, g.invalid(stream, text)
	}
	return g.plan(a, f, stream, *g.refuse(stream, http.StatusTooManyRequests, "Model is overloaded", "overloaded")), nil
}

func (g tgi) plan(a ask, f form, stream bool, full refusal) *plan {
	a.reasoning = g.s.options.Reasoning
	p := &plan{ask: a, form: f, stream: stream, media: typeJSON, headers: tgiHeaders(stream, a.prompt), prefix: "data: ", full: full}
	if stream {
		p.media, p.eager, p.keepAlive = typeSSE, true, tgiKeepAlive
	}
	return p
}

// tgiHeaders go with every answer (server.rs, generate_stream_internal).
func tgiHeaders(stream bool, text string) [][2]string {
	h := [][2]string{
		{"X-Compute-Type", "gpu+optimized"}, {"X-Compute-Characters", fmt.Sprint(len([]rune(text)))},
		{"Vary", "origin, access-control-request-method, access-control-request-headers"}, {"Access-Control-Allow-Origin", "*"},
	}
	if stream {
		h = append(h, [2]string{"Cache-Control", "no-cache"}, [2]string{"X-Accel-Buffering", "no"})
	}
	return h
}

// lengths checks and fills an ask's lengths (validation.rs). It returns the
// reason where they cannot be.
func (g tgi) lengths(a *ask, most *int) string {
	limit := g.s.options.Profile.limit()
	a.promptTokens = countTokens(a.prompt)
	switch {
	case a.prompt == "":
		return "`inputs` cannot be empty"
	case most != nil && *most <= 0:
		return "`max_new_tokens` must be strictly positive"
	case a.promptTokens > limit-1:
		return fmt.Sprintf("`inputs` must have less than %d tokens. Given: %d", limit-1, a.promptTokens)
	case most == nil:
		a.most = limit - a.promptTokens
	case a.promptTokens > limit-*most:
		return fmt.Sprintf("`inputs` tokens + `max_new_tokens` must be <= %d. Given: %d `inputs` tokens and %d `max_new_tokens`", limit, a.promptTokens, *most)
	default:
		a.most = *most
	}
	a.reserve = a.promptTokens + a.most
	return ""
}

// refuse is an error in the native words. A stream has already begun with
// HTTP 200 when TGI finds out, so there it is an event.
func (g tgi) refuse(stream bool, status int, text, label string) *refusal {
	no := tgiError(status, text, label)
	if stream {
		return &refusal{status: http.StatusOK, media: typeSSE, headers: tgiHeaders(true, ""), body: "data: " + no.body + "\n\n"}
	}
	return no
}

func (g tgi) invalid(stream bool, text string) *refusal {
	return g.refuse(stream, http.StatusUnprocessableEntity, "Input validation error: "+text, "validation")
}

func tgiError(status int, text, label string) *refusal {
	return &refusal{status: status, media: typeJSON, body: fmt.Sprintf(`{"error":%s,"error_type":%s}`, quoted(text), quoted(label))}
}

// tgiRead decodes a body and answers a bad one in axum's words (axum::Json).
func tgiRead(r *http.Request, body []byte, into any) *refusal {
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != typeJSON {
		return &refusal{status: http.StatusUnsupportedMediaType, media: typeText, body: "Expected request with `Content-Type: application/json`"}
	}
	err := json.Unmarshal(body, into)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return &refusal{status: http.StatusBadRequest, media: typeText, body: fmt.Sprintf("Failed to parse the request body as JSON: %s at line 1 column %d", syntax, syntax.Offset)}
	}
	return tgiBadBody(err.Error(), body)
}

func tgiBadBody(reason string, body []byte) *refusal {
	return &refusal{
		status: http.StatusUnprocessableEntity, media: typeText,
		body: fmt.Sprintf("Failed to deserialize the JSON body into the target type: %s at line 1 column %d", reason, len(body)),
	}
}

func (g tgi) info(w http.ResponseWriter, _ *http.Request) {
	p := g.s.options.Profile
	concurrent := p.Slots + p.QueueLimit
	if p.QueueLimit < 0 {
		concurrent = math.MaxInt32
	}
	reply(w, typeJSON, `{"model_id":%s,"model_sha":"%016x","model_pipeline_tag":"text-generation","max_concurrent_requests":%d,"max_best_of":2,"max_stop_sequences":4,`+
		`"max_input_tokens":%d,"max_total_tokens":%d,"validation_workers":2,"max_client_batch_size":4,"router":"text-generation-router","version":%q,"sha":null,"docker_label":null}`,
		quoted(g.s.options.Model), mix(g.s.options.Seed), concurrent, p.limit()-1, p.limit(), tgiVersion)
}

func (g tgi) models(w http.ResponseWriter, _ *http.Request) {
	name := quoted(g.s.options.Model)
	reply(w, typeJSON, `{"object":"list","data":[{"id":%s,"object":"model","created":0,"owned_by":%s}]}`, name, name)
}

func (g tgi) tokenize(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return // the client has gone
	}
	var req tgiRequest
	if no := tgiRead(r, body, &req); no != nil {
		no.write(w)
		return
	}
	if req.Inputs == nil {
		tgiBadBody("missing field `inputs`", body).write(w)
		return
	}
	type piece struct {
		ID    int    `json:"id"`
		Text  string `json:"text"`
		Start int    `json:"start"`
		Stop  int    `json:"stop"`
	}
	pieces := []piece{}
	for i, id := range tokenIDs(*req.Inputs) {
		start := i * bytesPerToken
		stop := min(start+bytesPerToken, len(*req.Inputs))
		pieces = append(pieces, piece{id, (*req.Inputs)[start:stop], start, stop})
	}
	data, _ := json.Marshal(pieces) //nolint:errcheck // numbers and strings
	reply(w, typeJSON, "%s", data)
}
