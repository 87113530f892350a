package engine

import (
	"context"
	"strconv"
)

// ollama speaks Ollama's own routes.
type ollama struct{}

func (ollama) Kind() Kind { return Ollama }

func (ollama) Framing(string) Framing { return NDJSON }

func (ollama) HealthPath() string { return "/api/tags" }

func (ollama) NewDecoder(string) Decoder { return newDecoder(ollamaDialect) }

func (ollama) Refusal(status int, body []byte) Failure { return refusal(status, body) }

// ollamaBody is the body of /api/chat, with messages, or /api/generate, with
// a prompt.
type ollamaBody struct {
	Model     string        `json:"model"`
	Messages  []wireMessage `json:"messages,omitempty"`
	Prompt    string        `json:"prompt,omitempty"`
	Stream    bool          `json:"stream"`
	Options   ollamaOptions `json:"options,omitzero"`
	KeepAlive any           `json:"keep_alive,omitempty"`
}

type ollamaOptions struct {
	NumPredict  int      `json:"num_predict,omitempty"`
	NumCtx      int      `json:"num_ctx,omitempty"`
	Seed        *int64   `json:"seed,omitempty"`
	Temperature *float64 `json:"temperature,omitempty"`
}

// Encode leaves ForceLength aside: Ollama cannot be told to ignore its
// end-of-sequence token.
func (p ollama) Encode(c Call) (Request, error) {
	api, err := pickAPI(p.Kind(), c.API, apiChat, apiGenerate)
	if err != nil {
		return Request{}, err
	}
	if len(c.Messages) == 0 {
		return Request{}, errNoMessages
	}
	body := ollamaBody{
		Model: c.Model, Stream: true, KeepAlive: keepAlive(c.KeepAlive),
		Options: ollamaOptions{
			NumPredict: max(c.MaxTokens, 0), NumCtx: max(c.ContextLength, 0),
			Seed: c.Seed, Temperature: c.Temperature,
		},
	}
	if api == apiGenerate {
		body.Prompt = flatten(c.Messages)
		return post(p.Kind(), "/api/generate", acceptNDJSON, body)
	}
	body.Messages = wireMessages(c.Messages)
	return post(p.Kind(), "/api/chat", acceptNDJSON, body)
}

// keepAlive writes a bare number, of seconds, as a JSON number: Ollama reads a
// string as a duration, and refuses "-1" for its lack of a unit.
func keepAlive(value string) any {
	if value == "" {
		return nil
	}
	if seconds, err := strconv.Atoi(value); err == nil {
		return seconds
	}
	return value
}

type ollamaModel struct {
	Name    string `json:"name"`
	Details struct {
		Quantisation string `json:"quantization_level"`
	} `json:"details"`
	// ContextLength is what a loaded model was given, which is seldom all it
	// was trained for.
	ContextLength int `json:"context_length"`
}

// Identify takes an endpoint for Ollama by the pair of /api/version and
// /api/tags; other servers have the one or the other.
func (p ollama) Identify(ctx context.Context, g Getter) (Identity, bool, error) {
	var version struct {
		Version string `json:"version"`
	}
	ok, err := document(ctx, g, "/api/version", &version)
	if err != nil || !ok || version.Version == "" {
		return Identity{}, false, err
	}
	var pulled struct {
		Models *[]ollamaModel `json:"models"`
	}
	if ok, err = document(ctx, g, "/api/tags", &pulled); err != nil || !ok || pulled.Models == nil {
		return Identity{}, false, err
	}
	models, err := p.models(ctx, g, *pulled.Models)
	if err != nil {
		return Identity{}, false, err
	}
	return Identity{Kind: p.Kind(), Version: version.Version, Models: models}, true, nil
}

// models joins what is on disk with what is in memory. Old versions have no
// /api/ps; then nothing counts as loaded.
func (ollama) models(ctx context.Context, g Getter, pulled []ollamaModel) ([]Model, error) {
	var running struct {
		Models []ollamaModel `json:"models"`
	}
	if _, err := getJSON(ctx, g, "/api/ps", &running); err != nil {
		return nil, err
	}
	loaded := make(map[string]ollamaModel, len(running.Models))
	for _, m := range running.Models {
		loaded[m.Name] = m
	}
	models := make([]Model, 0, len(pulled))
	for _, m := range pulled {
		model := Model{Name: m.Name}
		if m.Details.Quantisation != "unknown" {
			model.DtypeOrQuantisation = m.Details.Quantisation
		}
		if in, ok := loaded[m.Name]; ok {
			model.Loaded, model.ContextLength = true, in.ContextLength
		}
		models = append(models, model)
	}
	return models, nil
}
