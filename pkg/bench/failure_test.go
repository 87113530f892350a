package bench

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestFailuresHaveTheirClasses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answer  http.HandlerFunc
		want    record.Status
		phase   string
		message string
	}{
		{"success without [DONE]", func(w http.ResponseWriter, _ *http.Request) {
			say(w, "a")
			io.WriteString(w, strings.Replace(finished, "data: [DONE]\n\n", "", 1)) //nolint:errcheck,gosec // the client notices
		}, record.StatusOK, "", ""},
		{"no finish marker", func(w http.ResponseWriter, _ *http.Request) { say(w, "a") }, record.StatusTruncated, "stream", "without the engine's finish marker"},
		{"cut within a frame", func(w http.ResponseWriter, _ *http.Request) {
			say(w, "a")
			io.WriteString(w, `data: {"choices":[{"ind`) //nolint:errcheck,gosec // the client notices
		}, record.StatusTruncated, "stream", "after 1 frames"},
		{"cut within the transport", func(w http.ResponseWriter, _ *http.Request) {
			say(w, "a")
			panic(http.ErrAbortHandler)
		}, record.StatusTruncated, "stream", ""},
		{"finished with no token", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, finished) }, record.StatusEmpty, "first_token", "without a single token"}, //nolint:errcheck // as above
		{"an error in the stream", func(w http.ResponseWriter, _ *http.Request) {
			say(w, "a")
			io.WriteString(w, "data: {\"error\":{\"message\":\"CUDA out of \\u001b[31mmemory\",\"type\":\"InternalServerError\",\"code\":500}}\n\ndata: [DONE]\n\n") //nolint:errcheck,gosec // the client notices
		}, record.StatusErrorInStream, "stream", "memory (InternalServerError)"},
		{"a stall", func(w http.ResponseWriter, r *http.Request) { say(w, "a"); hang(r) }, record.StatusTimeoutStall, "stream", "after 1 token frames"},
		{"401", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"error":"no"}`, 401) }, record.StatusHTTP4xx, "headers", "--engine-token-file"},
		{"404", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":{"message":"no such model"}}`, 404)
		}, record.StatusHTTP4xx, "headers", "no such model; check the URL's path"},
		{"429", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow down", 429) }, record.StatusHTTP429, "headers", "lower the load"},
		{"503", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "loading", 503) }, record.StatusHTTP5xx, "headers", "loading"},
		{"a page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html><title>Sign in</title></html>") //nolint:errcheck,gosec // the client notices
		}, record.StatusMalformed, "headers", "Sign in"},
		{"a page that says it is a stream", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "<html>hello</html>\n") //nolint:errcheck,gosec // the client notices
		}, record.StatusMalformed, "first_token", "<html>hello</html>"},
		{"compressed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "\x1f\x8b") //nolint:errcheck,gosec // the client notices
		}, record.StatusMalformed, "headers", "compressed (gzip)"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "https://login.example.com/", 302) }, record.StatusMalformed, "headers", "redirects (HTTP 302) to https://login.example.com/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			once := strings.Replace(five, "iterations: 5, warmup_iterations: 1", "iterations: 1, warmup_iterations: 0", 1)
			o, sink := options(t, once, openAIServer(t, tt.answer))
			o.Targets[0].Model = "m"
			if err := Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			all := sink.of("openai-0", record.PhaseMeasure)
			if len(all) != 1 {
				t.Fatalf("%d samples", len(all))
			}
			checkFailure(t, all[0], tt.want, tt.phase, tt.message)
		})
	}
}

func checkFailure(t *testing.T, s record.Sample, want record.Status, phase, message string) {
	t.Helper()
	if s.Status != want {
		t.Fatalf("status %s, want %s: %+v", s.Status, want, s.Error)
	}
	if want == record.StatusOK {
		return
	}
	if s.Error == nil || s.Error.Phase != phase || !strings.Contains(s.Error.Message, message) {
		t.Errorf("error %+v, want phase %q and %q in the message", s.Error, phase, message)
	}
}

func TestPreflightSaysWhyAnEngineCannotBeMeasured(t *testing.T) {
	mute := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }))
	t.Cleanup(mute.Close)
	locked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"error":"Unauthorized"}`, http.StatusUnauthorized)
	}))
	t.Cleanup(locked.Close)
	private := httptest.NewUnstartedServer(http.HandlerFunc(good))
	private.Config.ErrorLog = log.New(io.Discard, "", 0)
	private.StartTLS()
	t.Cleanup(private.Close)
	for _, tt := range []struct{ name, url, model, want string }{
		{"nobody there", "http://127.0.0.1:1", "", "refused: "},
		{"an unknown authority", private.URL, "", "--engine-ca-file"},
		{"no engine", mute.URL, "", "malformed: "},
		{"no engine, but a model was named", mute.URL, "m", "http_4xx: "},
		{"locked", locked.URL, "", "--engine-token-file"},
		{"another model", openAIServer(t, good), "other", `does not serve "other"; it serves m`},
		{"no stream", openAIServer(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }), "", "malformed: "}, //nolint:errcheck // the client notices
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options(t, five, tt.url)
			o.Targets[0].Model = tt.model
			ready, findings := Preflight(t.Context(), o)
			if len(ready) != 0 || len(findings) == 0 {
				t.Fatalf("%d ready, findings %v", len(ready), findings)
			}
			last := findings[len(findings)-1]
			if text := last.Message + " " + last.Remedy; last.Severity != record.SeverityError || !strings.Contains(text, tt.want) {
				t.Errorf("finding %+v, want %q", last, tt.want)
			}
		})
	}
}
