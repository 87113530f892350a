package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// ollamaRequest is the body of /api/chat and /api/generate (api/types.go).
type ollamaRequest struct {
	Model     string                     `json:"model"`
	Messages  []message                  `json:"messages"`
	Prompt    string                     `json:"prompt"`
	System    string                     `json:"system"`
	Raw       bool                       `json:"raw"`
	Stream    *bool                      `json:"stream"`
	Think     json.RawMessage            `json:"think"`
	KeepAlive json.RawMessage            `json:"keep_alive"`
	Options   map[string]json.RawMessage `json:"options"`
}

// ollamaSettings are the options that the simulator acts on.
type ollamaSettings struct {
	predict, context int
	seed             *int
	temperature      *float64
}

// defaultContext is num_ctx where nobody sets it (OLLAMA_CONTEXT_LENGTH).
const defaultContext = 4096

// settings reads the options. A wrong type is an error in Ollama's words
// (api/types.go, Options.FromMap).
func settings(options map[string]json.RawMessage) (ollamaSettings, error) {
	s := ollamaSettings{predict: -1, context: defaultContext}
	for name, into := range map[string]*int{"num_predict": &s.predict, "num_ctx": &s.context} {
		if raw, ok := options[name]; ok && !readInt(raw, into) {
			return s, fmt.Errorf("option %q must be of type integer", name)
		}
	}
	if raw, ok := options["seed"]; ok {
		s.seed = new(int)
		if !readInt(raw, s.seed) {
			return s, fmt.Errorf("option %q must be of type integer", "seed")
		}
	}
	if raw, ok := options["temperature"]; ok {
		s.temperature = new(float64)
		if json.Unmarshal(raw, s.temperature) != nil {
			return s, fmt.Errorf("option %q must be of type float32", "temperature")
		}
	}
	return s, nil
}

func readInt(raw json.RawMessage, into *int) bool {
	var f float64
	if json.Unmarshal(raw, &f) != nil || f < -1<<31 || f > 1<<31 {
		return false
	}
	*into = int(f)
	return true
}

// context is the room that a request's slot has.
func (o ollama) context(set ollamaSettings) int {
	const least = 4 // what the runner raises smaller values to
	return min(max(set.context, least), o.s.options.Profile.limit())
}

// ask cuts a prompt to the context, as the runner does without telling
// (runner/ollamarunner/runner.go, NewSequence): its beginning goes.
func (o ollama) ask(text string, set ollamaSettings) ask {
	room := o.context(set)
	a := ask{prompt: text, promptTokens: max(countTokens(text), 1), most: set.predict, reserve: room}
	if a.promptTokens > room-1 {
		a.promptTokens = room - 1
		a.prompt = text[len(text)-a.promptTokens*bytesPerToken:]
	}
	if set.predict < 0 {
		// Without a limit an answer goes on until it ends; ten contexts are the
		// runner's own bound.
		a.most = 10 * room
	}
	a.most = max(a.most, 1)
	if set.seed != nil {
		a.seed, a.fixed = uint64(*set.seed), true //nolint:gosec // any number will do
	}
	if set.temperature != nil && *set.temperature == 0 {
		a.fixed = true
	}
	return a
}

func ollamaError(status int, text string) *refusal {
	return &refusal{status: status, media: typeJSONUTF8, body: `{"error":` + quoted(text) + `}`}
}

// ollamaBusy is the refusal of a full queue (server/sched.go, ErrMaxQueue).
func ollamaBusy(openAI bool) *refusal {
	const text = "server busy, please try again.  maximum pending requests exceeded"
	if openAI {
		return ollamaOpenAIError(http.StatusServiceUnavailable, text, "api_error")
	}
	return ollamaError(http.StatusServiceUnavailable, text)
}
