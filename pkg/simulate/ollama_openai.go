package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

func (o ollama) openAIChat(_ *http.Request, body []byte) (*plan, *refusal) {
	req, no := o.readOpenAI(body)
	if no != nil {
		return nil, no
	}
	if len(req.Messages) == 0 {
		return nil, ollamaOpenAIError(http.StatusBadRequest, "[] is too short - 'messages'", "invalid_request_error")
	}
	return o.openAI(req, render(req.Messages), true), nil
}

func (o ollama) openAICompletion(_ *http.Request, body []byte) (*plan, *refusal) {
	req, no := o.readOpenAI(body)
	if no != nil {
		return nil, no
	}
	return o.openAI(req, render([]message{{Role: "user", Content: content(req.Prompt.text)}}), false), nil
}

func (o ollama) readOpenAI(body []byte) (*openAIRequest, *refusal) {
	var req openAIRequest
	if err := json.Unmarshal(body, &req); err != nil {
		return nil, ollamaOpenAIError(http.StatusBadRequest, goJSONError(err), "invalid_request_error")
	}
	if !o.serves(req.Model) {
		return nil, ollamaOpenAIError(http.StatusNotFound, fmt.Sprintf("model '%s' not found", req.Model), "not_found_error")
	}
	return &req, nil
}

// ollamaOpenAIError is the error of the /v1 routes (openai/openai.go).
func ollamaOpenAIError(status int, text, label string) *refusal {
	return &refusal{
		status: status, media: typeJSON,
		body: fmt.Sprintf(`{"error":{"message":%s,"type":%s,"param":null,"code":null}}`+"\n", quoted(text), quoted(label)),
	}
}

func (o ollama) openAI(req *openAIRequest, text string, chat bool) *plan {
	set := ollamaSettings{predict: -1, context: defaultContext, temperature: req.Temperature}
	if req.MaxTokens != nil {
		set.predict = *req.MaxTokens
	}
	if req.Seed != nil {
		seed := int(*req.Seed)
		set.seed = &seed
	}
	a := o.ask(text, set)
	if chat {
		a.reasoning, a.parsed = o.s.options.Reasoning, true
	}
	f := newOllamaOpenAI(o.s, req, chat)
	p := o.plan(a, f, set, defaultKeep, ollamaBusy(true))
	p.stream, p.media, p.prefix = req.Stream, typeJSON, "data: "
	if req.Stream {
		p.media = typeSSE
	}
	return p
}

// ollamaOpenAI words answers as the /v1 routes do (middleware/openai.go). What
// is the same in every chunk of a response is built once.
type ollamaOpenAI struct {
	chat        bool
	atEnd       bool // usage
	id, model   string
	created     int64
	head, zeros string
	buf         []byte
}

func newOllamaOpenAI(s *Server, req *openAIRequest, chat bool) *ollamaOpenAI {
	const numbers = 1000
	f := &ollamaOpenAI{chat: chat, model: quoted(req.Model), created: time.Now().Unix()}
	f.atEnd, _ = req.usage()
	f.id = "cmpl-" + strconv.FormatUint(mix(s.ordinal.Load()^s.options.Seed)%numbers, 10)
	if chat {
		f.id = "chat" + f.id
		f.head = fmt.Sprintf(`data: {"id":"%s","object":"chat.completion.chunk","created":%d,"model":%s,"system_fingerprint":"fp_ollama","choices":[`, f.id, f.created, f.model)
		return f
	}
	f.head = fmt.Sprintf(`data: {"id":"%s","object":"text_completion","created":%d,"choices":[`, f.id, f.created)
	if f.atEnd {
		f.zeros = `,"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}`
	}
	return f
}

func (f *ollamaOpenAI) loaded(time.Duration) {}

func (f *ollamaOpenAI) open(*turn) {}

// say sends a chunk a token. The role stands on the first of them.
func (f *ollamaOpenAI) say(t *turn, from, to int) {
	for i := from; i < to; i++ {
		tok := t.answer.token(i)
		if tok.kind == markerToken || tok.kind == eosToken {
			continue
		}
		b := append(f.buf[:0], f.head...)
		if f.chat {
			b = append(b, `{"index":0,"delta":{`...)
			if i == 0 {
				b = append(b, `"role":"assistant",`...)
			}
			if tok.kind == reasoningToken {
				b = append(b, `"content":"","reasoning":"`+tok.json+`"},"finish_reason":null}]}`...)
			} else {
				b = append(b, `"content":"`+tok.json+`"},"finish_reason":null}]}`...)
			}
		} else {
			b = append(b, `{"text":"`+tok.json+`","index":0,"finish_reason":null}]`...)
			b = append(b, f.tail()...)
		}
		f.buf = append(b, "\n\n"...)
		t.out.frame(f.buf, 1)
	}
}

// tail ends a completion's chunk.
func (f *ollamaOpenAI) tail() string {
	return `,"model":` + f.model + `,"system_fingerprint":"fp_ollama"` + f.zeros + `}`
}

func (f *ollamaOpenAI) usage(t *turn) string {
	return fmt.Sprintf(`"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, t.ask.promptTokens, t.answer.total, t.ask.promptTokens+t.answer.total)
}

// end sends the finish marker, the usage and [DONE] in one write.
func (f *ollamaOpenAI) end(t *turn) {
	b := f.head
	if f.chat {
		b += `{"index":0,"delta":{},"finish_reason":"` + t.answer.finish() + `"}]}`
	} else {
		b += `{"text":"","index":0,"finish_reason":"` + t.answer.finish() + `"}]` + f.tail()
	}
	b += "\n\n"
	switch {
	case f.atEnd && f.chat:
		b += f.head + `],` + f.usage(t) + "}\n\n"
	case f.atEnd:
		b += f.head + `],"model":` + f.model + `,"system_fingerprint":"fp_ollama",` + f.usage(t) + "}\n\n"
	}
	t.out.frame([]byte(b+sseDone), 0)
}

// fail is what a runner's death looks like here: an empty chunk that names no
// model, and a clean end without a finish marker.
func (f *ollamaOpenAI) fail(t *turn) {
	choice := `{"text":"","index":0,"finish_reason":null}`
	if f.chat {
		choice = `{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}`
	}
	t.out.frame(fmt.Appendf(nil, `data: {"id":"%s","object":"chat.completion.chunk","created":%d,"model":"","system_fingerprint":"fp_ollama","choices":[%s]}`+"\n\n", f.id, f.created, choice), 0)
}

func (f *ollamaOpenAI) failed() refusal {
	return *ollamaOpenAIError(statusFailed, ollamaBoom, "api_error")
}

func (f *ollamaOpenAI) whole(t *turn) string {
	thinking, text := t.answer.texts()
	object, choice := "text_completion", `{"text":`+quoted(text)+`,"index":0`
	if f.chat {
		object, choice = "chat.completion", `{"index":0,"message":{"role":"assistant","content":`+quoted(text)
		if thinking != "" {
			choice += `,"reasoning":` + quoted(thinking)
		}
		choice += `}`
	}
	return fmt.Sprintf(`{"id":"%s","object":"%s","created":%d,"model":%s,"system_fingerprint":"fp_ollama","choices":[%s,"finish_reason":"%s"}],%s}`+"\n",
		f.id, object, f.created, f.model, choice, t.answer.finish(), f.usage(t))
}
