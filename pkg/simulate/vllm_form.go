package simulate

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// vllmForm words answers as vLLM's stream generators do
// (entrypoints/openai/chat_completion/serving.py and completion/serving.py).
// What is the same in every chunk of a response is built once.
type vllmForm struct {
	chat          bool
	atEnd, always bool // usage
	id, model     string
	created       int64
	head          string // up to the choices
	buf           []byte
	unsent        int // tokens counted since the last frame, without text of their own
}

func newVLLMForm(s *Server, r *http.Request, req *openAIRequest, chat bool) *vllmForm {
	name := r.Header.Get("X-Request-Id")
	if name == "" {
		now := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
		name = fmt.Sprintf("%016x%016x", mix(now), mix(^now))
	}
	v := &vllmForm{chat: chat, id: "cmpl-" + name, model: quoted(s.options.Model), created: time.Now().Unix()}
	v.atEnd, v.always = req.usage()
	object := "text_completion"
	if chat {
		v.id, object = "chat"+v.id, "chat.completion.chunk"
	}
	v.id = quoted(v.id)
	v.head = fmt.Sprintf(`data: {"id":%s,"object":"%s","created":%d,"model":%s,"choices":[`, v.id, object, v.created, v.model)
	return v
}

// open sends the role, which leaves with the first engine output.
func (v *vllmForm) open(t *turn) {
	if !v.chat {
		return
	}
	b := append(v.buf[:0], v.head...)
	b = append(b, `{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]`...)
	b = v.running(b, t, 0)
	b = append(b, `,"prompt_token_ids":null,"prompt_text":null}`+"\n\n"...)
	v.buf = b
	t.out.frame(b, 0)
}

// say sends one chunk for each stretch of reasoning or text. Markers have no
// chunk; they show in the count of the next one.
func (v *vllmForm) say(t *turn, from, to int) {
	for from < to {
		first := t.answer.token(from)
		if first.kind == markerToken && from+1 < t.answer.total {
			v.unsent++
			from++
			continue
		}
		from = v.chunk(t, from, to, first.kind == reasoningToken)
	}
	if t.answer.total == 0 {
		v.chunk(t, 0, 0, false)
	}
}

// chunk sends one chunk and returns where the next begins.
func (v *vllmForm) chunk(t *turn, from, to int, reasoning bool) int {
	b := append(v.buf[:0], v.head...)
	b = append(b, v.textKey(reasoning)...)
	at, seen := from, false
	for ; at < to; at++ {
		tok := t.answer.token(at)
		if at > from && (tok.kind == reasoningToken) != reasoning || tok.kind == markerToken && at+1 < t.answer.total {
			break
		}
		if tok.kind == reasoningToken || tok.kind == textToken {
			b = append(b, tok.json...)
			seen = true
		}
	}
	b = v.finish(b, t, at)
	v.buf = b
	tokens := at - from + v.unsent
	v.unsent = 0
	if !seen && !v.always {
		tokens = 0 // nothing in the stream tells of them
	}
	t.out.frame(b, tokens)
	return at
}

func (v *vllmForm) textKey(reasoning bool) string {
	switch {
	case !v.chat:
		return `{"index":0,"text":"`
	case reasoning:
		return `{"index":0,"delta":{"reasoning":"`
	}
	return `{"index":0,"delta":{"content":"`
}

// finish closes a chunk that brings the answer to so many tokens.
func (v *vllmForm) finish(b []byte, t *turn, count int) []byte {
	b = append(b, '"')
	if v.chat {
		b = append(b, '}')
	}
	last := count == t.answer.total
	if last {
		b = append(b, `,"logprobs":null,"finish_reason":"`...)
		b = append(b, t.answer.finish()...)
		b = append(b, '"')
	} else {
		b = append(b, `,"logprobs":null,"finish_reason":null`...)
	}
	if last || !v.chat {
		b = append(b, `,"stop_reason":null`...)
	}
	if !v.chat {
		b = append(b, `,"prompt_token_ids":null`...)
	}
	b = append(b, `,"token_ids":null}]`...)
	b = v.running(b, t, count)
	if last && !v.atEnd {
		b = append(b, `,"system_fingerprint":"`+vllmFingerprint+`"`...)
	}
	return append(b, "}\n\n"...)
}

