package engine

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// brief writes a delta as one word: a or r for answer or reasoning (t for a
// token that is neither), the number of tokens where it is known, then f for
// finish, e for end, and the class of a failure. A frame that says nothing is "-".
func brief(d Delta, reasoning bool) string {
	var b strings.Builder
	switch {
	case d.Answer:
		b.WriteByte('a')
	case d.Token && reasoning:
		b.WriteByte('r')
	case d.Token:
		b.WriteByte('t')
	}
	if d.Tokens != 0 {
		b.WriteString(strconv.Itoa(d.Tokens))
	}
	if d.Finish {
		b.WriteByte('f')
	}
	if d.End {
		b.WriteByte('e')
	}
	if d.Failure != nil {
		b.WriteString("!" + string(d.Failure.Class))
	}
	if b.Len() == 0 {
		return "-"
	}
	return b.String()
}

// totals writes what was counted as "prompt/cached/output source reason".
func totals(t Totals) string {
	count := func(n record.Int) string {
		if v, known := n.Get(); known {
			return strconv.FormatInt(v, 10)
		}
		return "?"
	}
	return fmt.Sprintf("%s/%s/%s %s %s", count(t.PromptTokens), count(t.CachedTokens), count(t.OutputTokens), t.Source, t.FinishReason)
}

// story decodes a stream and returns its deltas, each in brief, and totals.
func story(d Decoder, payloads [][]byte) (deltas []string, all Totals) {
	for _, p := range payloads {
		reasoning, _ := d.Text(p)
		deltas = append(deltas, brief(d.Decode(p), reasoning != ""))
	}
	return deltas, d.Totals()
}

