package simulate

import (
	"fmt"
	"strconv"
	"time"
)

// tgiForm words answers as the native routes do (router/src/server.rs,
// generate_stream_internal and generate_internal).
type tgiForm struct {
	list    bool // the whole answer stands in a list (compat_generate)
	details bool
	sampled bool
	seed    uint64
	started time.Time
	buf     []byte
}

func (f *tgiForm) open(*turn) {}
func (f *tgiForm) end(*turn)  {}

// say sends one event a token, the special one that ends the answer included.
func (f *tgiForm) say(t *turn, from, to int) {
	for i := from; i < to; i++ {
		b := append(f.buf[:0], `data: {"index":`...)
		b = strconv.AppendInt(b, int64(i+1), 10)
		b = append(b, `,"token":`...)
		b = f.token(b, t, i)
		if i == t.answer.total-1 {
			_, text := t.answer.texts()
			b = append(b, `,"generated_text":`+quoted(text)+`,"details":`+f.streamDetails(t)...)
		} else {
			b = append(b, `,"generated_text":null,"details":null`...)
		}
		f.buf = append(b, "}\n\n"...)
		t.out.frame(f.buf, 1)
	}
}

func (f *tgiForm) token(b []byte, t *turn, i int) []byte {
	tok := t.answer.token(i)
	text := tok.json
	if tok.kind == eosToken {
		text = eosText
	}
	b = append(b, `{"id":`...)
	b = strconv.AppendInt(b, int64(tok.id), 10)
	b = append(b, `,"text":"`...)
	b = append(b, text...)
	b = append(b, `","logprob":-`...)
	const fourDigits = 10_000
	b = strconv.AppendFloat(b, float64(1+mix(t.answer.seed^uint64(i))%(2*fourDigits))/fourDigits, 'f', -1, 64) //nolint:gosec // counts from 0
	b = append(b, `,"special":`...)
	b = strconv.AppendBool(b, tok.kind == eosToken)
	return append(b, '}')
}

func (f *tgiForm) reason(t *turn) string {
	if t.answer.ends {
		return "eos_token"
	}
	return "length"
}

// seedText is the seed that sampling used, which greedy decoding has none of.
func (f *tgiForm) seedText() string {
	if !f.sampled {
		return "null"
	}
	return strconv.FormatUint(f.seed, 10)
}

func (f *tgiForm) streamDetails(t *turn) string {
	if !f.details {
		return "null"
	}
	return fmt.Sprintf(`{"finish_reason":"%s","generated_tokens":%d,"seed":%s,"input_length":%d}`, f.reason(t), t.answer.total, f.seedText(), t.ask.promptTokens)
}

// fail ends the stream with an event; no other follows.
func (f *tgiForm) fail(t *turn) {
	t.out.frame([]byte("data: "+f.failed().body+"\n\n"), 0)
}

// tgiBoom is what a shard says when its device has no more memory.
const tgiBoom = "Request failed during generation: Server error: CUDA out of memory"

const statusFailedDependency = 424

func (f *tgiForm) failed() refusal { return *tgiError(statusFailedDependency, tgiBoom, "generation") }

// whole also sets the timing headers of generate_internal, in milliseconds.
func (f *tgiForm) whole(t *turn) string {
	f.timings(t)
	_, text := t.answer.texts()
	body := `{"generated_text":` + quoted(text)
	if f.details {
		body += fmt.Sprintf(`,"details":{"finish_reason":"%s","generated_tokens":%d,"seed":%s,"prefill":[],"tokens":[`, f.reason(t), t.answer.total, f.seedText())
		var b []byte
		for i := range t.answer.total {
			if i > 0 {
				b = append(b, ',')
			}
			b = f.token(b, t, i)
		}
		body += string(b) + `]}`
	}
	body += `}`
	if f.list {
		return `[` + body + `]`
	}
	return body
}

func (f *tgiForm) timings(t *turn) {
	set := func(name string, d time.Duration) {
		t.out.w.Header().Set(name, strconv.FormatInt(d.Milliseconds(), 10))
	}
	set("X-Total-Time", time.Since(f.started))
	set("X-Validation-Time", t.job.queued.Sub(f.started))
	set("X-Queue-Time", t.job.admitted.Sub(t.job.queued))
	set("X-Inference-Time", t.job.last.Sub(t.job.admitted))
	set("X-Time-Per-Token", t.job.last.Sub(t.job.admitted)/time.Duration(t.answer.total))
	t.out.w.Header().Set("X-Prompt-Tokens", strconv.Itoa(t.ask.promptTokens))
	t.out.w.Header().Set("X-Generated-Tokens", strconv.Itoa(t.answer.total))
}
