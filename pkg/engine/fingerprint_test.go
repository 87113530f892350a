package engine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// client is a Getter on net/http.
type client struct{ base string }

func (c client) Get(ctx context.Context, path string) (int, http.Header, []byte, error) {
	return c.send(ctx, http.MethodGet, path, nil)
}

func (c client) Post(ctx context.Context, path string, json []byte) (int, http.Header, []byte, error) {
	return c.send(ctx, http.MethodPost, path, json)
}

func (c client) send(ctx context.Context, method, path string, body []byte) (int, http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, answer, err
}

// site serves recorded answers by path, and otherwise as its "*" says: by a
// status alone, or by what is recorded under a name.
type site map[string]any

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, known := s[r.URL.Path]
	if !known {
		answer = s["*"]
	}
	switch a := answer.(type) {
	case exchange:
		w.Header().Set("Content-Type", a.header.Get("Content-Type"))
		w.WriteHeader(a.status)
		w.Write(a.body) //nolint:errcheck // the client will notice
	case string:
		io.WriteString(w, a) //nolint:errcheck // as above
	case int:
		w.WriteHeader(a)
	default:
		http.NotFound(w, r)
	}
}

func serve(t *testing.T, s http.Handler) client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return client{base: server.URL}
}

var (
	vllmModels = []Model{{Name: "bench/tiny-7b", Root: "/models/tiny-7b", ContextLength: 4096}}
	tgiModels  = []Model{{Name: "bench/tiny-7b", ContextLength: 4096, Loaded: true}}
)

const webPage = "<!DOCTYPE html><html><head><title>Welcome</title></head></html>"

// fingerprints lists endpoints and what they are.
func fingerprints(t *testing.T) map[string]struct {
	site site
	want Identity
} {
	t.Helper()
	renamed := strings.ReplaceAll(string(load(t, "vllm/models.http").body), `"owned_by":"vllm"`, `"owned_by":"acme"`)
	return map[string]struct {
		site site
		want Identity
	}{
		"vLLM": {
			site{"/v1/models": load(t, "vllm/models.http"), "/version": load(t, "vllm/version.http")},
			Identity{Kind: VLLM, Version: "0.27.0", Models: vllmModels},
		},
		"vLLM 0.32.0 itself": {
			site{"/v1/models": load(t, "vllm-0.32.0/models.raw"), "/version": load(t, "vllm-0.32.0/version.raw"), "/metrics": load(t, "vllm-0.32.0/metrics.raw")},
			Identity{Kind: VLLM, Version: "0.32.0", Models: []Model{{Name: "tiny", Root: "/srv/model/tiny", ContextLength: 4096}}},
		},
		"vLLM behind a gateway that renames the owner": {
			site{"/v1/models": renamed, "/version": load(t, "vllm/version.http"), "/metrics": "# HELP x\nvllm:num_requests_running{engine=\"0\"} 0\n"},
			Identity{Kind: VLLM, Version: "0.27.0", Models: vllmModels},
		},
		"vLLM behind a proxy that knows no other path": {
			site{"/v1/models": load(t, "vllm/models.http"), "/version": load(t, "vllm/version.http"), "*": 503},
			Identity{Kind: VLLM, Version: "0.27.0", Models: vllmModels},
		},
		"vLLM behind a proxy that answers all else with a page": {
			site{"/v1/models": load(t, "vllm/models.http"), "*": webPage},
			Identity{Kind: VLLM, Models: vllmModels},
		},
		"vLLM behind a proxy that answers all else with an error in JSON": {
			site{"/v1/models": load(t, "vllm/models.http"), "*": `{"error":{"message":"no such route","code":404}}`},
			Identity{Kind: VLLM, Models: vllmModels},
		},
		"a gateway with vLLM's series but no version of it": {
			site{"/v1/models": renamed, "/metrics": "vllm:num_requests_running 0\n"},
			Identity{Kind: OpenAI, Models: vllmModels, Details: map[string]string{"owned_by": "acme"}},
		},
		"a server with vLLM's version route but no series of vLLM's": {
			site{"/v1/models": renamed, "/version": `{"version":"1.0"}`, "/metrics": "up 1\n# vllm: no\n"},
			Identity{Kind: OpenAI, Models: vllmModels, Details: map[string]string{"owned_by": "acme"}},
		},
		"vLLM's simulator": {
			site{"/v1/models": load(t, "vllm-simulator/models.raw")},
			Identity{Kind: VLLM, Models: []Model{
				{Name: "sim-tiny", Root: "sim/tiny", ContextLength: 1024}, {Name: "sim-alias", Root: "sim/tiny", ContextLength: 1024},
			}},
		},
		"llama.cpp": {
			site{"/v1/models": load(t, "llamacpp/models.raw"), "/api/tags": load(t, "llamacpp/models.raw")},
			Identity{Kind: OpenAI, Models: []Model{{Name: "tiny", DtypeOrQuantisation: "all F32", ContextLength: 2048}}, Details: map[string]string{"owned_by": "llamacpp"}},
		},
		"TGI": {
			site{"/info": load(t, "tgi/info.http"), "/v1/models": load(t, "tgi/models.http")},
			Identity{Kind: TGI, Version: "3.3.6-dev0", Models: tgiModels, Details: map[string]string{"max_concurrent_requests": "128", "max_total_tokens": "4096"}},
		},
		"an older TGI": {
			site{"/info": `{"model_id":"m","model_dtype":"torch.float16","max_total_tokens":2048,"version":"1.4.0"}`},
			Identity{Kind: TGI, Version: "1.4.0", Models: []Model{{Name: "m", DtypeOrQuantisation: "torch.float16", ContextLength: 2048, Loaded: true}}, Details: map[string]string{"max_total_tokens": "2048"}},
		},
		"Ollama with a model loaded": {
			site{"/api/version": load(t, "ollama/version.raw"), "/api/tags": load(t, "ollama/tags.raw"), "/api/ps": load(t, "ollama/ps.raw"), "/v1/models": load(t, "ollama/openai-models.raw")},
			Identity{Kind: Ollama, Version: "0.33.0-rc2", Models: []Model{
				{Name: "tiny:latest", ContextLength: 2048, Loaded: true}, {Name: "mid:latest"}, {Name: "think:latest"},
			}},
		},
		"Ollama with none loaded": {
			site{"/api/version": load(t, "ollama/version.raw"), "/api/ps": load(t, "ollama/ps-empty.raw"),
				"/api/tags": `{"models":[{"name":"llama3:8b","details":{"quantization_level":"Q4_K_M","context_length":8192}}]}`},
			Identity{Kind: Ollama, Version: "0.33.0-rc2", Models: []Model{{Name: "llama3:8b", DtypeOrQuantisation: "Q4_K_M"}}},
		},
		"an old Ollama, which does not tell what is loaded": {
			site{"/api/version": `{"version":"0.1.20"}`, "/api/tags": `{"models":[]}`},
			Identity{Kind: Ollama, Version: "0.1.20", Models: []Model{}},
		},
	}
}

