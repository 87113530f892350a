package simulate

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// quick answers at once.
func quick(engine string) Profile {
	p := DefaultProfile(engine)
	p.PrefillTokensPerS, p.FirstTokenOverhead, p.StepBase, p.StepPerSeq, p.LoadTime, p.Jitter = 1e12, 0, 0, 0, 0, 0
	p.ContextLength = 512
	return p
}

// post sends a body to a route without a socket.
func post(s *Server, path string, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestReadersRefuse(t *testing.T) {
	const m = `"model":"simulated/tiny-7b",`
	tests := []struct {
		engine, path, body string
		status             int
		want               string
	}{
		{"vllm", "/v1/chat/completions", ``, 400, `"type":"Bad Request"`},
		{"vllm", "/v1/chat/completions", `{}`, 400, `"param":"body.messages"`},
		{"vllm", "/v1/chat/completions", `{"messages":7}`, 400, `'type': 'value_error'`},
		{"vllm", "/v1/chat/completions", `{"messages":[{"role":"user","content":7}]}`, 400, `value_error`},
		{"vllm", "/v1/chat/completions", `{"max_tokens":0,` + helloMessages + `}`, 400, `max_tokens must be at least 1, got 0.`},
		{"vllm", "/v1/chat/completions", `{"max_tokens":4,"min_tokens":5,` + helloMessages + `}`, 400, `"param":"min_tokens"`},
		{"vllm", "/v1/chat/completions", `{"n":2,` + helloMessages + `}`, 400, `"param":"n"`},
		{"vllm", "/v1/chat/completions", `{"stream_options":{"include_usage":true},` + helloMessages + `}`, 400, "Stream options can only be defined"},
		{"vllm", "/v1/chat/completions", `{"messages":[{"role":"user","content":"` + strings.Repeat("long ", 1000) + `"}]}`, 400, "maximum context length is 512 tokens"},
		{"vllm", "/v1/chat/completions", `{"messages":[{"role":"user","content":[{"type":"text","text":"in parts"}]}],"max_tokens":3}`, 200, `"completion_tokens":3`},
		{"vllm", "/v1/completions", `{"prompt":null}`, 400, `"param":"body.prompt"`},
		{"vllm", "/v1/completions", `{"prompt":["a","b"]}`, 400, `value_error`},
		{"vllm", "/v1/completions", `{"prompt":[1,2,3,4,5],"max_tokens":3}`, 200, `"prompt_tokens":5,`},
		{"vllm", "/v1/completions", `{"prompt":"hi","max_completion_tokens":2,"max_tokens":9}`, 200, `"completion_tokens":2`},
		{"vllm", "/tokenize", `{"prompt":"12345678"}`, 200, `{"count":2,"max_model_len":512,"tokens":[`},
		{"vllm", "/tokenize", `{`, 400, `"code":400`},
		{"vllm", "/nowhere", `{}`, 404, `"code":404`},
		{"tgi", "/generate", `{}`, 422, "missing field `inputs`"},
		{"tgi", "/generate", `{"inputs":7}`, 422, "Failed to deserialize the JSON body"},
		{"tgi", "/generate", `{"inputs":"x","parameters":{"max_new_tokens":0}}`, 422, "`max_new_tokens` must be strictly positive"},
		{"tgi", "/generate", `{"inputs":"x","parameters":{"temperature":0}}`, 422, "`temperature` must be strictly positive"},
		{"tgi", "/generate", `{"inputs":"` + strings.Repeat("long ", 1000) + `"}`, 422, "`inputs` must have less than 511 tokens. Given: 1250"},
		{"tgi", "/", `{"inputs":"x","parameters":{"max_new_tokens":2}}`, 200, `[{"generated_text":"`},
		{"tgi", "/", `{"inputs":"x","stream":true,"parameters":{"max_new_tokens":2}}`, 200, `data: {"index":1,`},
		{"tgi", "/v1/chat/completions", `{}`, 422, "missing field `messages`"},
		{"tgi", "/v1/chat/completions", `{"model":"any name",` + helloMessages + `,"max_tokens":2}`, 200, `"completion_tokens":2`},
		{"tgi", "/v1/chat/completions", `{` + helloMessages + `,"max_tokens":5000}`, 422, `"error_type":"validation"`},
		{"tgi", "/v1/chat/completions", `{"stream":true,` + helloMessages + `,"max_tokens":5000}`, 200, `"http_status_code":422`},
		{"tgi", "/v1/completions", `{}`, 422, "missing field `prompt`"},
		{"tgi", "/tokenize", `{"inputs":"12345678"}`, 200, `"text":"5678","start":4,"stop":8}]`},
		{"tgi", "/tokenize", `{}`, 422, "missing field `inputs`"},
		{"ollama", "/api/chat", ``, 400, `{"error":"missing request body"}`},
		{"ollama", "/api/chat", `{}`, 404, `{"error":"model '' not found"}`},
		{"ollama", "/api/chat", `{` + m + `"keep_alive":"soon",` + helloMessages + `}`, 400, `keep_alive`},
		{"ollama", "/api/chat", `{` + m + `"options":{"temperature":"hot"},` + helloMessages + `}`, 500, `must be of type float32`},
		{"ollama", "/api/chat", `{` + m + `"messages":[]}`, 200, `"message":{"role":"assistant","content":""},"done":true,"done_reason":"load"`},
		{"ollama", "/api/generate", `{` + m + `"prompt":"x","stream":false,"options":{"num_predict":0}}`, 200, `"eval_count":1,`},
		{"ollama", "/api/generate", `{` + m + `"prompt":"x","stream":false,"think":false,"options":{"num_predict":2}}`, 200, `"eval_count":2,`},
		{"ollama", "/api/show", `{"model":"nope"}`, 404, `model 'nope' not found`},
		{"ollama", "/api/show", `{`, 400, `error`},
		{"ollama", "/v1/chat/completions", `{` + m + `"messages":[]}`, 400, `invalid_request_error`},
		{"ollama", "/v1/chat/completions", `{`, 400, `invalid_request_error`},
		{"ollama", "/v1/completions", `{` + m + `"prompt":"x","max_tokens":2}`, 200, `"completion_tokens":2`},
	}
	for _, test := range tests {
		t.Run(test.engine+test.path, func(t *testing.T) {
			s, err := New(Options{Engine: test.engine, Profile: quick(test.engine)})
			if err != nil {
				t.Fatal(err)
			}
			w := post(s, test.path, []byte(test.body))
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%s: HTTP %d %s; want %d with %s", test.body, w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

func TestContentTypesAreAskedFor(t *testing.T) {
	for engine, want := range map[string]int{"vllm": 400, "tgi": 415, "ollama": 200} {
		s, err := New(Options{Engine: engine, Profile: quick(engine)})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, native[engine].ask.path, strings.NewReader(native[engine].ask.body)))
		if w.Code != want {
			t.Errorf("%s without a content type: HTTP %d, want %d", engine, w.Code, want)
		}
	}
}

func TestTGISampling(t *testing.T) {
	s, err := New(Options{Engine: "tgi", Profile: quick("tgi")})
	if err != nil {
		t.Fatal(err)
	}
	text := func(more string) string {
		t.Helper()
		return post(s, "/generate", []byte(`{"inputs":"Hello"`+more+`}`)).Body.String()
	}
	same := func(more string) bool {
		first := text(more)
		return first == text(more)
	}
	if same("") {
		t.Error("without parameters TGI samples, but two answers are the same")
	}
	if !same(`,"parameters":{"details":true}`) {
		t.Error("with parameters TGI is greedy, but two answers differ")
	}
	seeded := text(`,"parameters":{"do_sample":true,"seed":42,"details":true}`)
	if seeded != text(`,"parameters":{"do_sample":true,"seed":42,"details":true}`) || !strings.Contains(seeded, `"seed":42`) {
		t.Errorf("a seed does not fix the answer, or is not told: %s", seeded)
	}
}

// FuzzBodies sends bodies to every generating route: the engine must answer
// each with one of its statuses, and in JSON where it says so.
func FuzzBodies(f *testing.F) {
	routes := map[string][]string{
		"vllm":   {"/v1/chat/completions", "/v1/completions", "/tokenize"},
		"tgi":    {"/generate_stream", "/generate", "/", "/v1/chat/completions", "/v1/completions", "/tokenize"},
		"ollama": {"/api/chat", "/api/generate", "/v1/chat/completions", "/v1/completions", "/api/show"},
	}
	for _, body := range []string{
		`{`, `null`, `[]`, `{"model":"simulated/tiny-7b","prompt":"x","inputs":"x","options":{"num_ctx":1e300,"num_predict":-5}}`,
		`{"prompt":[1,2],"stream":true,"max_tokens":3,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}`,
		`{"model":"simulated/tiny-7b","messages":[{"role":"user","content":[{"text":"é"}]}],"max_tokens":3,"seed":-1,"keep_alive":-1,"think":"high"}`,
		`{"inputs":"x","parameters":{"max_new_tokens":2,"details":true,"seed":18446744073709551615,"temperature":1e-9}}`,
		`{"model":"simulated/tiny-7b","prompt":"","keep_alive":0,"raw":true,"system":"s","stream":false}`,
	} {
		f.Add([]byte(body))
	}
	servers := map[string]*Server{}
	for engine := range routes {
		s, err := New(Options{Engine: engine, Reasoning: 2, Profile: quick(engine)})
		if err != nil {
			f.Fatal(err)
		}
		servers[engine] = s
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for engine, paths := range routes {
			for _, path := range paths {
				w := post(servers[engine], path, body)
				if w.Code < 200 || w.Code > 599 {
					t.Errorf("%s%s: HTTP %d", engine, path, w.Code)
				}
				if strings.HasPrefix(w.Header().Get("Content-Type"), typeJSON) && !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s%s: HTTP %d with a bad document: %s", engine, path, w.Code, w.Body)
				}
			}
		}
	})
}
