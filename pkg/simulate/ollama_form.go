package simulate

import (
	"encoding/json"
	"fmt"
	"time"
)

// ollamaForm words answers as /api/chat and /api/generate do (api/types.go,
// ChatResponse and GenerateResponse).
type ollamaForm struct {
	chat    bool
	context bool // the last line lists the tokens
	model   string
	started time.Time
	load    time.Duration
	buf     []byte
}

func (f *ollamaForm) loaded(took time.Duration) { f.load = took }

func (f *ollamaForm) open(*turn) {}

// say sends a line a token. Markers and the end have none.
func (f *ollamaForm) say(t *turn, from, to int) {
	for i := from; i < to; i++ {
		tok := t.answer.token(i)
		thinking, text := "", tok.json
		switch tok.kind {
		case markerToken, eosToken:
			continue
		case reasoningToken:
			thinking, text = tok.json, ""
		case textToken:
		}
		b := f.head(f.buf[:0])
		b = append(b, f.text(text, thinking)...)
		f.buf = append(b, `,"done":false}`+"\n"...)
		t.out.frame(f.buf, 1)
	}
}

func (f *ollamaForm) head(b []byte) []byte {
	b = append(b, `{"model":`...)
	b = append(b, f.model...)
	b = append(b, `,"created_at":"`...)
	b = stamp(b)
	return append(b, `",`...)
}

// stamp appends the time as Go's time.Time is marshalled.
func stamp(b []byte) []byte { return time.Now().UTC().AppendFormat(b, time.RFC3339Nano) }

// text is the member that holds text and thinking, both escaped already.
func (f *ollamaForm) text(text, thinking string) string {
	think := ""
	if thinking != "" {
		think = `,"thinking":"` + thinking + `"`
	}
	if f.chat {
		return `"message":{"role":"assistant","content":"` + text + `"` + think + `}`
	}
	return `"response":"` + text + `"` + think
}

// end sends the line that ends the stream.
func (f *ollamaForm) end(t *turn) { t.out.frame([]byte(f.last(t, "", "")+"\n"), 0) }

func (f *ollamaForm) last(t *turn, text, thinking string) string {
	var times [3]time.Duration // in all, of the prompt, of the answer
	times[0] = time.Since(f.started)
	if t.answer.total > 0 {
		times[1], times[2] = t.job.first.Sub(t.job.admitted), t.job.last.Sub(t.job.first)
	}
	ids := ""
	if f.context {
		ids = `,"context":` + f.tokens(t)
	}
	return string(f.head(nil)) + f.text(text, thinking) + fmt.Sprintf(
		`,"done":true,"done_reason":"%s"%s,"total_duration":%d,"load_duration":%d,"prompt_eval_count":%d,"prompt_eval_duration":%d,"eval_count":%d,"eval_duration":%d}`,
		t.answer.finish(), ids, times[0], f.load, t.ask.promptTokens, times[1].Truncate(time.Microsecond), t.answer.total, max(times[2].Truncate(time.Microsecond), time.Microsecond))
}

// tokens lists the conversation's tokens, for a request that continues it.
func (f *ollamaForm) tokens(t *turn) string {
	ids := tokenIDs(t.ask.prompt)
	for i := range t.answer.total {
		if tok := t.answer.token(i); tok.kind != eosToken {
			ids = append(ids, tok.id)
		}
	}
	data, _ := json.Marshal(ids) //nolint:errcheck // numbers
	return string(data)
}

// ollamaBoom is what the server says when its runner has died.
const ollamaBoom = "an error was encountered while running the model: CUDA error: out of memory"

func (f *ollamaForm) fail(t *turn) {
	t.out.frame([]byte(f.failed().body+"\n"), 0)
}

const statusFailed = 500

func (f *ollamaForm) failed() refusal { return *ollamaError(statusFailed, ollamaBoom) }

func (f *ollamaForm) whole(t *turn) string {
	thinking, text := t.answer.texts()
	return f.last(t, escaped(text), escaped(thinking))
}
