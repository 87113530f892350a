package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func ptr[T any](v T) *T { return &v }

var (
	question = []Message{{Role: "user", Content: "Why do sails work?"}}
	dialogue = []Message{
		{Role: "system", Content: "Be \"brief\" <now>."},
		{Role: "user", Content: "Why?"}, {Role: "assistant", Content: "Lift."}, {Role: "user", Content: "How?"},
	}
)

// full sets everything a call can say.
func full(api string) Call {
	return Call{
		Model: "bench/tiny-7b", Messages: dialogue, MaxTokens: 64, ForceLength: true, Seed: ptr[int64](-7),
		Temperature: ptr(0.7), ContextLength: 4096, KeepAlive: "10m", API: api,
	}
}

// bare sets no more than it must.
func bare(api string) Call { return Call{Model: "tiny", Messages: question, API: api} }

// greedy has a temperature of 0, which is not the same as none.
func greedy(api string) Call {
	return Call{Model: "tiny", Messages: question, MaxTokens: 16, Temperature: ptr(0.0), Seed: ptr[int64](0), API: api}
}

func TestEncode(t *testing.T) {
	paths := map[string]string{
		"vllm/chat": "/v1/chat/completions", "vllm/completions": "/v1/completions",
		"openai/chat": "/v1/chat/completions", "openai/completions": "/v1/completions",
		"tgi/generate": "/generate_stream", "tgi/chat": "/v1/chat/completions",
		"ollama/chat": "/api/chat", "ollama/generate": "/api/generate",
	}
	for form, path := range paths {
		kind, api, _ := strings.Cut(form, "/")
		p := protocol(t, Kind(kind))
		for name, call := range map[string]Call{"full": full(api), "bare": bare(api), "greedy": greedy(api)} {
			t.Run(form+"/"+name, func(t *testing.T) {
				got, err := p.Encode(call)
				if err != nil {
					t.Fatal(err)
				}
				accept := "text/event-stream"
				if p.Framing(api) == NDJSON {
					accept = "application/x-ndjson"
				}
				if got.Path != path || got.Accept != accept {
					t.Errorf("%s, accepting %s; want %s, accepting %s", got.Path, got.Accept, path, accept)
				}
				golden.Check(t, "testdata/requests/"+strings.ReplaceAll(form, "/", "-")+"-"+name+".json", append(got.Body, '\n'))
			})
		}
	}
}

func TestTheFirstFormIsTheDefault(t *testing.T) {
	for kind, api := range map[Kind]string{VLLM: "chat", OpenAI: "chat", TGI: "generate", Ollama: "chat"} {
		p := protocol(t, kind)
		byDefault, err := p.Encode(bare(""))
		if err != nil {
			t.Fatal(err)
		}
		byName, err := p.Encode(bare(api))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(byName, byDefault); diff != "" {
			t.Errorf("%s (-%s +default):\n%s", kind, api, diff)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, kind := range Kinds() {
		p := protocol(t, kind)
		if _, err := p.Encode(Call{Model: "m"}); !errors.Is(err, errNoMessages) {
			t.Errorf("%s took a call without messages: %v", kind, err)
		}
		_, err := p.Encode(bare("speech"))
		if err == nil || !strings.Contains(err.Error(), `no API form "speech": want one of `) {
			t.Errorf("%s: an unknown API form gives %v", kind, err)
		}
	}
}

func TestKeepAlive(t *testing.T) {
	for value, want := range map[string]any{"": nil, "10m": "10m", "-1": -1, "0": 0, "300": 300, "-1m": "-1m"} {
		if diff := cmp.Diff(want, keepAlive(value)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", value, diff)
		}
	}
}

func TestFlatten(t *testing.T) {
	tests := []struct {
		name     string
		messages []Message
		want     string
	}{
		{"a lone question", question, "Why do sails work?"},
		{"a lone system message", []Message{{Role: "system", Content: "x"}}, "system: x\nassistant:"},
		{"a dialogue", dialogue, "system: Be \"brief\" <now>.\nuser: Why?\nassistant: Lift.\nuser: How?\nassistant:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, flatten(tt.messages)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestByKind(t *testing.T) {
	if diff := cmp.Diff([]Kind{VLLM, TGI, Ollama, OpenAI}, Kinds()); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	for _, kind := range Kinds() {
		if got := protocol(t, kind).Kind(); got != kind {
			t.Errorf("the protocol of %s is of kind %s", kind, got)
		}
	}
	_, err := ByKind("triton")
	if want := `no engine of kind "triton": want one of vllm, tgi, ollama, openai`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
