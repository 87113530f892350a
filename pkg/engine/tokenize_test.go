package engine

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCountTokens(t *testing.T) {
	one := []Message{{Role: "user", Content: "hello"}}
	two := append(one, Message{Role: "assistant", Content: "yes"}, Message{Role: "user", Content: "so"})
	for _, c := range []struct {
		name   string
		kind   Kind
		call   Call
		answer string
		status int
		asked  string
		n      int
		ok     bool
	}{
		{"vllm chat", VLLM, Call{Model: "m", Messages: two}, `{"count":27,"max_model_len":4096,"tokens":[1,2]}`, 200,
			`{"model":"m","messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"yes"},{"role":"user","content":"so"}],"add_generation_prompt":true}`, 27, true},
		{"vllm completions", VLLM, Call{Model: "m", API: "completions", Messages: one}, `{"count":2}`, 200, `{"model":"m","prompt":"hello"}`, 2, true},
		{"vllm without the route", VLLM, Call{Model: "m", Messages: one}, `{"detail":"Not Found"}`, 404, `{"model":"m","messages":[{"role":"user","content":"hello"}],"add_generation_prompt":true}`, 0, false},
		{"vllm of another form", VLLM, Call{Model: "m", Messages: one}, `<html>`, 200, `{"model":"m","messages":[{"role":"user","content":"hello"}],"add_generation_prompt":true}`, 0, false},
		{"tgi generate", TGI, Call{Messages: one}, `[{"id":1,"text":"he","start":0,"stop":2},{"id":2,"text":"llo","start":2,"stop":5}]`, 200, `{"inputs":"hello"}`, 2, true},
		{"tgi chat has a template", TGI, Call{API: "chat", Messages: one}, `[]`, 200, "", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) //nolint:errcheck // compared below
				asked = string(body)
				w.WriteHeader(c.status)
				io.WriteString(w, c.answer) //nolint:errcheck,gosec // the client notices
			}))
			defer server.Close()
			n, ok, err := protocol(t, c.kind).(Tokenizer).CountTokens(t.Context(), client{server.URL}, c.call)
			if err != nil || n != c.n || ok != c.ok {
				t.Errorf("%d tokens (%t, %v), want %d (%t)", n, ok, err, c.n, c.ok)
			}
			if diff := cmp.Diff(c.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
			server.Close()
			if _, ok, err := protocol(t, c.kind).(Tokenizer).CountTokens(t.Context(), client{server.URL}, c.call); ok || err == nil && c.asked != "" {
				t.Errorf("of a server that is gone: %t, %v", ok, err)
			}
		})
	}
}
