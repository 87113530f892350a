package engine

import (
	"encoding/json"
	"reflect"
)

// ollamaLine is one line of /api/chat or /api/generate, as far as it is read.
type ollamaLine struct {
	Message  ollamaMessage `json:"message"`               // /api/chat
	Response string        `json:"response" shape:"text"` // /api/generate
	Thinking string        `json:"thinking" shape:"text"` // /api/generate
	Done     bool          `json:"done"`
	// DoneReason is stop or length; load or unload where the line answers a
	// request that generated nothing.
	DoneReason string          `json:"done_reason"`
	Error      json.RawMessage `json:"error"`

	// Counts may be missing, as PromptEvalCount is on a cached prompt.
	// Durations are in nanoseconds.
	PromptEvalCount    tokenCount `json:"prompt_eval_count"`
	EvalCount          tokenCount `json:"eval_count"`
	TotalDuration      *float64   `json:"total_duration"`
	LoadDuration       *float64   `json:"load_duration"`
	PromptEvalDuration *float64   `json:"prompt_eval_duration"`
	EvalDuration       *float64   `json:"eval_duration"`
}

type ollamaMessage struct {
	Content   string          `json:"content" shape:"text"`
	Thinking  string          `json:"thinking" shape:"text"`
	ToolCalls json.RawMessage `json:"tool_calls"`
}

var ollamaDialect = &dialect{read: readOllama, text: ollamaText, fields: fieldsOf(reflect.TypeFor[ollamaLine]())}

// readOllama takes done: true for the finish marker whatever its reason:
// an answer to a mere load finishes too, and is empty for want of a token.
func readOllama(payload []byte) reading {
	var l ollamaLine
	if failure := unmarshal(payload, &l); failure != nil {
		return reading{failure: failure}
	}
	if isSet(l.Error) {
		return reading{failure: streamFailure(payload)}
	}
	r := reading{
		answer:    l.Message.Content != "" || l.Response != "" || isSet(l.Message.ToolCalls),
		reasoning: l.Message.Thinking != "" || l.Thinking != "",
	}
	if !l.Done {
		return r
	}
	r.finished, r.end, r.total, r.finish = 1, true, true, l.DoneReason
	r.usage = usage{prompt: int64(l.PromptEvalCount), output: int64(l.EvalCount)}
	r.timings = l.timings()
	return r
}

// timings are named after Ollama's fields, in milliseconds.
func (l *ollamaLine) timings() map[string]float64 {
	timings := map[string]float64{}
	for name, ns := range map[string]*float64{
		"total_duration_ms": l.TotalDuration, "load_duration_ms": l.LoadDuration,
		"prompt_eval_duration_ms": l.PromptEvalDuration, "eval_duration_ms": l.EvalDuration,
	} {
		if ns != nil {
			timings[name] = *ns / 1e6
		}
	}
	if len(timings) == 0 {
		return nil
	}
	return timings
}

func ollamaText(payload []byte) (reasoning, answer string) {
	var l ollamaLine
	if unmarshal(payload, &l) != nil {
		return "", ""
	}
	return l.Message.Thinking + l.Thinking, l.Message.Content + l.Response
}
