package bench

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/lengths"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/simulate"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

func distribution(t *testing.T, text string) lengths.Distribution {
	t.Helper()
	d, err := lengths.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// bodies keeps what a server was asked, by path.
type bodies struct {
	mu  sync.Mutex
	all map[string][]string
}

func (b *bodies) keep(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) //nolint:errcheck // the handler behind notices
		b.mu.Lock()
		if b.all == nil {
			b.all = map[string][]string{}
		}
		b.all[r.URL.Path] = append(b.all[r.URL.Path], string(body))
		b.mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		next.ServeHTTP(w, r)
	})
}

func (b *bodies) of(path string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all[path]
}

// addKind adds a simulated engine of a kind to the targets, asked by an API form.
func addKind(t *testing.T, o *Options, kind, api string) *bodies {
	t.Helper()
	sim, err := simulate.New(simulate.Options{Engine: kind, Model: "m", Seed: 1, Profile: quickEngine})
	if err != nil {
		t.Fatal(err)
	}
	asked := &bodies{}
	server := httptest.NewServer(asked.keep(sim.Handler()))
	t.Cleanup(server.Close)
	addTarget(t, o, kind, engine.Kind(kind), api, server.URL)
	return asked
}

func addTarget(t *testing.T, o *Options, name string, kind engine.Kind, api, url string) {
	t.Helper()
	target, err := NewTarget(name, kind, url, "simulate", wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	target.Model, target.API = "m", api
	o.Targets = append(o.Targets, target)
}

// findings gathers what a run finds.
func findings(o *Options) func() map[string]record.Finding {
	var mu sync.Mutex
	found := map[string]record.Finding{}
	o.Notify = func(e Event) {
		if e.Kind == EventFinding {
			mu.Lock()
			defer mu.Unlock()
			found[e.Finding.ID] = *e.Finding
		}
	}
	return func() map[string]record.Finding { mu.Lock(); defer mu.Unlock(); return found }
}

const forty = `
test_scenarios: {ttft: {iterations: 40, warmup_iterations: 0, max_tokens: 0}, load_tests: []}
generation: {max_tokens: 2, context_length: 8192}
`

func synthetic(t *testing.T, o *Options, input, output string) {
	t.Helper()
	shape := prompt.Synthetic{Input: distribution(t, input)}
	if output != "" {
		shape.Output = distribution(t, output)
	}
	o.Prompts = prompt.NewSynthetic(shape, prompt.Options{Seed: 1, PrefixCache: prompt.Bust, Nonce: "run"})
}

// miss is by how much the mean of prompts misses what was aimed at, and the
// most by which one prompt does beyond what it may.
func miss(t *testing.T, samples []record.Sample) (mean, worst float64) {
	t.Helper()
	var sum, target float64
	for _, s := range samples {
		if s.Status != record.StatusOK {
			t.Fatalf("%s: %+v", s.Status, s.Error)
		}
		got, want := float64(s.PromptTokens.Or(0)), float64(s.PromptTargetTokens.Or(0))
		sum += got
		target += want
		worst = max(worst, math.Abs(got-want)-max(2, 0.02*want))
	}
	return math.Abs(sum/target - 1), worst
}

func TestLengthsAreHitOnEveryEngine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, api, tokenize string }{
		{"vllm", "", "/tokenize"}, {"vllm", "completions", "/tokenize"},
		{"tgi", "", "/tokenize"}, {"tgi", "chat", ""},
		{"ollama", "", ""}, {"ollama", "generate", ""},
	} {
		t.Run(c.kind+" "+c.api, func(t *testing.T) {
			t.Parallel()
			o, sink := options(t, forty)
			asked := addKind(t, &o, c.kind, c.api)
			synthetic(t, &o, "480±240 in 64..2048", "20±5")
			found := findings(&o)
			if err := Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			samples := sink.of(c.kind, record.PhaseMeasure)
			mean, worst := miss(t, samples)
			if mean > 0.005 || worst > 0 || len(samples) != 40 {
				t.Errorf("%d prompts miss by %.2f %% on the mean, and one by %.1f more than it may", len(samples), mean*100, worst)
			}
			if n := len(asked.of("/tokenize")); (n > 0) != (c.tokenize != "") {
				t.Errorf("/tokenize was asked %d times", n)
			}
			if len(found()) > 0 {
				t.Errorf("findings %v", found())
			}
			forced := 0
			for _, s := range samples {
				if s.OutputTokens == s.OutputTargetTokens {
					forced++
				}
			}
			if c.kind == "vllm" && forced != 40 {
				t.Errorf("%d of 40 answers have the length that was asked for", forced)
			}
		})
	}
}

// A tenth of the words are several tokens to this server, which has a template
// of 40 tokens; with /tokenize each prompt hits its length, without it the mean.
func TestLengthsAreHitWhereWordsAreSplit(t *testing.T) {
	t.Parallel()
	for _, tokenizer := range []bool{true, false} {
		o, sink := options(t, forty)
		mux := http.NewServeMux()
		mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
			n := pieces(r)
			say(w, "a")
			fmt.Fprintf(w, `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":%d,"completion_tokens":1}}`+"\n\ndata: [DONE]\n\n", n) //nolint:errcheck // the client notices
		})
		if tokenizer {
			mux.HandleFunc("POST /tokenize", func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(w, `{"count":%d}`, pieces(r)-1) //nolint:errcheck // the client notices
			})
		}
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		addTarget(t, &o, "vllm", engine.VLLM, "", server.URL)
		synthetic(t, &o, "300±100 in 100..600", "")
		if err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		mean, worst := miss(t, sink.of("vllm", record.PhaseMeasure))
		if mean > 0.02 || tokenizer && (worst > 0 || mean > 0.005) {
			t.Errorf("tokenizer %t: prompts miss by %.2f %% on the mean, and one by %.1f more than it may", tokenizer, mean*100, worst)
		}
	}
}