func TestFingerprint(t *testing.T) {
	for name, tt := range fingerprints(t) {
		t.Run(name, func(t *testing.T) {
			g := serve(t, tt.site)
			p, got, err := Fingerprint(t.Context(), g)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if p.Kind() != tt.want.Kind {
				t.Errorf("the protocol is of kind %s", p.Kind())
			}
			again, ok, err := p.Identify(t.Context(), g)
			if err != nil || !ok {
				t.Fatalf("asked by its own kind: ok %v, %v", ok, err)
			}
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("asked by its own kind:\n%s", diff)
			}
		})
	}
}

func TestFingerprintRefuses(t *testing.T) {
	embeddings := `{"model_id":"m","model_dtype":"float16","max_concurrent_requests":512,"max_input_length":512,"version":"1.2"}`
	tests := []struct {
		name string
		site site
		want error
		text string
	}{
		{"without its token", site{"/v1/models": load(t, "vllm/err-unauthorized.http")}, ErrUnauthorized, "/v1/models answered HTTP 401 (Unauthorized)"},
		{"everything guarded", site{"*": 403}, ErrUnauthorized, "/api/version answered HTTP 403 (an empty body)"},
		{"still loading", site{"*": 503}, ErrNotReady, "it may still be loading its model, or a proxy in front cannot reach it"},
		{"a web server", site{"*": webPage}, ErrUnrecognised, "check the URL"},
		{"a server of nothing", site{}, ErrUnrecognised, "check the URL"},
		{"errors in JSON with status 200", site{"*": `{"error":"no such route"}`}, ErrUnrecognised, "check the URL"},
		{"a JSON server of other things", site{"/api/version": `{"Version":"v2.9"}`, "/info": `{"build":{}}`, "/v1/models": `[]`}, ErrUnrecognised, "check the URL"},
		{"a version and tags of other things", site{"/api/version": `{"version":"2"}`, "/api/tags": `{"tags":[]}`}, ErrUnrecognised, "check the URL"},
		{"an embedding server", site{"/info": embeddings}, ErrUnrecognised, "check the URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, id, err := Fingerprint(t.Context(), serve(t, tt.site))
			if p != nil || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %v, %+v, %v", p, id, err)
			}
		})
	}
}

func TestFingerprintOfASilentEndpoint(t *testing.T) {
	server := httptest.NewServer(site{})
	server.Close()
	_, _, err := Fingerprint(t.Context(), client{base: server.URL})
	if err == nil || errors.Is(err, ErrUnrecognised) || !strings.Contains(err.Error(), "ask the endpoint for /api/version") {
		t.Errorf("got %v", err)
	}
}

// TestIdentifyOfAnotherKind asks each endpoint as every kind it is not.
func TestIdentifyOfAnotherKind(t *testing.T) {
	for name, tt := range fingerprints(t) {
		t.Run(name, func(t *testing.T) {
			g := serve(t, tt.site)
			for _, kind := range Kinds() {
				if kind == tt.want.Kind || kind == OpenAI {
					continue // OpenAI's routes are what all of them have
				}
				if _, ok, err := protocol(t, kind).Identify(t.Context(), g); ok {
					t.Errorf("it passes for %s (%v)", kind, err)
				}
			}
		})
	}
}

func TestHealthPaths(t *testing.T) {
	want := map[Kind]string{VLLM: "/health", TGI: "/health", Ollama: "/api/tags", OpenAI: "/v1/models"}
	got := map[Kind]string{}
	for _, kind := range Kinds() {
		got[kind] = protocol(t, kind).HealthPath()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