// running adds the count so far, where the request asked for it.
func (v *vllmForm) running(b []byte, t *turn, count int) []byte {
	if !v.always {
		return b
	}
	b = append(b, `,"usage":{`...)
	b = vllmCounts(b, t.ask.promptTokens, count)
	return append(b, `,"completion_tokens_details":null}`...)
}

func vllmCounts(b []byte, prompt, answer int) []byte {
	b = append(b, `"prompt_tokens":`...)
	b = strconv.AppendInt(b, int64(prompt), 10)
	b = append(b, `,"total_tokens":`...)
	b = strconv.AppendInt(b, int64(prompt+answer), 10)
	b = append(b, `,"completion_tokens":`...)
	return strconv.AppendInt(b, int64(answer), 10)
}

// usage is the total, as a server with --enable-prompt-tokens-details gives it.
func (v *vllmForm) usage(t *turn) string {
	s := string(vllmCounts([]byte(`{`), t.ask.promptTokens, t.answer.total))
	s += `,"prompt_tokens_details":{"cached_tokens":` + strconv.Itoa(t.job.seq.cached) + `}`
	if n := t.answer.reasoningTokens(); n > 0 {
		s += `,"completion_tokens_details":{"reasoning_tokens":` + strconv.Itoa(n) + `}`
	}
	return s + `}`
}

func (v *vllmForm) end(t *turn) {
	if v.atEnd {
		t.out.frame([]byte(v.head+`],"usage":`+v.usage(t)+`,"system_fingerprint":"`+vllmFingerprint+`"}`+"\n\n"), 0)
	}
	t.out.frame([]byte(sseDone), 0)
}

// sseDone ends a stream of OpenAI's kind.
const sseDone = "data: [DONE]\n\n"

const vllmInternal = "Internal server error"

// fail is json.dumps with its blanks (entrypoints/generate/base/serving.py).
func (v *vllmForm) fail(t *turn) {
	text, label := vllmInternal, "InternalServerError"
	if t.line.OutputTokens == 0 {
		text = "EngineCore encountered an issue. See stack trace (above) for the root cause."
	}
	t.out.frame(fmt.Appendf(nil, `data: {"error": {"message": %s, "type": %q, "param": null, "code": 500}}`+"\n\n", quoted(text), label), 0)
	t.out.frame([]byte(sseDone), 0)
}

func (v *vllmForm) failed() refusal {
	return *vllmError(http.StatusInternalServerError, vllmInternal, "InternalServerError", "")
}

func (v *vllmForm) whole(t *turn) string {
	reasoning, text := t.answer.texts()
	head := fmt.Sprintf(`{"id":%s,"object":"text_completion","created":%d,"model":%s,"choices":[{"index":0,"text":%s`, v.id, v.created, v.model, quoted(text))
	middle, extra := `,"prompt_logprobs":null,"token_ids":null,"prompt_token_ids":null`, ""
	if v.chat {
		head = fmt.Sprintf(`{"id":%s,"object":"chat.completion","created":%d,"model":%s,"choices":[{"index":0,"message":{"role":"assistant","content":%s,`+
			`"refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[],"reasoning":%s}`, v.id, v.created, v.model, quoted(text), orNull(reasoning))
		middle, extra = `,"token_ids":null`, `,"prompt_logprobs":null,"prompt_token_ids":null`
	}
	return head + `,"logprobs":null,"finish_reason":"` + t.answer.finish() + `","stop_reason":null` + middle +
		`}],"service_tier":null,"system_fingerprint":"` + vllmFingerprint + `","usage":` + v.usage(t) + extra +
		`,"kv_transfer_params":null,"ec_transfer_params":null,"metrics":null}`
}
