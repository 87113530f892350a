package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept is a Sink that remembers.
type kept struct {
	mu      sync.Mutex
	samples []record.Sample
	blocks  map[string]record.Block
	server  []record.ServerSample
}

func (k *kept) Sample(s record.Sample) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.samples = append(k.samples, s)
}

func (k *kept) Block(b record.Block) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.blocks == nil {
		k.blocks = map[string]record.Block{}
	}
	k.blocks[b.ID] = b
}

func (k *kept) Server(s record.ServerSample) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.server = append(k.server, s)
}

// of returns the samples of an engine in a phase, in order.
func (k *kept) of(engine string, phase record.Phase) (all []record.Sample) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.samples {
		if s.Engine == engine && s.Phase == phase && s.Scenario != "preflight" {
			all = append(all, s)
		}
	}
	return all
}

// openAIServer answers /v1/models and hands generations to h.
func openAIServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"object":"list","data":[{"id":"m","object":"model","owned_by":"test"}]}`) //nolint:errcheck,gosec // the client notices
	})
	mux.HandleFunc("POST /v1/chat/completions", h)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// say writes a chunk with a text.
func say(w http.ResponseWriter, text string) {
	fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":null}]}\n\n", text) //nolint:errcheck // the client notices
	w.(http.Flusher).Flush()
}

const finished = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"

// hang waits until the client hangs up, which a server notices only once it has
// read the request.
func hang(r *http.Request) {
	io.Copy(io.Discard, r.Body) //nolint:errcheck,gosec // only its end is of interest
	<-r.Context().Done()
}

// good answers with two tokens.
func good(w http.ResponseWriter, _ *http.Request) {
	say(w, "a")
	say(w, "b")
	io.WriteString(w, finished) //nolint:errcheck,gosec // the client notices
}

func options(t *testing.T, yaml string, urls ...string) (Options, *kept) {
	t.Helper()
	loaded, err := config.Load([]config.Source{{Name: "test", Data: []byte(yaml)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	sink := &kept{}
	o := Options{Config: loaded.Config, Prompts: prompt.New(nil, prompt.Options{Seed: 1, PrefixCache: prompt.Bust}), Seed: 1, Start: time.Now(), RunID: "run", Sink: sink}
	for i, u := range urls {
		target, err := NewTarget(fmt.Sprintf("openai-%d", i), engine.OpenAI, u, "manual", wire.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(target.Close)
		o.Targets = append(o.Targets, target)
	}
	return o, sink
}

const five = `
test_scenarios: {ttft: {iterations: 5, warmup_iterations: 1, max_tokens: 4}, load_tests: []}
timeouts: {first_token_seconds: 20, stall_seconds: 0.2, total_seconds: 20}
`

func TestEveryEngineIsAskedTheSameInTheSameOrder(t *testing.T) {
	var mu sync.Mutex
	asked := map[string][]string{}
	handler := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body) //nolint:errcheck // compared below
			mu.Lock()
			asked[name] = append(asked[name], string(body))
			mu.Unlock()
			good(w, r)
		}
	}
	o, sink := options(t, five, openAIServer(t, handler("a")), openAIServer(t, handler("b")))
	ready, findings := Preflight(t.Context(), o)
	if len(ready) != 2 || len(findings) != 0 {
		t.Fatalf("%d ready, findings %v", len(ready), findings)
	}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(asked["a"]) != 7 || strings.Join(asked["a"], "\n") != strings.Join(asked["b"], "\n") {
		t.Errorf("engines were asked different things: %d and %d requests", len(asked["a"]), len(asked["b"]))
	}
	seen := map[string]bool{}
	for _, body := range asked["a"] {
		if seen[body] {
			t.Errorf("asked twice, which a prefix cache answers: %s", body)
		}
		seen[body] = true
	}
	ids := map[string]bool{}
	for _, s := range sink.samples {
		if ids[s.RequestID] {
			t.Errorf("request ID %s came twice", s.RequestID)
		}
		ids[s.RequestID] = true
	}
	for name := range map[string]bool{"openai-0": true, "openai-1": true} {
		all := sink.of(name, record.PhaseMeasure)
		if len(all) != 5 {
			t.Fatalf("%s: %d measured samples", name, len(all))
		}
		for _, s := range all {
			if s.Status != record.StatusOK || s.Frames != 2 || !s.TTFTMS.Known() || !s.E2EMS.Known() || ms(s.TTFTMS) > ms(s.E2EMS) {
				t.Errorf("%s: sample %+v", name, s)
			}
		}
	}
}

func TestRetriesAreSamplesOfTheirOwn(t *testing.T) {
	var asked atomic.Int64
	yaml := `
