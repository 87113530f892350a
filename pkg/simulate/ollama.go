package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// ollamaVersion is the version whose protocol is spoken.
const ollamaVersion = "0.33.0"

// ollamaDialect is Ollama as it installs itself: one request at a time
// (OLLAMA_NUM_PARALLEL), 512 waiting (OLLAMA_MAX_QUEUE), the model loaded on
// the first request, a prompt that does not fit cut without a word.
var ollamaDialect = dialect{
	profile: Profile{
		PrefillTokensPerS: 2500, FirstTokenOverhead: 32 * time.Millisecond,
		StepBase: 11 * time.Millisecond, StepPerSeq: 2 * time.Millisecond, LoadTime: 1500 * time.Millisecond,
		Slots: 1, QueueLimit: 512, KVTokens: 16_384, ContextLength: 8192, ChunkTokens: 512, Jitter: 0.08,
	},
	routes:      ollamaRoutes,
	unavailable: func(status int) refusal { return *ollamaError(status, http.StatusText(status)) },
	nothing:     func(a answer) answer { a.total, a.ends = 0, true; return a },
}

func ollamaRoutes(s *Server, mux *http.ServeMux) {
	o := ollama{s: s, loader: &loader{takes: s.options.Profile.LoadTime}}
	mux.HandleFunc("POST /api/chat", s.generation(o.chat))
	mux.HandleFunc("POST /api/generate", s.generation(o.generate))
	mux.HandleFunc("POST /v1/chat/completions", s.generation(o.openAIChat))
	mux.HandleFunc("POST /v1/completions", s.generation(o.openAICompletion))
	mux.HandleFunc("POST /api/show", o.show)
	mux.HandleFunc("GET /api/tags", o.tags)
	mux.HandleFunc("GET /api/ps", o.ps)
	mux.HandleFunc("GET /v1/models", o.models)
	mux.HandleFunc("GET /api/version", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, typeJSONUTF8, `{"version":%q}`, ollamaVersion)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { reply(w, typeText, "Ollama is running") })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refusal{status: http.StatusNotFound, media: "text/plain", body: "404 page not found"}.write(w)
	})
}

// ollama reads Ollama's requests.
type ollama struct {
	s      *Server
	loader *loader
}

func (o ollama) chat(r *http.Request, body []byte) (*plan, *refusal) {
	req, no := o.read(body)
	if no != nil {
		return nil, no
	}
	return o.native(r, req, render(req.Messages), len(req.Messages) == 0, true)
}

func (o ollama) generate(r *http.Request, body []byte) (*plan, *refusal) {
	req, no := o.read(body)
	if no != nil {
		return nil, no
	}
	text := req.Prompt
	if !req.Raw {
		messages := []message{{Role: "user", Content: content(req.Prompt)}}
		if req.System != "" {
			messages = append([]message{{Role: "system", Content: content(req.System)}}, messages...)
		}
		text = render(messages)
	}
	return o.native(r, req, text, req.Prompt == "", false)
}

func (o ollama) read(body []byte) (*ollamaRequest, *refusal) {
	var req ollamaRequest
	if len(body) == 0 {
		return nil, ollamaError(http.StatusBadRequest, "missing request body")
	}
	if err := json.Unmarshal(body, &req); err != nil {
		return nil, ollamaError(http.StatusBadRequest, goJSONError(err))
	}
	if !o.serves(req.Model) {
		return nil, ollamaError(http.StatusNotFound, fmt.Sprintf("model '%s' not found", req.Model))
	}
	return &req, nil
}

// goJSONError is what a streaming decoder, which Ollama uses, says of a body
// that stops too soon.
func goJSONError(err error) string {
	if err.Error() == "unexpected end of JSON input" {
		return io.ErrUnexpectedEOF.Error()
	}
	return err.Error()
}

// serves says whether a name means the model; "latest" goes without saying.
func (o ollama) serves(name string) bool {
	return name != "" && tagged(name) == tagged(o.s.options.Model)
}

func tagged(name string) string {
	if _, tag, ok := strings.Cut(name[strings.LastIndex(name, "/")+1:], ":"); ok && tag != "" {
		return name
	}
	return name + ":latest"
}

func (o ollama) native(r *http.Request, req *ollamaRequest, text string, nothing, chat bool) (*plan, *refusal) {
	set, err := settings(req.Options)
	if err != nil {
		return nil, ollamaError(http.StatusInternalServerError, err.Error())
	}
	keep, err := keepAlive(req.KeepAlive)
	if err != nil {
		return nil, ollamaError(http.StatusBadRequest, err.Error())
	}
	think, no := o.thinks(req)
	if no != nil {
		return nil, no
	}
	a := o.ask(text, set)
	if think {
		a.reasoning, a.parsed = o.s.options.Reasoning, true
	}
	f := &ollamaForm{chat: chat, model: quoted(req.Model), context: !chat && !req.Raw, started: time.Now()}
	p := o.plan(a, f, set, keep, ollamaBusy(false))
	p.stream, p.media = req.Stream == nil || *req.Stream, typeJSONUTF8
	if p.stream {
		p.media = "application/x-ndjson"
	}
	if nothing {
		return nil, o.loadOnly(r.Context(), f, p, keep)
	}
	return p, nil
}

// plan adds the loading of the model, which happens before a request's head:
// Ollama holds that back until the first token.
func (o ollama) plan(a ask, f loadTimed, set ollamaSettings, keep time.Duration, full *refusal) *plan {
	return &plan{
		ask: a, form: f, full: *full,
		prepare: func(ctx context.Context) error {
			took, err := o.loader.acquire(ctx, o.context(set))
			f.loaded(took)
			return err
		},
		release: func() { o.loader.release(keep) },
	}
}

// loadTimed is a form that tells how long its model took to load.
type loadTimed interface {
	form
	loaded(took time.Duration)
}

// loadOnly answers a request without a prompt, which loads or unloads.
func (o ollama) loadOnly(ctx context.Context, f *ollamaForm, p *plan, keep time.Duration) *refusal {
	reason := "load"
	if keep == 0 {
		reason = "unload"
		o.loader.unload()
	} else {
		if p.prepare(ctx) != nil {
			return ollamaError(http.StatusInternalServerError, "context canceled")
		}
		p.release()
	}
	return &refusal{
		status: http.StatusOK, media: typeJSONUTF8, outcome: reason,
		body: `{"model":` + f.model + `,"created_at":"` + string(stamp(nil)) + `",` + f.text("", "") + `,"done":true,"done_reason":"` + reason + `"}`,
	}
}

func (o ollama) thinks(req *ollamaRequest) (bool, *refusal) {
	able := o.s.options.Reasoning > 0
	switch strings.Trim(string(req.Think), `"`) {
	case "", "null":
		return able, nil
	case "false":
		return false, nil
	}
	if !able {
		return false, ollamaError(http.StatusBadRequest, fmt.Sprintf("%q does not support thinking", req.Model))
	}
	return true, nil
}
