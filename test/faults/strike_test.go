package faults

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

// alive says whether the client still listens; it never blocks for long.
func (v *victim) alive() bool {
	v.raw.SetReadDeadline(time.Now().Add(time.Millisecond)) //nolint:errcheck,gosec // it is open
	_, err := v.raw.Read(make([]byte, 1))
	timeout, ok := err.(interface{ Timeout() bool }) //nolint:errorlint // the connection's own error
	return ok && timeout.Timeout()
}

// drip sends a text byte by byte, for ever.
func (v *victim) drip(text string, every time.Duration) {
	const look = 50 * time.Millisecond
	for i := 0; v.alive(); i++ {
		v.write(text[i%len(text) : i%len(text)+1])
		for range int(every / look) {
			if !v.alive() {
				return
			}
			time.Sleep(look)
		}
	}
}

// cutShort passes the beginning of an answer on and ends the engine under it.
func (v *victim) cutShort(end func()) {
	answer, err := v.proxy.ask(v.req, v.body)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	v.head()
	part := make([]byte, 64<<10)
	for range 2 {
		n, _ := answer.Body.Read(part) //nolint:errcheck // a short stream is what this is about
		v.chunk(string(part[:n]))
	}
	end()
	v.raw.CloseWrite() //nolint:errcheck,gosec // as a dead process's kernel does
	v.hold()
}

// prefix begins a frame.
func (v *victim) prefix() string {
	if v.proxy.kind == engine.Ollama {
		return ""
	}
	return "data: "
}

// refusal is an error in the engine's words.
func (v *victim) refusal(status int, says string) string {
	var document any
	switch v.proxy.kind {
	case engine.TGI:
		document = map[string]any{"error": says, "error_type": "generation"}
	case engine.Ollama:
		document = map[string]any{"error": says}
	case engine.VLLM, engine.OpenAI:
		document = map[string]any{"error": map[string]any{"message": says, "type": "Error", "code": status}}
	}
	text, _ := json.Marshal(document) //nolint:errcheck // texts and numbers encode
	return string(text)
}

// overloaded refuses as each engine does whose queue is full.
func (v *victim) overloaded() {
	switch v.proxy.kind {
	case engine.TGI:
		v.head()
		v.payload(`{"error":"Model is overloaded","error_type":"overloaded"}`)
		v.end()
	case engine.Ollama:
		v.respond(503, "application/json", `{"error":"server busy, please try again.  maximum pending requests exceeded"}`)
	case engine.OpenAI:
		v.respond(429, "application/json", v.refusal(429, "Rate limit reached"))
	case engine.VLLM:
		v.respond(503, "application/json", v.refusal(503, "the server is overloaded"))
	}
}

// nothing is a stream that finishes without a token.
func (v *victim) nothing() []string {
	switch v.proxy.kind {
	case engine.TGI:
		return []string{`data: {"generated_text":"","details":{"finish_reason":"length","generated_tokens":0}}` + "\n\n"}
	case engine.Ollama:
		return []string{`{"message":{"role":"assistant","content":""},"done":true,"done_reason":"load"}` + "\n"}
	case engine.VLLM, engine.OpenAI:
	}
	return []string{
		`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n",
		"data: [DONE]\n\n",
	}
}

// shown makes a message the same in every run.
func shown(message string) string {
	message = hosts.ReplaceAllString(message, "HOST:PORT")
	message = servers.ReplaceAllString(message, " on SERVER:53")
	message = instants.ReplaceAllString(message, "TIME")
	return strings.ReplaceAll(framesCounted.ReplaceAllString(message, "after N$1 frames"), "|", `\|`)
}

func cell(class, text string) string { return fmt.Sprintf("`%s`: %s", class, text) }
