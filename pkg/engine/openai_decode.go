package engine

import (
	"cmp"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// chunk is one event of /v1/chat/completions or /v1/completions, as far as it
// is read. A `shape` tag marks what may vary between frames of one shape.
type chunk struct {
	Object  string        `json:"object"` // "error" in vLLM's older errors
	Choices []chunkChoice `json:"choices"`
	Usage   *chunkUsage   `json:"usage"`
	// Metrics is vLLM's (--enable-per-request-metrics), Timings llama.cpp's.
	Metrics json.RawMessage `json:"metrics"`
	Timings json.RawMessage `json:"timings"`
	Error   json.RawMessage `json:"error"`
}

type chunkChoice struct {
	Index tokenCount `json:"index"`
	Delta chunkDelta `json:"delta"`
	Text  string     `json:"text" shape:"text"` // of /v1/completions
	// FinishReason is null, left out or, in TGI's completions, "" until the end.
	FinishReason string `json:"finish_reason"`
}

// chunkDelta leaves the role out: it stands in a chunk of its own, on the
// first token or on every one, and says nothing of what a frame carries.
type chunkDelta struct {
	Content string `json:"content" shape:"text"`
	// Reasoning is vLLM's and Ollama's; ReasoningContent llama.cpp's and older vLLM's.
	Reasoning        string          `json:"reasoning" shape:"text"`
	ReasoningContent string          `json:"reasoning_content" shape:"text"`
	ToolCalls        json.RawMessage `json:"tool_calls"`
}

type chunkUsage struct {
	PromptTokens     tokenCount `json:"prompt_tokens"`
	CompletionTokens tokenCount `json:"completion_tokens" shape:"count"`
	PromptDetails    *struct {
		CachedTokens *tokenCount `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
}

var openAIDialect = &dialect{read: readChunk, text: chunkText, fields: fieldsOf(reflect.TypeFor[chunk]())}

func readChunk(payload []byte) reading {
	if isDone(payload) {
		return reading{end: true}
	}
	var c chunk
	if failure := unmarshal(payload, &c); failure != nil {
		return reading{failure: failure}
	}
	if isSet(c.Error) || c.Object == "error" {
		return reading{failure: streamFailure(payload)}
	}
	var r reading
	for i := range c.Choices {
		c.Choices[i].read(&r)
	}
	c.readUsage(&r)
	r.timings = milliseconds(c.Metrics, c.Timings)
	return r
}

func (c *chunkChoice) read(r *reading) {
	bit := choiceBit(c.Index)
	r.choices |= bit
	r.answer = r.answer || c.Text != "" || c.Delta.Content != "" || isSet(c.Delta.ToolCalls)
	r.reasoning = r.reasoning || c.Delta.Reasoning != "" || c.Delta.ReasoningContent != ""
	if c.FinishReason != "" {
		r.finished |= bit
		r.finish = c.FinishReason
	}
}

// readUsage takes a usage for the total where the chunk ends the generation:
// on the finish marker, or in a chunk of its own without choices.
func (c *chunk) readUsage(r *reading) {
	u := c.Usage
	if u == nil {
		return
	}
	r.usage = usage{prompt: int64(u.PromptTokens), output: int64(u.CompletionTokens)}
	if d := u.PromptDetails; d != nil && d.CachedTokens != nil {
		r.usage.cached = record.Some(int64(*d.CachedTokens))
	}
	r.total = r.usage.said() && (len(c.Choices) == 0 || r.finished != 0)
}

// milliseconds keeps the durations of engines' own timings: the numbers whose
// name ends in _ms. Rates and counts beside them are not times.
func milliseconds(documents ...json.RawMessage) map[string]float64 {
	var timings map[string]float64
	for _, document := range documents {
		var fields map[string]any
		if !isSet(document) || json.Unmarshal(document, &fields) != nil {
			continue
		}
		for name, value := range fields {
			ms, number := value.(float64)
			if !number || !strings.HasSuffix(name, "_ms") {
				continue
			}
			if timings == nil {
				timings = map[string]float64{}
			}
			timings[name] = ms
		}
	}
	return timings
}

func chunkText(payload []byte) (reasoning, answer string) {
	var c chunk
	if isDone(payload) || unmarshal(payload, &c) != nil {
		return "", ""
	}
	for _, choice := range c.Choices {
		// A server that has moved from one name to the other may send both.
		reasoning += cmp.Or(choice.Delta.Reasoning, choice.Delta.ReasoningContent)
		answer += choice.Delta.Content + choice.Text
	}
	return reasoning, answer
}
