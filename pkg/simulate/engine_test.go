package simulate

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewRefuses(t *testing.T) {
	with := func(change func(*Profile)) Profile {
		p := DefaultProfile("vllm")
		change(&p)
		return p
	}
	tests := []struct {
		options Options
		want    string
	}{
		{Options{Engine: "sglang"}, `cannot simulate engine "sglang": want one of ollama, tgi, vllm`},
		{Options{Engine: "sglang", Profile: DefaultProfile("sglang")}, "sglang"},
		{Options{Engine: "vllm", Reasoning: -1}, "reasoning"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.Slots = 0 })}, "slots 0"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.PrefillTokensPerS = 0 })}, "prefill rate 0"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.FirstTokenOverhead = -1 })}, "overhead -1ns"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.StepPerSeq = -1 })}, "step times"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.LoadTime = -1 })}, "load time"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.KVTokens = 1 })}, "KV cache of 1 tokens"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.ContextLength = 1 })}, "context length of 1"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.ChunkTokens = -1 })}, "chunk of -1"},
		{Options{Engine: "vllm", Profile: with(func(p *Profile) { p.Jitter = 2 })}, "jitter 2"},
	}
	for _, test := range tests {
		if _, err := New(test.options); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("New: %v, want an error with %q", err, test.want)
		}
	}
	for engine := range dialects {
		p := DefaultProfile(engine)
		p.ContextLength, p.ChunkTokens = 0, 0
		if s, err := New(Options{Engine: engine, Profile: p}); err != nil || s.options.Profile != DefaultProfile(engine) {
			t.Errorf("%s without context and chunk: %v, %+v", engine, err, s.options.Profile)
		}
	}
}

func TestPrefixCacheIsReported(t *testing.T) {
	addr, _ := start(t, Options{Engine: "vllm"})
	cached := func(prompt string) (n int) {
		t.Helper()
		body, _ := json.Marshal(map[string]any{"prompt": prompt, "max_tokens": 1})
		var doc struct {
			Usage struct {
				Details struct {
					Cached int `json:"cached_tokens"`
				} `json:"prompt_tokens_details"`
			} `json:"usage"`
		}
		if err := json.Unmarshal([]byte(get(t, addr, request{path: "/v1/completions", body: string(body)}).body()), &doc); err != nil {
			t.Fatal(err)
		}
		return doc.Usage.Details.Cached
	}
	prompt := strings.Repeat("word ", 200) // 250 tokens
	got := []int{cached(prompt), cached(prompt), cached("salt " + prompt), cached(prompt[:500] + "another end")}
	if diff := cmp.Diff([]int{0, 240, 0, 112}, got); diff != "" {
		t.Errorf("cached tokens (-want +got):\n%s", diff)
	}
}

func TestOllamaCutsLongPrompts(t *testing.T) {
	addr, _ := start(t, Options{Engine: "ollama"})
	for context, want := range map[int]string{256: `"prompt_eval_count":255,`, 8192: `"prompt_eval_count":5000,`} {
		body := fmt.Sprintf(`{"model":"simulated/tiny-7b","raw":true,"stream":false,"prompt":%q,"options":{"num_ctx":%d,"num_predict":2}}`, strings.Repeat("wxyz", 5000), context)
		if got := get(t, addr, request{path: "/api/generate", body: body}); got.status != 200 || !strings.Contains(got.body(), want) {
			t.Errorf("num_ctx %d: HTTP %d %s, want %s", context, got.status, got.body(), want)
		}
	}
}

func TestPreemptionIsCounted(t *testing.T) {
	p := fast("vllm")
	p.KVTokens = 64
	addr, s := start(t, Options{Engine: "vllm", Profile: p})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			body := fmt.Sprintf(`{"prompt":"%d %s","max_tokens":40,"ignore_eos":true}`, i, fortyBytes)
			if r := get(t, addr, request{path: "/v1/completions", body: body}); !strings.Contains(r.body(), `"completion_tokens":40`) {
				t.Errorf("HTTP %d %s", r.status, r.body())
			}
		})
	}
	all.Wait()
	if s.pump.batch.preemptions == 0 {
		t.Error("four answers of 51 tokens went through a cache of 64 without preemption")
	}
}