// recorded lists the transcripts of testdata with what each frame says. An
// entry that stands for several equal ones is written "a*7".
var recorded = []struct {
	kind           Kind
	api            string
	file           string
	deltas, totals string
}{
	// The role-only chunk carries nothing; the finish reason rides on the last token.
	{VLLM, "chat", "vllm/chat-stream.http", "- a a a a af e", "?/?/?  stop"},
	{VLLM, "chat", "vllm/chat-stream-usage.http", "- a a a a af - e", "11/?/5 engine length"},
	{VLLM, "chat", "vllm/chat-stream-usage-continuous.http", "- a1 a1 a1 a1 a1f - e", "11/0/5 engine stop"},
	// Empty chunks hide an unfinished character; without a running count nobody can tell.
	{VLLM, "chat", "vllm/chat-stream-multi-token-and-empty.http", "- a a - - a a f - e", "11/?/10 engine stop"},
	{VLLM, "chat", "vllm/chat-stream-reasoning.http", "- r r r a af - e", "11/?/7 engine stop"},
	// Two choices: only the one that ends last finishes the stream.
	{VLLM, "chat", "vllm/chat-stream-n2.http", "- - a a a a - f e", "?/?/?  length"},
	{VLLM, "chat", "vllm/chat-stream-error-first.http", "!error_in_stream e", "?/?/?  "},
	{VLLM, "chat", "vllm/chat-stream-error-midway.http", "- a a !error_in_stream e", "?/?/?  "},
	{VLLM, "chat", "vllm/rust-frontend-chat-error-midway.http", "- a !error_in_stream e", "?/?/?  "},
	// The Rust front end leaves nulls out and finishes in a chunk of its own.
	{VLLM, "chat", "vllm/rust-frontend-chat-stream-usage.http", "- a a a a a f - e", "11/?/5 engine stop"},
	{VLLM, "completions", "vllm/completions-stream-usage.http", "a a a a af - e", "4/?/5 engine length"},
	{VLLM, "completions", "vllm/completions-stream-error-midway.http", "a !error_in_stream e", "?/?/?  "},
	// One event holds the whole answer, and says of how many tokens.
	{VLLM, "completions", "vllm/completions-stream-fake.http", "a5f e", "4/?/5 engine length"},

	// vLLM 0.32.0 itself, on a processor, with a model of random weights.
	{VLLM, "chat", "vllm-0.32.0/chat-stream.raw", "- a*7 af e", "?/?/?  length"},
	{VLLM, "chat", "vllm-0.32.0/chat-stream-usage.raw", "- a*7 af - e", "8/?/8 engine length"},
	{VLLM, "chat", "vllm-0.32.0/chat-stream-continuous.raw", "- a1*5 a1f - e", "8/?/6 engine length"},
	{VLLM, "completions", "vllm-0.32.0/completions-stream-usage.raw", "a*7 af - e", "6/?/8 engine length"},

	{OpenAI, "chat", "vllm-simulator/chat-stream.raw", "- a*8 f e", "?/?/?  length"},
	{OpenAI, "chat", "vllm-simulator/chat-stream-usage.raw", "- a*8 f - e", "14/0/8 engine length"},
	{VLLM, "chat", "vllm-simulator/chat-stream-usage-cont.raw", "- a*4 f - e", "14/0/4 engine length"},
	{OpenAI, "completions", "vllm-simulator/completions-stream-usage.raw", "a*8 f - e", "4/0/8 engine length"},

	// content: null with the role.
	{OpenAI, "chat", "llamacpp/chat-stream.raw", "- a*8 f e", "?/?/?  length"},
	{OpenAI, "chat", "llamacpp/chat-stream-usage.raw", "- a*8 f - e", "38/37/8 engine length"},
	{OpenAI, "chat", "llamacpp/chat-stream-timings.raw", "- a*4 f e", "?/?/?  length"},
	{OpenAI, "chat", "llamacpp/chat-think.raw", "- a*4 f - e", "24/0/4 engine length"},
	{OpenAI, "chat", "llamacpp/err-unknown-model.raw", "- a a f e", "?/?/?  length"},
	// A usage that first comes with the finish marker is no running count.
	{OpenAI, "completions", "llamacpp/completions-stream-usage.raw", "a*8 f e", "13/0/8 engine length"},

	// The role stands on the first token.
	{OpenAI, "chat", "ollama/openai-chat-stream.raw", "a*8 f e", "?/?/?  length"},
	{OpenAI, "chat", "ollama/openai-chat-stream-usage.raw", "a*8 f - e", "38/?/8 engine length"},
	{OpenAI, "chat", "ollama/openai-chat-think.raw", "r*6 f - e", "41/?/6 engine length"},
	// An all-zero usage on every chunk, the real one last.
	{OpenAI, "completions", "ollama/openai-completions-stream-usage.raw", "a*6 f - e", "31/?/6 engine length"},

	// LiteLLM 1.108.7 itself, before a simulated vLLM: its last chunks hold a choice
	// without any text.
	{OpenAI, "chat", "litellm-1.108.7/chat-stream-usage.raw", "- a*4 f - e", "13/0/4 engine length"},
	{OpenAI, "completions", "litellm-1.108.7/completions-stream-usage.raw", "a*4 f - e", "1/0/4 engine length"},
	{OpenAI, "chat", "litellm-1.108.7/chat-stream-error-midway.raw", "- a a !error_in_stream", "?/?/?  "},

	// The role stands on every chunk; the end of sequence is a chunk without text.
	{TGI, "chat", "tgi/chat-stream-usage.http", "a*4 f - e", "9/?/5 engine stop"},
	{TGI, "chat", "tgi/chat-stream-error-midway.http", "a !error_in_stream e", "?/?/?  "},
	// finish_reason "" does not finish.
	{OpenAI, "completions", "tgi/completions-stream.http", "a*4 af e", "6/?/5 engine length"},
	{TGI, "", "tgi/generate_stream.http", "a1*4 a1fe", "6/?/5 engine length"},
	{TGI, "", "tgi/generate_stream-nodetails.http", "a1*4 a1fe", "?/?/5 events "},
	{TGI, "", "tgi/generate_stream-keepalive.http", "a1fe", "6/?/1 engine length"},
	{TGI, "", "tgi/generate_stream-old-nospace.body", "a1 a1fe", "?/?/2 events "},
	{TGI, "", "tgi/generate_stream-top-tokens.http", "a1 a1fe", "6/?/2 engine stop_sequence"},
	// A special token was generated, though it is no answer.
	{TGI, "", "tgi/generate_stream-eos.http", "a1 t1fe", "6/?/2 engine eos_token"},
	{TGI, "", "tgi/generate_stream-error-midway.http", "a1 !error_in_stream", "?/?/1 events "},
	{TGI, "", "tgi/generate_stream-error-overloaded.http", "!overloaded", "?/?/?  "},
	{TGI, "", "tgi/generate_stream-error-validation.http", "!error_in_stream", "?/?/?  "},

	{Ollama, "", "ollama/chat.raw", "a*8 fe", "38/?/8 engine length"},
	{Ollama, "", "ollama/chat-cold.raw", "a*6 fe", "38/?/6 engine length"},
	{Ollama, "", "ollama/chat-again-same-prompt.raw", "a*8 fe", "38/?/8 engine length"},
	{Ollama, "", "ollama/chat-think.raw", "r*8 fe", "41/?/8 engine length"},
	{Ollama, "generate", "ollama/generate.raw", "a*8 fe", "31/?/8 engine length"},
	{Ollama, "generate", "ollama/generate-zero.raw", "a fe", "23/?/1 engine length"},
	{Ollama, "generate", "ollama/long-prompt.raw", "a*3 fe", "1027/?/3 engine length"},
	// A mere load finishes without a token.
	{Ollama, "generate", "ollama/load-empty-prompt.raw", "fe", "?/?/?  load"},
}

