package simulate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTranscripts asks the simulated engines what the real ones were asked and
// compares what comes back with what those sent, byte boundaries of the pieces
// included: same members in the same order, same events in the same writes.
func TestTranscripts(t *testing.T) {
	// The simulated vLLM runs with --enable-prompt-tokens-details; where the
	// transcript's server did not, the member is left out of the comparison.
	const details = "prompt_tokens_details"
	const overloaded = "model of an engine whose only slot is taken"
	const model = `"model":"simulated/tiny-7b",`
	post := func(path, body string) request { return request{path: path, body: body} }
	tests := []struct {
		file    string
		options Options
		ask     request
		drop    []string
	}{
		{"vllm/chat-stream.http", Options{}, post("/v1/chat/completions", `{"stream":true,"max_tokens":5,`+helloMessages+`}`), nil},
		{"vllm/chat-stream-usage.http", Options{}, post("/v1/chat/completions", `{"stream":true,"max_tokens":5,"stream_options":{"include_usage":true},`+helloMessages+`}`), []string{details}},
		{"vllm/chat-stream-usage-continuous.http", Options{}, post("/v1/chat/completions", `{"stream":true,"max_tokens":5,"stream_options":{"include_usage":true,"continuous_usage_stats":true},`+helloMessages+`}`), nil},
		{"vllm/chat-stream-reasoning.http", Options{Reasoning: 3}, post("/v1/chat/completions", `{"stream":true,"max_tokens":9,"stream_options":{"include_usage":true},`+helloMessages+`}`), []string{details}},
		{"vllm/chat-stream-error-midway.http", Options{Faults: mustFault(t, "error:after=2")}, post("/v1/chat/completions", `{"stream":true,"max_tokens":5,`+helloMessages+`}`), nil},
		{"vllm/chat-stream-error-first.http", Options{Faults: mustFault(t, "error")}, post("/v1/chat/completions", `{"stream":true,"max_tokens":5,`+helloMessages+`}`), nil},
		{"vllm/completions-stream-usage.http", Options{}, post("/v1/completions", `{"stream":true,"max_tokens":5,"stream_options":{"include_usage":true},"prompt":"Sail away"}`), []string{details}},
		{"vllm/completions-stream-error-midway.http", Options{Faults: mustFault(t, "error:after=1")}, post("/v1/completions", `{"stream":true,"max_tokens":5,"prompt":["Sail away"]}`), nil},
		{"vllm/err-bad-json.http", Options{}, post("/v1/chat/completions", `{"stream":true,"}`), []string{"param"}},
		{"vllm/err-context-length.http", Options{}, post("/v1/chat/completions", `{"max_tokens":99999,`+helloMessages+`}`), nil},
		{"vllm/err-unknown-model.http", Options{}, post("/v1/chat/completions", `{"model":"nope",`+helloMessages+`}`), nil},
		{"vllm/health-ok.http", Options{}, request{path: "/health"}, nil},
		{"vllm/models.http", Options{}, request{path: "/v1/models"}, nil},
		{"vllm/version.http", Options{}, request{path: "/version"}, nil},

		{"tgi/generate_stream.http", Options{}, post("/generate_stream", `{"inputs":"Sail","parameters":{"max_new_tokens":5,"details":true}}`), nil},
		{"tgi/generate_stream-nodetails.http", Options{}, post("/generate_stream", `{"inputs":"Sail","parameters":{"max_new_tokens":5}}`), nil},
		{"tgi/generate_stream-eos.http", Options{}, post("/generate_stream", `{"inputs":"Sail","parameters":{"max_new_tokens":8000,"details":true}}`), nil},
		{"tgi/generate_stream-error-midway.http", Options{Faults: mustFault(t, "error:after=1")}, post("/generate_stream", `{"inputs":"Sail","parameters":{"max_new_tokens":5}}`), nil},
		{"tgi/generate_stream-error-overloaded.http", Options{Model: overloaded}, post("/generate_stream", `{"inputs":"Sail","parameters":{"max_new_tokens":5}}`), nil},
		{"tgi/generate_stream-error-validation.http", Options{}, post("/generate_stream", `{"inputs":"Sail","parameters":{"max_new_tokens":50000}}`), nil},
		{"tgi/generate-err-overloaded.http", Options{Model: overloaded}, post("/generate", `{"inputs":"Sail","parameters":{"max_new_tokens":5}}`), nil},
		{"tgi/generate-err-validation.http", Options{}, post("/generate", `{"inputs":""}`), nil},
		{"tgi/generate-err-generation.http", Options{Faults: mustFault(t, "error")}, post("/generate", `{"inputs":"Sail","parameters":{"max_new_tokens":5}}`), nil},
		{"tgi/chat-stream-usage.http", Options{}, post("/v1/chat/completions", `{"stream":true,"max_tokens":4,"stream_options":{"include_usage":true},`+helloMessages+`}`), nil},
		{"tgi/chat-stream-error-midway.http", Options{Faults: mustFault(t, "error:after=1")}, post("/v1/chat/completions", `{"stream":true,"max_tokens":4,`+helloMessages+`}`), nil},
		{"tgi/completions-stream.http", Options{}, post("/v1/completions", `{"stream":true,"max_tokens":4,"prompt":"Sail"}`), nil},
		{"tgi/err-bad-json.http", Options{}, post("/generate_stream", `{"inputs":`), nil},
		{"tgi/health-ok.http", Options{}, request{path: "/health"}, nil},
		{"tgi/info.http", Options{}, request{path: "/info"}, nil},
		{"tgi/models.http", Options{Model: "bench/tiny-7b"}, request{path: "/v1/models"}, nil},

		{"ollama/chat-cold.raw", Options{}, post("/api/chat", `{`+model+`"options":{"num_predict":6},`+helloMessages+`}`), nil},
		{"ollama/chat.raw", Options{}, post("/api/chat", `{`+model+`"options":{"num_predict":8},"stream":true,`+helloMessages+`}`), nil},
		{"ollama/chat-nostream.raw", Options{}, post("/api/chat", `{`+model+`"options":{"num_predict":8},"stream":false,`+helloMessages+`}`), nil},
		{"ollama/chat-think.raw", Options{Reasoning: 20}, post("/api/chat", `{`+model+`"options":{"num_predict":8},`+helloMessages+`}`), nil},
		{"ollama/generate.raw", Options{}, post("/api/generate", `{`+model+`"options":{"num_predict":8},"prompt":"Hello"}`), nil},
		{"ollama/load-empty-prompt.raw", Options{}, post("/api/generate", `{"model":"simulated/tiny-7b"}`), nil},
		{"ollama/err-bad-json-api.raw", Options{}, post("/api/chat", `{"model":`), nil},
		{"ollama/err-bad-option.raw", Options{}, post("/api/chat", `{`+model+`"options":{"num_predict":"8"},`+helloMessages+`}`), nil},
		{"ollama/err-think-unsupported.raw", Options{}, post("/api/chat", `{`+model+`"think":true,`+helloMessages+`}`), nil},
		{"ollama/err-unknown-model-api.raw", Options{}, post("/api/chat", `{"model":"nope",`+helloMessages+`}`), nil},
		{"ollama/err-unknown-model-v1.raw", Options{}, post("/v1/chat/completions", `{"model":"nope",`+helloMessages+`}`), nil},
		{"ollama/openai-chat-stream.raw", Options{}, post("/v1/chat/completions", `{`+model+`"stream":true,"max_tokens":8,`+helloMessages+`}`), nil},
		{"ollama/openai-chat-stream-usage.raw", Options{}, post("/v1/chat/completions", `{`+model+`"stream":true,"max_tokens":8,"stream_options":{"include_usage":true},`+helloMessages+`}`), nil},
		{"ollama/openai-chat-think.raw", Options{Reasoning: 20}, post("/v1/chat/completions", `{`+model+`"stream":true,"max_tokens":6,"stream_options":{"include_usage":true},`+helloMessages+`}`), nil},
		{"ollama/openai-completions-stream-usage.raw", Options{}, post("/v1/completions", `{`+model+`"stream":true,"max_tokens":6,"stream_options":{"include_usage":true},"prompt":"Hello"}`), nil},
		{"ollama/openai-models.raw", Options{}, request{path: "/v1/models"}, nil},
		{"ollama/ps-empty.raw", Options{}, request{path: "/api/ps"}, nil},
		{"ollama/tags.raw", Options{}, request{path: "/api/tags"}, nil},
		{"ollama/show.raw", Options{}, post("/api/show", `{"model":"simulated/tiny-7b:latest"}`), []string{"model_info", "tensors"}},
		{"ollama/root.raw", Options{}, request{path: "/"}, nil},
		{"ollama/version.raw", Options{}, request{path: "/api/version"}, nil},
		{"ollama/metrics.raw", Options{}, request{path: "/metrics"}, nil},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join("testdata", test.file))
			if err != nil {
				t.Fatal(err)
			}
			o := test.options
			o.Engine, _, _ = strings.Cut(test.file, "/")
			o.Profile = fast(o.Engine)
			if o.Model == overloaded {
				o.Profile.Slots, o.Profile.FirstTokenOverhead = 1, time.Hour
			}
			addr, s := start(t, o)
			if o.Model == overloaded {
				occupy(t, addr, s, test.ask)
			}
			want, got := parse(t, raw).shapeOf(t, test.drop...), get(t, addr, test.ask).shapeOf(t, test.drop...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-transcript +simulated):\n%s", test.file, diff)
			}
		})
	}
}

