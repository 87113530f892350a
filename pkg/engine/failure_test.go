package engine

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestRecordedRefusals(t *testing.T) {
	tests := []struct {
		kind Kind
		file string
		want Failure
	}{
		{VLLM, "vllm/err-unauthorized.http", Failure{Class: record.StatusHTTP4xx, Message: "Unauthorized"}},
		{VLLM, "vllm/err-unknown-model.http", Failure{Class: record.StatusHTTP4xx, Message: "The model `nope` does not exist.", Type: "NotFoundError", Code: "404"}},
		{VLLM, "vllm/err-context-length.http", Failure{Class: record.StatusHTTP4xx, Message: "'max_tokens' or 'max_completion_tokens' is too large (text differs by version)", Type: "BadRequestError", Code: "400"}},
		{VLLM, "vllm-0.32.0/err-unknown-model.raw", Failure{Class: record.StatusHTTP4xx, Message: "The model `none` does not exist. Valid aliases: tiny.", Type: "NotFoundError", Code: "404"}},
		{VLLM, "vllm-0.32.0/err-context.raw", Failure{Class: record.StatusHTTP4xx, Message: "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=4097)", Type: "BadRequestError", Code: "400"}},
		{VLLM, "vllm-0.32.0/err-zero.raw", Failure{Class: record.StatusHTTP4xx, Message: "max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)", Type: "BadRequestError", Code: "400"}},
		{VLLM, "vllm-0.32.0/err-bad-json.raw", Failure{Class: record.StatusHTTP4xx, Message: "1 validation error: {'type': 'json_invalid', 'loc': 'body.9', 'msg': 'JSON decode error', 'input': '<dict of 0 items>', 'ctx': {'error': 'Expecting value'}}", Type: "Bad Request", Code: "400"}},
		{VLLM, "vllm/err-bad-json.http", Failure{Class: record.StatusHTTP4xx, Message: "1 validation error: {'type': 'json_invalid', 'loc': ('body', 17), 'msg': 'JSON decode error', 'input': {}, 'ctx': {'error': 'Expecting value'}}", Type: "Bad Request", Code: "400"}},
		{OpenAI, "vllm-simulator/err-rate-limit.raw", Failure{Class: record.StatusHTTP429, Message: "Rate limit reached for sim/tiny in organization org-xxx on requests per min (RPM): Limit 3, Used 3, Requested 1.", Type: "RateLimitError", Code: "429"}},
		{OpenAI, "llamacpp/err-bad-json.raw", Failure{Class: record.StatusHTTP5xx, Message: "[json.exception.parse_error.101] parse error at line 1, column 17: syntax error while parsing object key - unexpected end of input; expected string literal", Type: "server_error", Code: "500"}},
		{OpenAI, "llamacpp/err-context-stream.raw", Failure{Class: record.StatusHTTP4xx, Message: "request (6021 tokens) exceeds the available context size (2048 tokens), try increasing it", Type: "exceed_context_size_error", Code: "400"}},
		{OpenAI, "litellm-1.108.7/err-unknown-model.raw", Failure{Class: record.StatusHTTP4xx, Message: "/chat/completions: Invalid model name passed in model=none. Call `/v1/models` to view available models for your key.", Type: "invalid_request_error", Code: "400"}},
		{OpenAI, "litellm-1.108.7/err-overloaded.raw", Failure{Class: record.StatusHTTP5xx, Message: "litellm.ServiceUnavailableError: ServiceUnavailableError: OpenAIException - Service Unavailable LiteLLM: model group 'refusing' failed with the error above. No fallback was attempted.", Type: "internal_server_error", Code: "503"}},
		{OpenAI, "ollama/err-unknown-model-v1.raw", Failure{Class: record.StatusHTTP4xx, Message: "model 'nope' not found", Type: "not_found_error"}},
		{Ollama, "ollama/err-unknown-model-api.raw", Failure{Class: record.StatusHTTP4xx, Message: "model 'nope' not found"}},
		{Ollama, "ollama/err-bad-option.raw", Failure{Class: record.StatusHTTP5xx, Message: `option "num_predict" must be of type integer`}},
		{TGI, "tgi/err-bad-json.http", Failure{Class: record.StatusHTTP4xx, Message: "Failed to parse the request body as JSON: EOF while parsing a value at"}},
		{TGI, "tgi/generate-err-generation.http", Failure{Class: record.StatusHTTP4xx, Message: "Request failed during generation: Server error: boom", Type: "generation"}},
		{TGI, "tgi/generate-err-overloaded.http", Failure{Class: record.StatusOverloaded, Message: "Model is overloaded", Type: "overloaded"}},
		{TGI, "tgi/generate-err-validation.http", Failure{Class: record.StatusHTTP4xx, Message: "Input validation error: `inputs` cannot be empty", Type: "validation"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			answer := load(t, tt.file)
			if diff := cmp.Diff(tt.want, protocol(t, tt.kind).Refusal(answer.status, answer.body)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusalShapes(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   Failure
	}{
		{"nothing", 502, " \n", Failure{Class: record.StatusHTTP5xx, Message: "an empty body"}},
		{"plain text that begins with a number", 404, "404 page not found\n", Failure{Class: record.StatusHTTP4xx, Message: "404 page not found"}},
		{"a page", 503, "<html>\r\n<head><title>503 Service\n Temporarily &amp; Unavailable</title></head><body>nginx</body></html>",
			Failure{Class: record.StatusHTTP5xx, Message: `an HTML page titled "503 Service Temporarily & Unavailable"`}},
		{"a page without a title", 404, "<!DOCTYPE html><p>no", Failure{Class: record.StatusHTTP4xx, Message: "an HTML page"}},
		{"a page where a stream should be", 200, "<!doctype HTML><TITLE>Log in</TITLE>", Failure{Class: record.StatusMalformed, Message: `an HTML page titled "Log in"`}},
		{"FastAPI's detail", 404, `{"detail":"Not Found"}`, Failure{Class: record.StatusHTTP4xx, Message: "Not Found"}},
		{"FastAPI's list", 422, `{"detail":[{"loc":["body","model"],"msg":"Field required"},{"loc":[],"msg":"bad"}]}`, Failure{Class: record.StatusHTTP4xx, Message: "Field required; bad"}},
		{"vLLM's older shape", 400, `{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}`, Failure{Class: record.StatusHTTP4xx, Message: "too long", Type: "BadRequestError", Code: "400"}},
		{"an error within an error", 500, `{"error":{"error":{"message":"deep"},"code":"x"}}`, Failure{Class: record.StatusHTTP5xx, Message: "deep", Code: "x"}},
		{"an API server's status", 403, `{"kind":"Status","message":"forbidden","reason":"Forbidden","code":403}`, Failure{Class: record.StatusHTTP4xx, Message: "forbidden", Code: "403"}},
		{"a JSON text", 500, `"boom"`, Failure{Class: record.StatusHTTP5xx, Message: "boom"}},
		{"a list", 500, `["boom"]`, Failure{Class: record.StatusHTTP5xx, Message: `["boom"]`}},
		{"an error that is a list", 500, `{"error":["boom"]}`, Failure{Class: record.StatusHTTP5xx, Message: `["boom"]`}},
		{"JSON that says nothing known", 500, `{"oops":1}`, Failure{Class: record.StatusHTTP5xx, Message: `{"oops":1}`}},
		{"Ollama's full queue", 503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`, Failure{Class: record.StatusOverloaded, Message: "server busy, please try again. maximum pending requests exceeded"}},
		{"control characters", 500, "a\x1b[31mb\x00c\xff", Failure{Class: record.StatusHTTP5xx, Message: "a [31mb c\ufffd"}},
		{"an odd status", 204, "", Failure{Class: record.StatusMalformed, Message: "an empty body"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, refusal(tt.status, []byte(tt.body))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestStreamErrorShapes(t *testing.T) {
	tests := []struct {
		name    string
		dialect *dialect
		payload string
		want    Failure
	}{
		{"vLLM", openAIDialect, `{"error": {"message": "m", "type": "InternalServerError", "param": null, "code": 500}}`, Failure{Message: "m", Type: "InternalServerError", Code: "500"}},
		{"vLLM's Rust front end", openAIDialect, `{"error":{"message":"m","type":"server_error","param":null,"code":"server_error"}}`, Failure{Message: "m", Type: "server_error", Code: "server_error"}},
		{"Ollama's /v1", openAIDialect, `{"error":{"message":"m","type":"api_error","param":null,"code":null}}`, Failure{Message: "m", Type: "api_error"}},
		{"older, nested", openAIDialect, `{"error": {"object": "error", "message": "m", "type": "T", "param": null, "code": 400}}`, Failure{Message: "m", Type: "T", Code: "400"}},
		{"older, bare", openAIDialect, `{"object":"error","message":"m","type":"T","param":null,"code":400}`, Failure{Message: "m", Type: "T", Code: "400"}},
		{"a bare text", openAIDialect, `{"error":"m"}`, Failure{Message: "m"}},
		{"beside text", openAIDialect, `{"choices":[{"delta":{"content":"a"}}],"error":{"message":"m"}}`, Failure{Message: "m"}},
		{"TGI's chat route", openAIDialect, `{"error":{"message":"m","http_status_code":422}}`, Failure{Message: "m", Code: "422"}},
		{"TGI", tgiDialect, `{"error":"m","error_type":"generation"}`, Failure{Message: "m", Type: "generation"}},
		{"TGI overloaded", tgiDialect, `{"error":"Model is overloaded","error_type":"overloaded"}`, Failure{Class: record.StatusOverloaded, Message: "Model is overloaded", Type: "overloaded"}},
		{"Ollama", ollamaDialect, `{"error":"m"}`, Failure{Message: "m"}},
		{"without a word", ollamaDialect, `{"error":true}`, Failure{Message: "true"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want.Class == "" {
				tt.want.Class = record.StatusErrorInStream
			}
			want := Delta{Failure: &tt.want}
			if diff := cmp.Diff(want, newDecoder(tt.dialect).Decode([]byte(tt.payload))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMalformedFramesAreQuoted(t *testing.T) {
	tests := []struct{ payload, want string }{
		{`{"choices":[`, `a frame is not JSON (unexpected end of JSON input): "{\"choices\":["`},
		{`{"choices":7}`, `a frame has another form than the protocol's (json: cannot unmarshal number into Go struct field chunk.choices of type []engine.chunkChoice): "{\"choices\":7}"`},
	}
	for _, tt := range tests {
		d := newDecoder(openAIDialect).Decode([]byte(tt.payload))
		if d.Failure == nil || d.Failure.Class != record.StatusMalformed || d.Failure.Message != tt.want {
			t.Errorf("%s gives %+v", tt.payload, d.Failure)
		}
	}
	long := newDecoder(openAIDialect).Decode([]byte(strings.Repeat("ž", 1<<20)))
	if n := utf8.RuneCountInString(long.Failure.Message); n > maxExcerpt+100 {
		t.Errorf("the message of a long frame has %d runes", n)
	}
}

func FuzzRefusal(f *testing.F) {
	for _, body := range []string{``, `{"error":{"error":{}}}`, `{"detail":[{}]}`, `<html><title>x`, `{"error":"m","code":1e9}`, "404 page"} {
		f.Add(500, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got := refusal(status, body)
		if got.Class == "" || got.Message == "" && len(strings.TrimSpace(excerpt(string(body)))) > 0 {
			t.Errorf("status %d, body %q: %+v", status, body, got)
		}
		if strings.ContainsAny(got.Message+got.Type+got.Code, "\x00\x1b\n") {
			t.Errorf("%q has control characters", got.Message)
		}
	})
}
