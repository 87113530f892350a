package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/wire"
)

// heldTexts is a TextSink that keeps them.
type heldTexts struct {
	mu  sync.Mutex
	all []record.Text
}

func (h *heldTexts) Text(t record.Text) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, t)
}

const answered = `data: {"choices":[{"index":0,"delta":{"content":"late"},"finish_reason":null}]}` + "\n\n"

// TestTextsOfEveryOutcome asks for chat and for completions, and spoils answers in
// each of the ways in which they can be.
func TestTextsOfEveryOutcome(t *testing.T) {
	thought := `data: {"choices":[{"index":0,"delta":{"reasoning":"hm"},"finish_reason":null}]}` + "\n\n"
	chat := `data: {"choices":[{"index":0,"delta":{"content":"answer"},"finish_reason":null}]}` + "\n\n"
	plain := `data: {"choices":[{"index":0,"text":"answer","finish_reason":null}]}` + "\n\n"
	finish := `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	end := "data: [DONE]\n\n"
	for _, tt := range []struct {
		name, api, body string
		want            record.Text
	}{
		{"chat", "chat", thought + chat + finish + end, record.Text{Status: record.StatusOK, Reasoning: "hm", Answer: "answer", FinishReason: "stop"}},
		{"completions", "completions", plain + finish + end, record.Text{Status: record.StatusOK, Answer: "answer", FinishReason: "stop"}},
		{"text behind the marker belongs to it, behind the end it does not", "chat", chat + finish + chat + end + answered,
			record.Text{Status: record.StatusOK, Answer: "answeranswer", FinishReason: "stop"}},
		{"an error midway", "chat", chat + `data: {"error":{"message":"CUDA"}}` + "\n\n" + end, record.Text{Status: record.StatusErrorInStream, Answer: "answer"}},
		{"no finish", "chat", chat, record.Text{Status: record.StatusTruncated, Answer: "answer"}},
		{"the engine's token in an answer", "completions", strings.ReplaceAll(plain, "answer", "it is to") + strings.ReplaceAll(plain, "answer", "ken-4711!") + finish + end,
			record.Text{Status: record.StatusOK, Answer: "it is [token]!", FinishReason: "stop"}},
		{"more than is kept", "completions", strings.Repeat(strings.ReplaceAll(plain, "answer", strings.Repeat("é", 64<<10)), 5) + finish + end,
			record.Text{Status: record.StatusOK, Answer: strings.Repeat("é", mostText/2), FinishReason: "stop", AnswerTruncated: true}},
		{"bytes that are no text", "completions", strings.ReplaceAll(plain, "answer", "a\xffb") + finish + end,
			record.Text{Status: record.StatusOK, Answer: "a\ufffdb", FinishReason: "stop"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			target := serveTexts(t, tt.api, tt.body)
			held := &heldTexts{}
			r := newRunner(Options{Texts: held, Sink: &keptSamples{}, Start: time.Now(), RunID: "run"})
			x := &exchange{target: target, keepText: true}
			call := engine.Call{Model: "m", API: tt.api, MaxTokens: 4, Messages: []engine.Message{{Role: "user", Content: "why?"}}}
			out := x.do(t.Context(), call, "id", false)
			r.keepText(x, target, call.Messages, x.sample(r.Start, ticket{requestID: "id", scenario: "s", phase: record.PhaseMeasure}, out))
			tt.want.RequestID, tt.want.Engine, tt.want.Scenario, tt.want.Phase = "id", "openai", "s", record.PhaseMeasure
			tt.want.Messages = []record.TextMessage{{Role: "user", Content: "why?"}}
			if diff := cmp.Diff([]record.Text{tt.want}, held.all); diff != "" {
				t.Errorf("(-want +got):\n%.2000s", diff)
			}
		})
	}
}

func TestLongPromptsAreCut(t *testing.T) {
	target := serveTexts(t, "chat", "")
	held := &heldTexts{}
	r := newRunner(Options{Texts: held, Sink: &keptSamples{}})
	x := &exchange{target: target, decoder: target.Protocol.NewDecoder("chat")}
	r.keepText(x, target, []engine.Message{{Role: "system", Content: strings.Repeat("s", mostText-2)}, {Role: "user", Content: "€uro"}}, record.Sample{})
	got := held.all[0]
	if !got.MessagesTruncated || len(got.Messages) != 2 || len(got.Messages[0].Content) != mostText-2 || got.Messages[1].Content != "" {
		t.Errorf("%d messages, cut: %v, the last %q", len(got.Messages), got.MessagesTruncated, got.Messages[1].Content)
	}
}

func TestATranscriptIsBounded(t *testing.T) {
	var kept transcript
	frame := make([]byte, maxTranscript/2)
	for i, cut := range []bool{false, false, true} {
		if kept.add(frame); kept.cut != cut {
			t.Errorf("cut after %d halves: %v", i+1, kept.cut)
		}
	}
	if kept.add(nil); len(kept.ends) != 2 {
		t.Error("something follows what was left out")
	}
}

// serveTexts is an engine that answers with one stream.
func serveTexts(t *testing.T, api, body string) *Target {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, body) //nolint:errcheck,gosec // the client notices
	}))
	t.Cleanup(server.Close)
	target, err := NewTarget("openai", engine.OpenAI, server.URL, "manual", wire.Options{Token: "token-4711"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	target.API, target.Model = api, "m"
	return target
}

// keptSamples is a Sink that keeps nothing.
type keptSamples struct{}

func (*keptSamples) Sample(record.Sample)       {}
func (*keptSamples) Block(record.Block)         {}
func (*keptSamples) Server(record.ServerSample) {}
