package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The request forms that a Call's API may name.
const (
	apiChat        = "chat"
	apiCompletions = "completions"
	apiGenerate    = "generate"
)

// The media types of the streams.
const (
	acceptSSE    = "text/event-stream"
	acceptNDJSON = "application/x-ndjson"
)

var errNoMessages = errors.New("the call holds no message to send")

// pickAPI resolves a Call's API among an engine's forms, the first of which
// is its default.
func pickAPI(kind Kind, api string, forms ...string) (string, error) {
	if api == "" {
		return forms[0], nil
	}
	if slices.Contains(forms, api) {
		return api, nil
	}
	return "", fmt.Errorf("engine kind %s has no API form %q: want one of %s", kind, api, strings.Join(forms, ", "))
}

// wireMessage is a message as every chat route takes it.
type wireMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func wireMessages(messages []Message) []wireMessage {
	out := make([]wireMessage, len(messages))
	for i, m := range messages {
		out[i] = wireMessage(m)
	}
	return out
}

// flatten turns a conversation into the plain prompt that a route without
// messages takes: a lone user message is its own text; anything longer becomes
// one "role: content" line a turn, ending where the assistant is to go on.
func flatten(messages []Message) string {
	if len(messages) == 1 && messages[0].Role == "user" {
		return messages[0].Content
	}
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(m.Role)
		b.WriteString(": ")
		b.WriteString(m.Content)
		b.WriteByte('\n')
	}
	b.WriteString("assistant:")
	return b.String()
}

// post marshals a request's body.
func post(kind Kind, path, accept string, body any) (Request, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return Request{}, fmt.Errorf("encode the %s request for %s: %w", kind, path, err)
	}
	return Request{Path: path, Body: data, Accept: accept}, nil
}