test_scenarios: {ttft: {iterations: 1, warmup_iterations: 0, max_tokens: 4}, load_tests: []}
retries: {max_attempts: 3, on: [http_503, http_429], initial_backoff_ms: 1, max_backoff_ms: 2}
`
	o, sink := options(t, yaml, openAIServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			http.Error(w, "loading", 503)
		case 2:
			http.Error(w, "slow", 429)
		default:
			good(w, r)
		}
	}))
	o.Targets[0].Model = "m"
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	all := sink.of("openai-0", record.PhaseMeasure)
	if len(all) != 3 {
		t.Fatalf("%d samples", len(all))
	}
	for i, want := range []record.Status{record.StatusHTTP5xx, record.StatusHTTP429, record.StatusOK} {
		if all[i].Status != want || all[i].Attempt != i+1 || all[i].Seq != 0 {
			t.Errorf("attempt %d: %s, attempt %d, seq %d", i+1, all[i].Status, all[i].Attempt, all[i].Seq)
		}
	}
	if ms(all[2].QueueMS) <= ms(all[0].QueueMS) {
		t.Errorf("the retry's delay is hidden: queued %v ms, the first attempt %v ms", ms(all[2].QueueMS), ms(all[0].QueueMS))
	}
}

func TestOthersAreNotRetried(t *testing.T) {
	yaml := `
test_scenarios: {ttft: {iterations: 1, warmup_iterations: 0}, load_tests: []}
retries: {max_attempts: 3, on: [http_503], initial_backoff_ms: 1, max_backoff_ms: 2}
`
	for _, status := range []int{500, 502, 429, 400} {
		o, sink := options(t, yaml, openAIServer(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) }))
		o.Targets[0].Model = "m"
		if err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if n := len(sink.of("openai-0", record.PhaseMeasure)); n != 1 {
			t.Errorf("HTTP %d was sent %d times", status, n)
		}
	}
}

func TestAFailingEngineIsGivenUpAndTheOthersGoOn(t *testing.T) {
	yaml := strings.Replace(five, "iterations: 5", "iterations: 12", 1) +
		"# a load too\n"
	yaml = strings.Replace(yaml, "load_tests: []", "load_tests: [{name: l, concurrent_users: 2, duration_seconds: 1, max_tokens: 4}]", 1)
	bad := openAIServer(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom", 500) })
	o, sink := options(t, yaml, bad, openAIServer(t, good))
	var given atomic.Int64
	o.Notify = func(e Event) {
		if e.Kind == EventFinding && e.Finding.ID == "engine-given-up" && e.Finding.Subject == "openai-0" {
			given.Add(1)
		}
	}
	for _, target := range o.Targets {
		target.Model = "m"
	}
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	var single, loaded int
	for _, s := range sink.of("openai-0", record.PhaseMeasure) {
		if s.Scenario == TTFTScenario {
			single++
		} else {
			loaded++
		}
	}
	if single != mostFailuresInTurn || loaded > 4*mostFailuresPerUser*2 || given.Load() < 1 {
		t.Errorf("the failing engine was asked %d and %d times, given up %d times", single, loaded, given.Load())
	}
	ok := 0
	for _, s := range sink.of("openai-1", record.PhaseMeasure) {
		if s.Scenario == TTFTScenario && s.Status == record.StatusOK {
			ok++
		}
	}
	if ok != 12 {
		t.Errorf("the other engine has %d of 12 results", ok)
	}
}

func TestInterruptionKeepsWhatWasMeasured(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int64
	o, sink := options(t, strings.Replace(five, "iterations: 5", "iterations: 1000", 1), openAIServer(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 5 {
			cancel()
			hang(r)
			return
		}
		good(w, r)
	}))
	o.Targets[0].Model = "m"
	if err := Run(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	all := sink.of("openai-0", record.PhaseMeasure)
	if len(all) != 4 || all[2].Status != record.StatusOK || all[3].Status != record.StatusCancelled {
		t.Errorf("%d samples, the last %s", len(all), all[len(all)-1].Status)
	}
	for id, b := range sink.blocks {
		if !b.Done || !b.Interrupted || b.GapHistogram == "" {
			t.Errorf("block %s: %+v", id, b)
		}
	}
}

func TestAPromptThatWasCutIsSaidOnce(t *testing.T) {
	long := strings.Repeat("word ", 1000)
	for _, tt := range []struct {
		name           string
		tokens, cached int
		want           int64
	}{{"whole", 1001, 0, 0}, {"cut", 256, 0, 1}, {"from the cache", 10, 991, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			o, _ := options(t, five, openAIServer(t, func(w http.ResponseWriter, _ *http.Request) {
				say(w, "a")
				fmt.Fprintf(w, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":%d}}}\n\n%s", tt.tokens, tt.cached, finished) //nolint:errcheck // the client notices
			}))
			o.Prompts = prompt.New([]prompt.Prompt{{ID: "long", Text: long}}, prompt.Options{})
			o.Targets[0].Model = "m"
			var said atomic.Int64
			o.Notify = func(e Event) {
				if e.Kind == EventFinding && e.Finding.ID == "prompt-cut" {
					said.Add(1)
				}
			}
			if err := Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			if said.Load() != tt.want {
				t.Errorf("said %d times, want %d", said.Load(), tt.want)
			}
		})
	}
}

func TestNoEngineIsAnError(t *testing.T) {
	o, _ := options(t, five)
	if err := Run(t.Context(), o); !errors.Is(err, ErrNoEngine) {
		t.Errorf("error %v", err)
	}
}
