package simulate

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
)

// openAIRequest is the part of OpenAI's request bodies that the engines' /v1
// routes act on, with what vLLM adds (openai/chat_completion/protocol.py).
// Unknown fields are accepted, as they are by all three.
type openAIRequest struct {
	Model               string         `json:"model"`
	Messages            []message      `json:"messages"`
	Prompt              prompt         `json:"prompt"`
	Stream              bool           `json:"stream"`
	StreamOptions       *streamOptions `json:"stream_options"`
	MaxTokens           *int           `json:"max_tokens"`
	MaxCompletionTokens *int           `json:"max_completion_tokens"`
	MinTokens           int            `json:"min_tokens"`
	IgnoreEOS           bool           `json:"ignore_eos"`
	Seed                *int64         `json:"seed"`
	Temperature         *float64       `json:"temperature"`
	N                   *int           `json:"n"`
}

type streamOptions struct {
	IncludeUsage    bool `json:"include_usage"`
	ContinuousUsage bool `json:"continuous_usage_stats"`
}

// usage says whether a stream ends with usage, and whether every chunk has it.
func (r *openAIRequest) usage() (atEnd, always bool) {
	if r.StreamOptions == nil || !r.StreamOptions.IncludeUsage {
		return false, false
	}
	return true, r.StreamOptions.ContinuousUsage
}

// most is the limit that the request sets, nil where it sets none.
func (r *openAIRequest) most() *int {
	if r.MaxCompletionTokens != nil {
		return r.MaxCompletionTokens
	}
	return r.MaxTokens
}

// seeded fills the part of an ask that decides whether answers repeat.
func (r *openAIRequest) seeded(a *ask) {
	if r.Seed != nil {
		a.seed, a.fixed = uint64(*r.Seed), true //nolint:gosec // any number will do
	}
	if r.Temperature != nil && *r.Temperature == 0 {
		a.fixed = true
	}
}

// message is one turn of a conversation.
type message struct {
	Role    string  `json:"role"`
	Content content `json:"content"`
}

// content is a message's text: a string, or a list of parts.
type content string

var errContent = errors.New("content is neither a string nor a list of parts")

// UnmarshalJSON implements json.Unmarshaler.
func (c *content) UnmarshalJSON(data []byte) error {
	var text *string
	if json.Unmarshal(data, &text) == nil {
		if text != nil {
			*c = content(*text)
		}
		return nil
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(data, &parts) != nil {
		return errContent
	}
	for _, p := range parts {
		*c += content(p.Text)
	}
	return nil
}

// prompt is a completion's prompt: a text, a list of one text, or a list of
// token numbers, which stand for four bytes each.
type prompt struct {
	text  string
	given bool
}

var errPrompt = errors.New("prompt is neither a string, nor a list of one string, nor a list of token numbers")

// UnmarshalJSON implements json.Unmarshaler.
func (p *prompt) UnmarshalJSON(data []byte) error {
	var text string
	var texts []string
	var ids []uint32
	switch {
	case string(data) == "null":
		return nil
	case json.Unmarshal(data, &text) == nil:
		p.text = text
	case json.Unmarshal(data, &texts) == nil && len(texts) == 1:
		p.text = texts[0]
	case json.Unmarshal(data, &ids) == nil && len(ids) > 0:
		var b []byte
		for _, id := range ids {
			b = binary.LittleEndian.AppendUint32(b, id)
		}
		p.text = string(b)
	default:
		return errPrompt
	}
	p.given = true
	return nil
}

// render puts messages into the template that the model sees, ChatML. Its
// bytes count as tokens like any others.
func render(messages []message) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString("<|im_start|>" + m.Role + "\n" + string(m.Content) + "<|im_end|>\n")
	}
	b.WriteString("<|im_start|>assistant\n")
	return b.String()
}
