package infra

import (
	"strconv"
	"strings"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// knob is a setting that engines have under different names.
type knob struct {
	what string
	// effect says what a difference does to the comparison.
	effect string
	ways   map[engine.Kind]way
	// probed reads the value from what the engine says of itself, "" where it
	// does not; a pod's settings come second.
	probed func(*engine.Identity) string
	// usual is the default of an engine's version, where that decides.
	usual func(*standing) string
	// canon writes equal values equally, and "" for one that says nothing.
	canon func(string) string
	// common chooses the value that the remedy gives all.
	common func([]string) string
	// toggle says that it is on or off, and that a flag alone switches it.
	toggle bool
	say    func(subject, remedy, format string, args ...any) []record.Check
}

// way is how one kind of engine is told.
type way struct {
	flags, variables []string
	// usual is the engine's default, "" where it depends on more.
	usual string
	// set is the flag or variable that a remedy sets, "" where there is none.
	set string
}

// The defaults are those of the engines' own references: vLLM's engine
// arguments, the text-generation-launcher's help, Ollama's FAQ and envconfig,
// SGLang's server arguments, llama.cpp's server README.
var (
	contextLength = knob{
		what:   "context length",
		effect: "a longer context reserves more KV cache for each request, and lets prompts through that others refuse or cut short",
		ways: map[engine.Kind]way{
			engine.VLLM:   {flags: []string{"--max-model-len"}, set: "--max-model-len"},
			engine.TGI:    {flags: []string{"--max-total-tokens"}, variables: []string{"MAX_TOTAL_TOKENS"}, set: "MAX_TOTAL_TOKENS"},
			engine.Ollama: {variables: []string{"OLLAMA_CONTEXT_LENGTH"}, usual: "4096", set: "OLLAMA_CONTEXT_LENGTH"},
			engine.OpenAI: {flags: []string{"--context-length", "--max-model-len", "--ctx-size", "-c"}, variables: []string{"LLAMA_ARG_CTX_SIZE"}},
		},
		probed: probedContext,
		canon:  tokens,
		common: smallest,
		say:    warn,
	}
	concurrency = knob{
		what:   "limit of requests at once",
		effect: "beyond the smaller number requests queue there, or are refused, while others batch them: TTFT under load shows the setting",
		ways: map[engine.Kind]way{
			engine.VLLM:   {flags: []string{"--max-num-seqs"}, usual: "256", set: "--max-num-seqs"},
			engine.TGI:    {flags: []string{"--max-concurrent-requests"}, variables: []string{"MAX_CONCURRENT_REQUESTS"}, usual: "128", set: "MAX_CONCURRENT_REQUESTS"},
			engine.Ollama: {variables: []string{"OLLAMA_NUM_PARALLEL"}, usual: "1", set: "OLLAMA_NUM_PARALLEL"},
			engine.OpenAI: {flags: []string{"--max-running-requests", "--max-num-seqs", "--parallel", "-np"}, variables: []string{"LLAMA_ARG_N_PARALLEL"}},
		},
		probed: func(id *engine.Identity) string { return id.Details["max_concurrent_requests"] },
		canon:  tokens,
		common: enough,
		say:    warn,
	}
	memoryShare = knob{
		what:   "share of GPU memory",
		effect: "what the weights leave of it is KV cache: with more of it more requests run at once",
		ways: map[engine.Kind]way{
			engine.VLLM:   {flags: []string{"--gpu-memory-utilization"}, usual: "0.9", set: "--gpu-memory-utilization"},
			engine.TGI:    {flags: []string{"--cuda-memory-fraction"}, variables: []string{"CUDA_MEMORY_FRACTION"}, usual: "1.0", set: "CUDA_MEMORY_FRACTION"},
			engine.OpenAI: {flags: []string{"--mem-fraction-static", "--gpu-memory-utilization"}},
		},
		canon:  fraction,
		common: smallest,
		say:    warn,
	}
	prefixCache = knob{
		what:   "prefix caching",
		effect: "with it a prompt that begins like an earlier one has a far shorter TTFT: compare with prompts that share nothing, or switch it alike",
		ways: map[engine.Kind]way{
			engine.VLLM:   {flags: []string{"--enable-prefix-caching", "--no-enable-prefix-caching"}, set: "--enable-prefix-caching"},
			engine.TGI:    {variables: []string{"PREFIX_CACHING", "USE_PREFIX_CACHING"}, set: "PREFIX_CACHING"},
			engine.Ollama: {usual: "on"},
			engine.OpenAI: {flags: []string{"--disable-radix-cache", "--enable-prefix-caching", "--no-enable-prefix-caching"}},
		},
		usual:  usualPrefixCache,
		canon:  onOff,
		common: func([]string) string { return "on" },
		toggle: true,
		say:    warn,
	}
)

// probedContext is the context of the model that is loaded, or the only one.
func probedContext(id *engine.Identity) string {
	longest := 0
	for _, m := range id.Models {
		if m.Loaded || len(id.Models) == 1 {
			longest = max(longest, m.ContextLength)
		}
	}
	if longest == 0 {
		return id.Details["max_total_tokens"]
	}
	return strconv.Itoa(longest)
}

// usualPrefixCache knows that vLLM's V1 engine (the default from 0.8 on) and
// TGI from 3.0 on cache prefixes unless told otherwise.
func usualPrefixCache(e *standing) string {
	since := map[engine.Kind][2]int{engine.VLLM: {0, 8}, engine.TGI: {3, 0}}[e.kind()]
	if since == [2]int{} {
		return ""
	}
	switch on, ok := versionAtLeast(e.version(), since[0], since[1]); {
	case !ok:
		return ""
	case on:
		return "on"
	}
	return "off"
}

// tokens reads a number as vLLM takes it: 8192, 8k (thousands) or 8K (1024s).
func tokens(text string) string {
	units := map[string]float64{"k": 1e3, "m": 1e6, "K": 1 << 10, "M": 1 << 20}
	number, unit := text, 1.0
	if n := len(text); n > 0 {
		if u, ok := units[text[n-1:]]; ok {
			number, unit = text[:n-1], u
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v >= 1 && v < 1e9) {
		return "" // auto, or -1
	}
	return strconv.FormatInt(int64(v*unit), 10)
}

func fraction(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v > 0 && v <= 1) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func onOff(text string) string {
	switch strings.ToLower(text) {
	case "1", "true", "on", "yes":
		return "on"
	case "0", "false", "off", "no":
		return "off"
	}
	return ""
}

func smallest(values []string) string {
	least := values[0]
	for _, v := range values[1:] {
		if number(v) < number(least) {
			least = v
		}
	}
	return least
}

// plenty is as many requests at once as a remedy offers where one engine takes
// fewer: a handful of users would never wait.
const plenty = 8

// enough is the smallest value, and no less than plenty: Ollama's default of
// one at a time is none to give to others.
func enough(values []string) string {
	least := smallest(values)
	if number(least) < plenty {
		return strconv.Itoa(plenty)
	}
	return least
}

// number is a value that canon has written; what is no number counts as 0.
func number(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return v
}

func atoi(text string) int { return int(number(text)) }