// pieces counts a request's words, some of which are several tokens.
func pieces(r *http.Request) int {
	body, _ := io.ReadAll(r.Body) //nolint:errcheck // a wrong count fails the test
	_, text, _ := strings.Cut(string(body), `"content":"`)
	text, _, _ = strings.Cut(text, `"`)
	n := 40
	for _, w := range strings.Fields(text) {
		n++
		if (len(w)*7+int(w[0])*3+int(w[len(w)-1]))%10 == 0 {
			n += len(w) / 3
		}
	}
	return n
}

func texts(t *testing.T, asked *bodies, path string) (all []string) {
	t.Helper()
	for _, body := range asked.of(path) {
		if !strings.Contains(body, "Continue:") {
			t.Fatalf("an odd prompt: %s", body)
		}
		_, text, _ := strings.Cut(body, "Continue:")
		text, _, _ = strings.Cut(text, `"`)
		all = append(all, text)
	}
	return all[max(len(all)-40, 0):] // those before were trials
}

func TestEnginesThatCountAlikeGetTheSameTexts(t *testing.T) {
	t.Parallel()
	o, _ := options(t, forty)
	vllm, ollama := addKind(t, &o, "vllm", ""), addKind(t, &o, "ollama", "")
	synthetic(t, &o, "480±100", "")
	found := findings(&o)
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	a, b := texts(t, vllm, "/v1/chat/completions"), texts(t, ollama, "/api/chat")
	if strings.Join(a, "\n") != strings.Join(b, "\n") || len(a) != 40 {
		t.Error("two engines that count alike were asked different texts")
	}
	if len(found()) > 0 {
		t.Errorf("findings %v", found())
	}
}

func TestEnginesThatCountDifferentlyGetTextsOfTheirOwn(t *testing.T) {
	t.Parallel()
	o, sink := options(t, forty)
	vllm, tgi := addKind(t, &o, "vllm", ""), addKind(t, &o, "tgi", "")
	synthetic(t, &o, "200±40", "")
	found := findings(&o)
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vllm", "tgi"} {
		if mean, worst := miss(t, sink.of(name, record.PhaseMeasure)); mean > 0.005 || worst > 0 {
			t.Errorf("%s misses by %.2f %%", name, mean*100)
		}
	}
	a, b := texts(t, vllm, "/v1/chat/completions"), texts(t, tgi, "/generate_stream")
	for i := range a {
		if a[i] == b[i] || !strings.HasPrefix(b[i], a[i]) {
			t.Fatalf("the longer text does not go on from the shorter one: %.60q and %.60q", a[i], b[i])
		}
	}
	f := found()["prompt-text-differs"]
	if !strings.Contains(f.Message, "200 on vllm, 18") || f.Severity != record.SeverityInfo {
		t.Errorf("finding %+v", f)
	}
}

func TestAnEngineThatDoesNotCountIsSaidSo(t *testing.T) {
	t.Parallel()
	o, sink := options(t, forty, openAIServer(t, good))
	synthetic(t, &o, "100", "")
	found := findings(&o)
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if f := found()["lengths-not-calibrated"]; f.Subject != "openai-0" || !strings.Contains(f.Message, "reports no prompt_tokens") {
		t.Errorf("findings %v", found())
	}
	if n := len(sink.of("openai-0", record.PhaseMeasure)); n != 40 {
		t.Errorf("%d samples: the run must go on", n)
	}
}

func TestPreflightSendsAShortPrompt(t *testing.T) {
	t.Parallel()
	o, sink := options(t, forty)
	asked := addKind(t, &o, "vllm", "")
	o.Targets[0].Model = ""
	synthetic(t, &o, "4000", "500")
	if ready, findings := Preflight(t.Context(), o); len(ready) != 1 {
		t.Fatalf("findings %v", findings)
	}
	body := asked.of("/v1/chat/completions")[0]
	if words := len(strings.Fields(body)); words > 2*preflightPrompt || !strings.Contains(body, `"max_tokens":16`) {
		t.Errorf("the trial stream asked %d words: %s", words, body)
	}
	if s := sink.samples[0]; s.PromptTargetTokens.Known() || s.OutputTargetTokens.Known() {
		t.Errorf("a trial has targets: %+v", s)
	}
}

func TestAScenariosLimitGoesBeforeDrawnLengths(t *testing.T) {
	t.Parallel()
	o, sink := options(t, `
test_scenarios: {ttft: {iterations: 5, warmup_iterations: 0, max_tokens: 8}, load_tests: []}
`)
	addKind(t, &o, "vllm", "")
	synthetic(t, &o, "100", "20±5")
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, s := range sink.of("vllm", record.PhaseMeasure) {
		if s.OutputTokens != record.Some(int64(8)) || s.OutputTargetTokens != record.Some(int64(8)) {
			t.Errorf("an answer of %v tokens, asked for %v", s.OutputTokens, s.OutputTargetTokens)
		}
	}
}

func TestCalibrationEndsWithTheRun(t *testing.T) {
	t.Parallel()
	o, _ := options(t, forty, openAIServer(t, func(_ http.ResponseWriter, r *http.Request) { hang(r) }))
	synthetic(t, &o, "100", "")
	found := findings(&o)
	ctx, cancel := contextFor(t, 100*time.Millisecond)
	defer cancel()
	if err := Run(ctx, o); err == nil {
		t.Error("an interrupted run has no error")
	}
	if len(found()) > 0 {
		t.Errorf("findings %v", found())
	}
}
