package simulate

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// chat reads /v1/chat/completions. The model's name is not looked at.
func (g tgi) chat(r *http.Request, body []byte) (*plan, *refusal) {
	var req openAIRequest
	if no := tgiRead(r, body, &req); no != nil {
		return nil, no
	}
	if req.Messages == nil {
		return nil, tgiBadBody("missing field `messages`", body)
	}
	return g.openAI(&req, render(req.Messages), true)
}

func (g tgi) completion(r *http.Request, body []byte) (*plan, *refusal) {
	var req openAIRequest
	if no := tgiRead(r, body, &req); no != nil {
		return nil, no
	}
	if !req.Prompt.given {
		return nil, tgiBadBody("missing field `prompt`", body)
	}
	return g.openAI(&req, req.Prompt.text, false)
}

func (g tgi) openAI(req *openAIRequest, text string, chat bool) (*plan, *refusal) {
	a := ask{prompt: text}
	req.seeded(&a)
	if reason := g.lengths(&a, req.MaxTokens); reason != "" {
		return nil, g.invalidOpenAI(req.Stream, "Input validation error: "+reason)
	}
	f := &tgiOpenAI{chat: chat, model: quoted(g.s.options.Model)}
	f.atEnd, _ = req.usage()
	full := tgiError(http.StatusTooManyRequests, "Model is overloaded", "overloaded")
	if req.Stream {
		full = tgiOpenAIError("Model is overloaded")
	}
	return g.plan(a, f, req.Stream, *full), nil
}

func (g tgi) invalidOpenAI(stream bool, text string) *refusal {
	if stream {
		return tgiOpenAIError(text)
	}
	return tgiError(http.StatusUnprocessableEntity, text, "validation")
}

// tgiOpenAIEvent is the event for an error on the /v1 routes, whose status is
// 422 whatever happened (infer/mod.rs, OpenaiStreamError).
func tgiOpenAIEvent(text string) string {
	return fmt.Sprintf(`data: {"error":{"message":%s,"http_status_code":422}}`+"\n\n", quoted(text))
}

// tgiOpenAIError is a stream of nothing but that.
func tgiOpenAIError(text string) *refusal {
	return &refusal{status: http.StatusOK, media: typeSSE, headers: tgiHeaders(true, ""), body: tgiOpenAIEvent(text) + sseDone}
}

// tgiOpenAI words answers as the /v1 routes do (router/src/chat.rs; server.rs,
// completions).
type tgiOpenAI struct {
	chat  bool
	atEnd bool // usage
	model string
	buf   []byte
}

func (f *tgiOpenAI) open(*turn) {}

func (f *tgiOpenAI) say(t *turn, from, to int) {
	for i := from; i < to; i++ {
		last := i == t.answer.total-1
		text := t.answer.token(i).json
		if t.answer.token(i).kind == eosToken {
			text = ""
		}
		if f.chat {
			f.buf = f.chatChunk(f.buf[:0], t, text, last)
		} else {
			f.buf = f.completionChunk(f.buf[:0], t, text, last)
		}
		// A token without text shows only on a completion's last chunk, whose
		// usage counts it.
		tokens := 1
		if text == "" && f.chat {
			tokens = 0
		}
		t.out.frame(f.buf, tokens)
	}
}

func (f *tgiOpenAI) chatChunk(b []byte, t *turn, text string, last bool) []byte {
	b = f.head(b, "chat.completion.chunk", true)
	b = append(b, `,"choices":[{"index":0,"delta":{"role":"assistant","content":"`...)
	b = append(b, text...)
	b = append(b, `"},"logprobs":null,"finish_reason":`...)
	if last {
		b = append(b, `"`+f.reason(t)+`"`...)
	} else {
		b = append(b, `null`...)
	}
	return append(b, `}],"usage":null}`+"\n\n"...)
}

func (f *tgiOpenAI) completionChunk(b []byte, t *turn, text string, last bool) []byte {
	b = f.head(b, "text_completion", last)
	b = append(b, `,"choices":[{"index":0,"text":"`...)
	b = append(b, text...)
	b = append(b, `","logprobs":null,"finish_reason":"`...)
	if last {
		b = append(b, f.reason(t)+`"}],"usage":`+f.usage(t)...)
	} else {
		b = append(b, `"}],"model":`+f.model+`,"system_fingerprint":"`+tgiFingerprint+`"`...)
	}
	return append(b, "}\n\n"...)
}

// head begins a chunk; each bears the time of its own making.
func (f *tgiOpenAI) head(b []byte, object string, named bool) []byte {
	b = append(b, `data: {"object":"`...)
	b = append(b, object...)
	b = append(b, `","id":"","created":`...)
	b = strconv.AppendInt(b, time.Now().Unix(), 10)
	if named {
		b = append(b, `,"model":`+f.model+`,"system_fingerprint":"`+tgiFingerprint+`"`...)
	}
	return b
}

// reason is in OpenAI's words for chat, in TGI's own for completions.
func (f *tgiOpenAI) reason(t *turn) string {
	if t.answer.ends && !f.chat {
		return "eos_token"
	}
	return t.answer.finish()
}

func (f *tgiOpenAI) usage(t *turn) string {
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, t.ask.promptTokens, t.answer.total, t.ask.promptTokens+t.answer.total)
}

func (f *tgiOpenAI) end(t *turn) {
	if f.chat && f.atEnd {
		b := f.head(nil, "chat.completion.chunk", true)
		t.out.frame(append(b, `,"choices":[],"usage":`+f.usage(t)+"}\n\n"...), 0)
	}
	t.out.frame([]byte(sseDone), 0)
}

func (f *tgiOpenAI) fail(t *turn) {
	t.out.frame([]byte(tgiOpenAIEvent(tgiBoom)), 0)
	t.out.frame([]byte(sseDone), 0)
}

func (f *tgiOpenAI) failed() refusal { return *tgiError(statusFailedDependency, tgiBoom, "generation") }

func (f *tgiOpenAI) whole(t *turn) string {
	_, text := t.answer.texts()
	object, choice := "text_completion", `"text":`+quoted(text)
	if f.chat {
		object, choice = "chat.completion", `"message":{"role":"assistant","content":`+quoted(text)+`}`
	}
	return fmt.Sprintf(`{"object":"%s","id":"","created":%d,"model":%s,"system_fingerprint":"%s","choices":[{"index":0,%s,"logprobs":null,"finish_reason":"%s"}],"usage":%s}`,
		object, time.Now().Unix(), f.model, tgiFingerprint, choice, f.reason(t), f.usage(t))
}
