package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/prompt"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

// talker answers each request with a text of its own and keeps what it was asked.
type talker struct {
	mu    sync.Mutex
	asked [][]engine.Message
	// fail says which requests, from 0, are refused.
	fail func(n int) bool
}

func (k *talker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Messages []engine.Message `json:"messages"`
	}
	raw, _ := io.ReadAll(r.Body)   //nolint:errcheck // the next line notices
	_ = json.Unmarshal(raw, &body) //nolint:errcheck // an empty list fails the test
	k.mu.Lock()
	n := len(k.asked)
	k.asked = append(k.asked, body.Messages)
	k.mu.Unlock()
	if k.fail != nil && k.fail(n) {
		http.Error(w, "no", http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"hm\"},\"finish_reason\":null}]}\n\n") //nolint:errcheck // the client notices
	say(w, "answer ")
	say(w, fmt.Sprint(n))
	io.WriteString(w, finished) //nolint:errcheck,gosec // the client notices
}

// heard returns what was asked so far.
func (k *talker) heard() [][]engine.Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.asked)
}

func converse(t *testing.T, o *Options, turns string) {
	t.Helper()
	o.Prompts = prompt.New(nil, prompt.Options{Seed: 1, PrefixCache: prompt.Bust, Turns: distribution(t, turns)})
}

func turnsOf(samples []record.Sample) (turns []int) {
	for _, s := range samples {
		turns = append(turns, s.Turn)
	}
	return turns
}

const seven = `
test_scenarios: {ttft: {iterations: 7, warmup_iterations: 0, max_tokens: 4}, load_tests: []}
`

func TestAConversationCarriesTheEnginesOwnAnswers(t *testing.T) {
	t.Parallel()
	k := &talker{}
	o, sink := options(t, seven, openAIServer(t, k.ServeHTTP))
	converse(t, &o, "3")
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2, 3, 1, 2, 3, 1}, turnsOf(sink.of("openai-0", record.PhaseMeasure))); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
	asked := k.heard()
	third := asked[2]
	if len(third) != 5 || third[1] != (engine.Message{Role: "assistant", Content: "answer 0"}) || third[3].Content != "answer 1" || third[4].Role != "user" {
		t.Errorf("the third turn is %+v", third)
	}
	if !slices.Equal(asked[1], third[:3]) || len(asked[3]) != 1 || asked[3][0] == asked[0][0] {
		t.Errorf("turns do not build on each other, or the next conversation is the same")
	}
}

func TestAFailedTurnEndsItsConversation(t *testing.T) {
	t.Parallel()
	k := &talker{fail: func(n int) bool { return n == 1 }}
	o, sink := options(t, seven, openAIServer(t, k.ServeHTTP))
	converse(t, &o, "3")
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2, 1, 2, 3, 1, 2}, turnsOf(sink.of("openai-0", record.PhaseMeasure))); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
}

func TestARetriedTurnSaysTheSame(t *testing.T) {
	t.Parallel()
	k := &talker{fail: func(n int) bool { return n == 1 }}
	o, sink := options(t, seven+"retries: {max_attempts: 2, on: [http_503], initial_backoff_ms: 1}", openAIServer(t, func(w http.ResponseWriter, r *http.Request) {
		k.ServeHTTP(statusInstead{w}, r)
	}))
	converse(t, &o, "3")
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2, 2, 3, 1, 2, 3, 1}, turnsOf(sink.of("openai-0", record.PhaseMeasure))); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
	if asked := k.heard(); !slices.Equal(asked[1], asked[2]) {
		t.Error("the second attempt asks something else")
	}
}

// statusInstead turns a refusal of 500 into one of 503.
type statusInstead struct{ http.ResponseWriter }

func (s statusInstead) WriteHeader(int) { s.ResponseWriter.WriteHeader(http.StatusServiceUnavailable) }
func (s statusInstead) Flush()          { s.ResponseWriter.(http.Flusher).Flush() }

// Each user leads conversations of their own; in an open loop whoever has waited
// the longest goes on.
func TestConversationsUnderLoad(t *testing.T) {
	t.Parallel()
	for _, shape := range []string{"concurrent_users: 3", "arrival: constant, rate_per_s: 60"} {
		t.Run(shape, func(t *testing.T) {
			k := &talker{}
			o, sink := options(t, "test_scenarios: {ttft: {enabled: false}, load_tests: [{name: l, duration_seconds: 1, max_tokens: 4, "+shape+"}]}", openAIServer(t, k.ServeHTTP))
			converse(t, &o, "4")
			if err := Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			counts := map[int]int{}
			for _, s := range sink.of("openai-0", record.PhaseMeasure) {
				counts[s.Turn]++
			}
			if counts[0] != 0 || counts[2] == 0 || counts[5] != 0 || counts[1] < counts[2] || counts[2] < counts[3] || counts[3] < counts[4] {
				t.Errorf("requests by turn: %v", counts)
			}
			for _, messages := range k.heard() {
				for i, m := range messages {
					if want := [...]string{"user", "assistant"}[i%2]; m.Role != want || m.Role == "assistant" && !strings.HasPrefix(m.Content, "answer ") {
						t.Fatalf("message %d is %+v", i, m)
					}
				}
			}
		})
	}
}

func TestConversationsEndBeforeTheContextDoes(t *testing.T) {
	t.Parallel()
	o, sink := options(t, `
test_scenarios: {ttft: {iterations: 40, warmup_iterations: 0, max_tokens: 20}, load_tests: []}
`)
	addKind(t, &o, "vllm", "")
	o.Targets[0].Info.ContextLength = 600
	shape := prompt.Synthetic{Input: distribution(t, "100"), Output: distribution(t, "20")}
	o.Prompts = prompt.NewSynthetic(shape, prompt.Options{Seed: 1, PrefixCache: prompt.Bust, Turns: distribution(t, "50")})
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	deepest := 0
	for _, s := range sink.of("vllm", record.PhaseMeasure) {
		deepest = max(deepest, s.Turn)
		if n := s.PromptTokens.Or(0) + s.OutputTokens.Or(0); n > 600 || s.Status != record.StatusOK {
			t.Errorf("turn %d has %d tokens: %s", s.Turn, n, s.Status)
		}
		if s.PromptTargetTokens.Known() != (s.Turn == 1) || !s.OutputTargetTokens.Known() {
			t.Errorf("turn %d aims at %v and %v", s.Turn, s.PromptTargetTokens, s.OutputTargetTokens)
		}
	}
	if deepest < 3 {
		t.Errorf("conversations had at most %d turns", deepest)
	}
}

// The text of every engine's frames is put together again.
func TestConversationsWithEveryEngine(t *testing.T) {
	t.Parallel()
	for kind, path := range map[string]string{"vllm": "/v1/chat/completions", "tgi": "/generate_stream", "ollama": "/api/chat"} {
		o, sink := options(t, `
test_scenarios: {ttft: {iterations: 4, warmup_iterations: 0, max_tokens: 12}, load_tests: []}
`)
		asked := addKind(t, &o, kind, "")
		converse(t, &o, "2")
		if err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{1, 2, 1, 2}, turnsOf(sink.of(kind, record.PhaseMeasure))); diff != "" {
			t.Errorf("%s: turns (-want +got):\n%s", kind, diff)
		}
		bodies := asked.of(path)
		if second := bodies[len(bodies)-1]; len(second) < len(bodies[len(bodies)-2])+40 || !strings.Contains(second, "assistant") {
			t.Errorf("%s: the second turn holds no answer: %s", kind, second)
		}
	}
}