// TestOllamaListsWhatIsLoaded compares /api/ps once a model is loaded.
func TestOllamaListsWhatIsLoaded(t *testing.T) {
	raw, err := os.ReadFile("testdata/ollama/ps.raw")
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := start(t, Options{Engine: "ollama"})
	get(t, addr, request{path: "/api/generate", body: `{"model":"simulated/tiny-7b","options":{"num_ctx":512}}`})
	loaded := get(t, addr, request{path: "/api/ps"})
	if diff := cmp.Diff(parse(t, raw).shapeOf(t), loaded.shapeOf(t)); diff != "" {
		t.Errorf("/api/ps (-transcript +simulated):\n%s", diff)
	}
	if !strings.Contains(loaded.body(), `"context_length":512`) {
		t.Errorf("/api/ps does not tell the context that was asked for: %s", loaded.body())
	}
	get(t, addr, request{path: "/api/generate", body: `{"model":"simulated/tiny-7b","keep_alive":0}`})
	if got := get(t, addr, request{path: "/api/ps"}).body(); got != `{"models":[]}` {
		t.Errorf("/api/ps after keep_alive 0: %s", got)
	}
}

func TestOllamaTellsTheQuantisationOfItsTag(t *testing.T) {
	for model, want := range map[string][2]string{"simulated/tiny-7b": {"Q4_K_M", "15"}, "qwen2.5:0.5b-instruct-fp16": {"F16", "1"}} {
		addr, _ := start(t, Options{Engine: "ollama", Model: model})
		for path, text := range map[string]string{
			"/api/tags": `"quantization_level":"` + want[0] + `"`,
			"/api/show": `"general.file_type":` + want[1] + `,`,
		} {
			ask := request{path: path}
			if path == "/api/show" {
				ask.body = `{"model":"` + model + `"}`
			}
			if body := get(t, addr, ask).body(); !strings.Contains(body, text) {
				t.Errorf("%s of %s does not say %s: %s", path, model, text, body)
			}
		}
	}
}

func ExampleFaults() {
	fmt.Println(Faults()[0])
	// Output: slow-head:for=1s                              wait before anything is sent or computed
}