// expand writes "a*3" out.
func expand(deltas string) []string {
	var out []string
	for _, word := range strings.Fields(deltas) {
		word, times, repeated := strings.Cut(word, "*")
		n := 1
		if repeated {
			n, _ = strconv.Atoi(times)
		}
		for range n {
			out = append(out, word)
		}
	}
	return out
}

func TestRecordedStreams(t *testing.T) {
	for _, tt := range recorded {
		t.Run(tt.file, func(t *testing.T) {
			deltas, all := story(protocol(t, tt.kind).NewDecoder(tt.api), payloads(t, tt.kind, tt.api, tt.file))
			if diff := cmp.Diff(expand(tt.deltas), deltas); diff != "" {
				t.Errorf("deltas (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.totals, totals(all)); diff != "" {
				t.Errorf("totals (-want +got):\n%s", diff)
			}
		})
	}
}

// usageChunk is a chat chunk as vLLM writes it under continuous_usage_stats.
func usageChunk(text string, count int) string {
	return fmt.Sprintf(`{"choices":[{"index":0,"delta":{"content":%q},"finish_reason":null}],"usage":{"prompt_tokens":11,"total_tokens":%d,"completion_tokens":%d}}`, text, 11+count, count)
}

func textChunk(text string) string {
	return fmt.Sprintf(`{"choices":[{"index":0,"delta":{"content":%q},"finish_reason":null}]}`, text)
}

const (
	roleChunk   = `{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`
	finishChunk = `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
)

// written lists streams that no transcript holds.
var written = []struct {
	name           string
	kind           Kind
	api            string
	frames         []string
	deltas, totals string
}{
	{"a rise without text is a token", VLLM, "chat",
		[]string{usageChunk("", 0), usageChunk("a", 1), usageChunk("", 2), usageChunk("🚀", 5)}, "- a1 t1 a3", "11/?/5 chunks "},
	{"a rise before any text is the first token", VLLM, "chat",
		[]string{usageChunk("", 0), usageChunk("", 2), usageChunk("a", 3)}, "- t2 a1", "11/?/3 chunks "},
	{"a count that repeats or falls says nothing", VLLM, "chat",
		[]string{usageChunk("a", 1), usageChunk("b", 2), usageChunk("c", 2), usageChunk("d", 1), usageChunk("e", 4)}, "a1 a1 a a a2", "11/?/4 chunks "},
	{"a repeated count without text is nothing", VLLM, "chat",
		[]string{usageChunk("a", 1), usageChunk("", 1)}, "a1 -", "11/?/1 chunks "},
	{"a count that comes after uncounted text is no running count", VLLM, "chat",
		[]string{textChunk("a"), usageChunk("b", 2), usageChunk("", 3)}, "a a -", "11/?/3 chunks "},
	{"a role chunk without usage does not spoil the running count", VLLM, "chat",
		[]string{roleChunk, usageChunk("a", 1), usageChunk("b", 3)}, "- a1 a2", "11/?/3 chunks "},
	{"usage: null says nothing", OpenAI, "chat",
		[]string{`{"choices":[{"delta":{"content":"a"}}],"usage":null}`, `{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}`}, "a -", "3/?/1 engine "},
	{"an all-zero usage at the end does not undo the counts", OpenAI, "chat",
		[]string{textChunk("a"), `{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}`, `{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"prompt_tokens_details":{"cached_tokens":0}}}`}, "a - -", "3/?/1 engine "},
	{"a count that is no whole number is no count", OpenAI, "chat",
		[]string{textChunk("a"), `{"choices":[],"usage":{"prompt_tokens":"3","completion_tokens":-1}}`, `{"choices":[],"usage":{"prompt_tokens":null,"completion_tokens":4.0}}`}, "a - -", "?/?/4 engine "},

	{"tool calls are tokens", VLLM, "chat", []string{
		roleChunk,
		`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}}]}`,
		`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}}]}`,
		`{"choices":[{"index":0,"delta":{"content":"","tool_calls":[]}}]}`,
		`{"choices":[{"index":0,"delta":{"tool_calls":null},"finish_reason":"tool_calls"}]}`,
	}, "- a a - f", "?/?/?  tool_calls"},
	{"reasoning under its older name", VLLM, "chat",
		[]string{`{"choices":[{"delta":{"reasoning_content":"hm","content":null}}]}`, `{"choices":[{"delta":{"reasoning":"hm","reasoning_content":"hm"}}]}`, textChunk("a")}, "r r a", "?/?/?  "},
	{"several choices in one chunk", OpenAI, "completions",
		[]string{`{"choices":[{"index":0,"text":""},{"index":1,"text":"b"}]}`, `{"choices":[{"index":1,"text":"","finish_reason":"stop"}]}`, `{"choices":[{"index":0,"text":"a","finish_reason":"length"}]}`}, "a - af", "?/?/?  length"},
	{"an empty finish reason does not finish", OpenAI, "completions",
		[]string{`{"choices":[{"text":"a","finish_reason":""}]}`}, "a", "?/?/?  "},
	{"error: null on every chunk is no error", OpenAI, "chat",
		[]string{`{"error":null,"choices":[{"delta":{"content":"a"}}]}`}, "a", "?/?/?  "},
	{"a progress chunk during prefill is no token", OpenAI, "chat",
		[]string{`{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"prompt_progress":{"total":38,"cache":0,"processed":16,"time_ms":3}}`, textChunk("a")}, "- a", "?/?/?  "},
	{"a blank frame says nothing", OpenAI, "chat", []string{"", "  ", "null", "{}", textChunk("a")}, "- - - - a", "?/?/?  "},
	{"spaces around the end mark", OpenAI, "chat", []string{textChunk("a"), finishChunk, " [DONE] "}, "a f e", "?/?/?  stop"},
	// Ollama's /v1 after its runner died: an ordinary empty chunk and a clean end.
	{"the clean end of a dead runner does not finish", OpenAI, "chat", []string{
		`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"tiny","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}`,
		`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"","choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}`,
	}, "a -", "?/?/?  "},
	{"text behind a total shows that it was none", OpenAI, "chat", []string{
		textChunk("a"), `{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}`, textChunk("c"), "[DONE]",
	}, "a af a e", "3/?/?  stop"},
	{"and the last total is one", OpenAI, "chat", []string{
		textChunk("a"), `{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}`, textChunk("c"),
		`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":3}}`, "[DONE]",
	}, "a af a - e", "3/?/3 engine stop"},
	{"not JSON", OpenAI, "chat", []string{textChunk("a"), `{"choices":[{`, `oops`, `"text"`, `{"choices":7}`}, "a !malformed !malformed !malformed !malformed", "?/?/?  "},
	{"TGI's overload on its chat route", TGI, "chat",
		[]string{`{"error":{"message":"Model is overloaded","http_status_code":422}}`, "[DONE]"}, "!overloaded e", "?/?/?  "},

	{"a special token without text was generated", TGI, "", []string{
		`{"index":1,"token":{"id":1,"text":"","logprob":-0.1,"special":true},"generated_text":null,"details":null}`,
		`{"index":2,"token":{"id":9,"text":"a","logprob":-0.1,"special":false},"generated_text":null,"details":null}`,
		`{"index":3,"token":{"id":9,"text":"","logprob":-1e-7,"special":false},"generated_text":"","details":{"finish_reason":"length","generated_tokens":3,"input_length":6}}`,
	}, "t1 a1 t1fe", "6/?/3 engine length"},
	{"an event after TGI's total", TGI, "", []string{
		`{"token":{"id":9,"text":"a","special":false},"generated_text":"a","details":{"finish_reason":"length","generated_tokens":3,"input_length":6}}`,
		`{"token":{"id":9,"text":"a","special":false},"generated_text":null,"details":null}`,
	}, "a1fe a1", "6/?/3 engine length"},
	{"TGI that breaks off", TGI, "",
		[]string{`{"token":{"id":9,"text":"a","logprob":-0.1,"special":false},"generated_text":null}`}, "a1", "?/?/1 events "},
	{"an end mark that a proxy adds", TGI, "",
		[]string{`{"token":{"id":9,"text":"a","logprob":-0.1,"special":false},"generated_text":"a"}`, "[DONE]"}, "a1fe e", "?/?/1 events "},
	{"not JSON from TGI", TGI, "", []string{`{"token":`}, "!malformed", "?/?/?  "},

	// Thirty equal tokens in a row make Ollama stop without done.
	{"Ollama that stops without done", Ollama, "", []string{
		`{"model":"m","message":{"role":"assistant","content":"a"},"done":false}`,
		`{"model":"m","message":{"role":"assistant","content":"a"},"done":false}`,
	}, "a a", "?/?/?  "},
	{"Ollama's error midway", Ollama, "", []string{
		`{"model":"m","message":{"role":"assistant","content":"a"},"done":false}`,
		`{"error":"an error was encountered while running the model: CUDA error"}`,
	}, "a !error_in_stream", "?/?/?  "},
	{"Ollama's error as an object", Ollama, "", []string{`{"error":{"message":"x","code":null}}`}, "!error_in_stream", "?/?/?  "},
	{"an unload finishes without a token", Ollama, "", []string{`{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"unload"}`}, "fe", "?/?/?  unload"},
	{"a missing prompt count is absent", Ollama, "", []string{
		`{"model":"m","message":{"role":"assistant","content":"a"},"done":false}`,
		`{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":1}`,
	}, "a fe", "?/?/1 engine stop"},
	{"Ollama's last line may carry text", Ollama, "generate", []string{`{"response":"ab","done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}`}, "afe", "3/?/2 engine stop"},
	{"thinking and tool calls of Ollama", Ollama, "", []string{
		`{"message":{"role":"assistant","content":"","thinking":"hm"},"done":false}`,
		`{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},"done":false}`,
		`{"thinking":"hm","response":"","done":false}`,
	}, "r a r", "?/?/?  "},
	{"not JSON from Ollama", Ollama, "", []string{`<html>`}, "!malformed", "?/?/?  "},
}

func TestWrittenStreams(t *testing.T) {
	for _, tt := range written {
		t.Run(tt.name, func(t *testing.T) {
			deltas, all := story(protocol(t, tt.kind).NewDecoder(tt.api), asPayloads(tt.frames))
			if diff := cmp.Diff(expand(tt.deltas), deltas); diff != "" {
				t.Errorf("deltas (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.totals, totals(all)); diff != "" {
				t.Errorf("totals (-want +got):\n%s", diff)
			}
		})
	}
}

func asPayloads(frames []string) [][]byte {
	out := make([][]byte, len(frames))
	for i, f := range frames {
		out[i] = []byte(f)
	}
	return out
}

func TestTimings(t *testing.T) {
	tests := []struct {
		name   string
		kind   Kind
		frames [][]byte
		want   map[string]float64
	}{
		{"Ollama's nanoseconds", Ollama, payloads(t, Ollama, "", "ollama/chat-cold.raw"), map[string]float64{
			"total_duration_ms": 1125.323687, "load_duration_ms": 527.722573, "prompt_eval_duration_ms": 454.084, "eval_duration_ms": 141.578,
		}},
		{"llama.cpp's timings", OpenAI, payloads(t, OpenAI, "", "llamacpp/chat-stream-usage.raw"), map[string]float64{
			"prompt_ms": 13.881, "prompt_per_token_ms": 13.881, "predicted_ms": 2.518, "predicted_per_token_ms": 0.3597142857142857,
		}},
		{"vLLM's metrics", VLLM, asPayloads([]string{
			textChunk("a"),
			`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1},"metrics":{"time_to_first_token_ms":52.5,"queue_time_ms":0,"kv_hit":3,"note_ms":"x","gap_ms":null}}`,
		}), map[string]float64{"time_to_first_token_ms": 52.5, "queue_time_ms": 0}},
		{"none", VLLM, payloads(t, VLLM, "", "vllm/completions-stream-fake.http"), nil},
		{"a mere load", Ollama, payloads(t, Ollama, "", "ollama/load-empty-prompt.raw"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, all := story(protocol(t, tt.kind).NewDecoder(""), tt.frames)
			if diff := cmp.Diff(tt.want, all.Timings); diff != "" {
				t.Errorf("timings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		kind              Kind
		api, file         string
		reasoning, answer string
	}{
		{VLLM, "chat", "vllm/chat-stream-reasoning.http", "Let me think", "Yes."},
		{VLLM, "completions", "vllm/completions-stream-usage.http", "", "Sailing is fine."},
		{TGI, "", "tgi/generate_stream.http", "", "Sailing is fine."},
		{TGI, "", "tgi/generate_stream-eos.http", "", "Sail"},
		{TGI, "chat", "tgi/chat-stream-usage.http", "", "Sailing is fine"},
		{Ollama, "", "ollama/chat-think.raw", "bopi fofigilakesi boni duto kone boki", ""},
		{Ollama, "generate", "ollama/generate-zero.raw", "", " falu"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			d := protocol(t, tt.kind).NewDecoder(tt.api)
			var reasoning, answer string
			for _, p := range payloads(t, tt.kind, tt.api, tt.file) {
				r, a := d.Text(p)
				reasoning, answer = reasoning+r, answer+a
			}
			if reasoning != tt.reasoning || answer != tt.answer {
				t.Errorf("got %q and %q, want %q and %q", reasoning, answer, tt.reasoning, tt.answer)
			}
		})
	}
}
