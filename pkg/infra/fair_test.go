package infra

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
)

func set(name, setting, value string) func(*world) {
	return func(w *world) { w.set(name, setting, value) }
}

func unset(name, setting string) func(*world) {
	return func(w *world) { w.unset(name, setting) }
}

// probe lets an engine say something of itself.
func probe(name string, id engine.Identity) func(*world) {
	return func(w *world) {
		if w.Probes == nil {
			w.Probes = map[string]engine.Identity{}
		}
		w.Probes[name] = id
	}
}

// fromSecret takes a variable from somewhere that is not read.
func fromSecret(name, setting string) func(*world) {
	return func(w *world) {
		w.unset(name, setting)
		w.main(name).Env = append(w.main(name).Env, corev1.EnvVar{Name: setting, ValueFrom: &corev1.EnvVarSource{}})
	}
}

func argsOf(name string, args ...string) func(*world) {
	return func(w *world) { w.main(name).Args = args }
}

// synced gives the Deployment of vllm the arguments that its pod has.
func synced(w *world) { w.Deployments[0].Spec.Template.Spec.Containers[0].Args = w.main("vllm").Args }

func serves(name string, models ...string) func(*world) {
	return func(w *world) { w.engine(name).Models = models }
}

var fairRows = []row{
	{"fair-model", "one engine", oneEngine, alone, ""},
	{"fair-model", "same", nil, []string{"pass vllm, tgi, ollama: they serve the same model: vllm Qwen/Qwen2.5-0.5B-Instruct, tgi Qwen/Qwen2.5-0.5B-Instruct, ollama qwen2.5:0.5b-instruct-fp16"}, ""},
	{"fair-model", "another", set("tgi", "MODEL_ID", "Qwen/Qwen2.5-7B-Instruct"), []string{"fail vllm, tgi, ollama: they serve different models (vllm Qwen/Qwen2.5-0.5B-Instruct, tgi Qwen/Qwen2.5-7B-Instruct, ollama qwen2.5:0.5b-instruct-fp16)…"},
		"kubectl set env deployment/tgi -n team-a -c server MODEL_ID=Qwen/Qwen2.5-0.5B-Instruct"},
	{"fair-model", "without a size", serves("ollama", "qwen2.5:latest"), []string{"warn vllm, tgi, ollama: whether they serve the same model cannot be told by the names: vllm…"},
		"kubectl exec deployment/ollama -n team-a -c server -- ollama pull hf.co/Qwen/Qwen2.5-0.5B-Instruct"},
	{"fair-model", "by a path, in a script, behind an alias", both(argsOf("vllm", "exec vllm serve $MODEL --served-model-name=fast"), set("vllm", "MODEL", "/models/Qwen2.5-0.5B-Instruct/")), nil, ""},
	{"fair-model", "by what the engine says", both(argsOf("vllm", "--model=/mnt/models"), probe("vllm", engine.Identity{Models: []engine.Model{{Name: "fast", Root: "qwen/Qwen2.5-0.5B"}}})), nil, ""},
	{"fair-model", "nobody tells", both(noPods, serves("ollama")), []string{"skip vllm: neither its pod nor the engine tells its model", "skip tgi: neither…", "skip ollama: neither…"}, ""},

	{"fair-precision", "same", nil, []string{"pass vllm, tgi, ollama: the weights of each have 16 bits: vllm bfloat16 (--dtype), tgi float16 (DTYPE), ollama by the name qwen2.5:0.5b-instruct-fp16"}, ""},
	{"fair-precision", "quantised by one", set("tgi", "QUANTIZE", "awq"), []string{"fail vllm, tgi, ollama: precision differs: vllm bfloat16 (--dtype), tgi awq (QUANTIZE), ollama by the name qwen2.5:0.5b-instruct-fp16; each token reads…"}, "kubectl edit deployment/tgi -n team-a"},
	{"fair-precision", "quantised weights, computed in 16 bits", set("tgi", "MODEL_ID", "Qwen/Qwen2.5-0.5B-Instruct-GPTQ-Int4"), []string{"fail vllm, tgi, ollama: precision differs: vllm bfloat16 (--dtype), tgi by the name Qwen/Qwen2.5-0.5B-Instruct-GPTQ-Int4…"}, ""},
	{"fair-precision", "Ollama's usual", serves("ollama", "qwen2.5:0.5b"), []string{"warn vllm, tgi, ollama: precision differs, it seems: vllm bfloat16 (--dtype), tgi float16 (DTYPE), ollama 4 bits, usual in Ollama's library…"},
		"kubectl exec deployment/ollama -n team-a -c server -- ollama pull qwen2.5:0.5b-fp16"},
	{"fair-precision", "Ollama says otherwise than its tag", probe("ollama", engine.Identity{Models: []engine.Model{{Name: "qwen2.5:0.5b-instruct-fp16", DtypeOrQuantisation: "Q4_K_M"}}}),
		[]string{"fail vllm, tgi, ollama: precision differs: vllm bfloat16 (--dtype), tgi float16 (DTYPE), ollama Q4_K_M (it says)…"}, "ollama pull qwen2.5:0.5b-instruct-fp16"},
	{"fair-precision", "as Ollama says", probe("ollama", engine.Identity{Models: []engine.Model{{Name: "other"}, {Name: "qwen2.5:0.5b", DtypeOrQuantisation: "Q8_0"}}}),
		[]string{"fail vllm, tgi, ollama: precision differs: vllm bfloat16 (--dtype), tgi float16 (DTYPE), ollama Q8_0 (it says)…"}, ""},
	{"fair-precision", "vLLM's bitsandbytes", set("vllm", "--quantization", "bitsandbytes"), []string{"fail vllm, tgi, ollama: precision differs: vllm nf4 (--quantization)…"}, ""},
	{"fair-precision", "quantised in some way", set("vllm", "--quantization", "compressed-tensors"), []string{"skip vllm: neither its pod nor the engine tells the precision of its weights"}, ""},
	{"fair-precision", "nobody tells", both(argsOf("vllm", "--model=Qwen/Qwen2.5-0.5B-Instruct"), unset("tgi", "DTYPE"), func(w *world) { w.Engines = w.Engines[:2] }),
		[]string{"skip vllm, tgi: nobody tells the precision of the weights: vllm as its weights are, 16 bits as a rule, tgi as its weights are, 16 bits as a rule"}, ""},

	{"fair-context", "same", nil, []string{"pass vllm, tgi, ollama: the context length of each is 4096"}, ""},
	{"fair-context", "another", set("vllm", "--max-model-len", "8k"), []string{"warn vllm, tgi, ollama: context length differs: vllm 8000 (--max-model-len), tgi 4096 (MAX_TOTAL_TOKENS), ollama 4096 (OLLAMA_CONTEXT_LENGTH); a longer context…"},
		`kubectl patch deployment/vllm -n team-a --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/args/3","value":"--max-model-len=4096"}]'`},
	{"fair-context", "another, behind a space", both(argsOf("vllm", "--max-model-len", "8192"), synced), []string{"warn vllm, tgi, ollama: context length differs: vllm 8192 (--max-model-len)…"},
		`[{"op":"replace","path":"/spec/template/spec/containers/0/args/1","value":"4096"}]`},
	{"fair-context", "by a command that is no list of arguments", both(argsOf("vllm"), func(w *world) { w.main("vllm").Command = []string{"sh", "-c", "vllm serve m --max-model-len 8192"} }, synced),
		[]string{"warn vllm, tgi, ollama: context length differs: vllm 8192 (--max-model-len)…"}, "# in container server of deployment/vllm -n team-a: give the command this flag\n--max-model-len=4096"},
	{"fair-context", "Ollama's default", both(unset("ollama", "OLLAMA_CONTEXT_LENGTH"), set("vllm", "--max-model-len", "8K")), []string{"warn vllm, tgi, ollama: context length differs: vllm 8192 (--max-model-len), tgi 4096 (MAX_TOTAL_TOKENS), ollama 4096 (its default)…"}, ""},
	{"fair-context", "as the engine says", both(unset("vllm", "--max-model-len"), synced, probe("vllm", engine.Identity{Models: []engine.Model{{Name: "m", ContextLength: 32768}}}), probe("tgi", engine.Identity{Details: map[string]string{"max_total_tokens": "4096"}})),
		[]string{"warn vllm, tgi, ollama: context length differs: vllm 32768 (it says), tgi 4096 (it says), ollama 4096…"}, `"op":"add","path":"/spec/template/spec/containers/0/args/-"`},
	{"fair-context", "not told", unset("vllm", "--max-model-len"), []string{"skip vllm: neither the pod nor the engine tells its context length"}, ""},
	{"fair-context", "from a place that is not read", both(fromSecret("tgi", "MAX_TOTAL_TOKENS"), unset("vllm", "--max-model-len")), []string{
		"skip vllm: neither…", "skip tgi: neither…", "skip ollama: its context length is 4096 (OLLAMA_CONTEXT_LENGTH), and nobody else's is known",
	}, ""},
	{"fair-context", "automatic", set("vllm", "--max-model-len", "auto"), []string{"skip vllm: neither…"}, ""},
	{"fair-context", "in an environment that is not read", func(w *world) {
		w.unset("ollama", "OLLAMA_CONTEXT_LENGTH")
		w.main("ollama").EnvFrom = []corev1.EnvFromSource{{}}
	}, []string{"skip ollama: neither…"}, ""},

	{"fair-concurrency", "Ollama's default", unset("ollama", "OLLAMA_NUM_PARALLEL"), []string{"warn vllm, tgi, ollama: limit of requests at once differs: vllm 16 (--max-num-seqs), tgi 16 (MAX_CONCURRENT_REQUESTS), ollama 1 (its default); beyond the smaller number…"},
		"kubectl set env deployment/ollama -n team-a -c server OLLAMA_NUM_PARALLEL=8"},
	{"fair-concurrency", "the smallest for all", set("vllm", "--max_num_seqs", "64"), []string{"warn vllm, tgi, ollama: limit of requests at once differs: vllm 64 (--max-num-seqs)…"}, `"value":"--max-num-seqs=16"`},
	{"fair-concurrency", "in a file that is not read", both(unset("vllm", "--max-num-seqs"), set("vllm", "--config", "/etc/vllm.yaml")), []string{"skip vllm: neither the pod nor the engine tells its limit of requests at once"}, ""},
	{"fair-concurrency", "as TGI says", probe("tgi", engine.Identity{Details: map[string]string{"max_concurrent_requests": "128"}}), []string{"warn vllm, tgi, ollama: limit of requests at once differs: vllm 16 (--max-num-seqs), tgi 128 (it says)…"}, "MAX_CONCURRENT_REQUESTS=16"},

	{"fair-gpu-memory", "defaults", both(unset("vllm", "--gpu-memory-utilization"), unset("tgi", "CUDA_MEMORY_FRACTION")), []string{
		"warn vllm, tgi: share of GPU memory differs: vllm 0.9 (its default), tgi 1 (its default)…", "skip ollama: ollama has no setting of its share of GPU memory",
	}, "CUDA_MEMORY_FRACTION=0.9"},

	{"fair-prefix-cache", "by version", nil, []string{"pass vllm, tgi, ollama: the prefix caching of each is on"}, ""},
	{"fair-prefix-cache", "off in one", both(argsOf("vllm", "--no-enable-prefix-caching", "model"), synced),
		[]string{"warn vllm, tgi, ollama: prefix caching differs: vllm off (--no-enable-prefix-caching), tgi on (its default), ollama on (its default)…"},
		`[{"op":"replace","path":"/spec/template/spec/containers/0/args/0","value":"--enable-prefix-caching"}]`},
	{"fair-prefix-cache", "off by a variable", set("tgi", "PREFIX_CACHING", "0"), []string{"warn vllm, tgi, ollama: prefix caching differs: vllm on (its default), tgi off (PREFIX_CACHING)…"}, "PREFIX_CACHING=1"},
	{"fair-prefix-cache", "an old vLLM", func(w *world) { w.engine("vllm").Version = "0.6.3" }, []string{"warn vllm, tgi, ollama: prefix caching differs: vllm off (its default)…"}, ""},
	{"fair-prefix-cache", "an unknown version", func(w *world) { w.main("vllm").Image = "mirror/vllm:stable" }, []string{"skip vllm: neither the pod nor the engine tells its prefix caching"}, ""},

	{"fair-gpu-count", "same", nil, []string{"pass vllm, tgi, ollama: 1 GPU for each replica"}, ""},
	{"fair-gpu-count", "none", func(w *world) { delete(w.main("ollama").Resources.Limits, "nvidia.com/gpu") }, []string{"skip ollama: it asks for no GPU by a resource"}, ""},
	{"fair-gpu-count", "more, and idle", func(w *world) { takes(w, "vllm", "nvidia.com/gpu", "4"); w.set("vllm", "-tp", "2") }, []string{
		"fail vllm, tgi, ollama: GPUs for each replica differ (vllm 4, tgi 1, ollama 1)…", "warn vllm: it has 4 GPUs and splits its model over 2: the rest idles",
	}, `{"limits":{"nvidia.com/gpu":"4"}}`},
	{"fair-gpu-count", "idle in TGI", func(w *world) {
		for _, name := range []string{"vllm", "tgi", "ollama"} {
			w.main(name).Resources.Limits["nvidia.com/gpu"] = resource.MustParse("2")
		}
		w.set("vllm", "--tensor-parallel-size", "2")
		w.set("tgi", "NUM_SHARD", "1")
	}, []string{"warn tgi: it has 2 GPUs and splits its model over 1: the rest idles"}, "NUM_SHARD=2"},
}

func init() { tables = append(tables, fairRows) }

func TestFairness(t *testing.T) { run(t, fairRows) }

func TestModelNames(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want alike
	}{
		{"meta-llama/Llama-3.1-8B-Instruct", "llama3.1:8b", same},
		{"meta-llama/Meta-Llama-3.1-8B-Instruct", "llama3.1:8b-instruct-q4_K_M", same},
		{"meta-llama/Llama-3.1-8B-Instruct", "llama3.1", perhaps},
		{"meta-llama/Llama-3.1-8B-Instruct", "llama3.1:70b", different},
		{"meta-llama/Llama-3.1-8B-Instruct", "llama3.2:latest", different},
		{"HuggingFaceTB/SmolLM2-135M-Instruct", "smollm2:135m", same},
		{"google/gemma-2-9b-it", "gemma2:9b", same},
		{"mistralai/Mistral-7B-Instruct-v0.3", "mistral:7b", perhaps},
		{"Qwen/Qwen2.5-Coder-7B", "qwen2.5:7b", perhaps},
		{"/models/Qwen2.5-0.5B-Instruct", "Qwen/Qwen2.5-0.5B", same},
		{"/data/models--Qwen--Qwen2.5-0.5B/snapshots/abc123", "qwen2.5:0.5b", same},
		{"/models/llama-2-7b-chat.Q4_K_M.gguf", "meta-llama/Llama-2-7b-chat-hf", same},
		{"TheBloke/Llama-2-7B-Chat-AWQ", "meta-llama/Llama-2-7b-chat-hf", same},
		{"/mnt/models", "llama3.1:8b", different},
		{"phi3:mini", "llama3.1", different},
	} {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := compareNames(pair[0], pair[1]); got != tt.want {
				t.Errorf("%s and %s: %v, want %v (%v, %v)", pair[0], pair[1], got, tt.want, canonical(pair[0]), canonical(pair[1]))
			}
		}
	}
}

func TestBits(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "auto": 0, "bfloat16": 16, "torch.float16": 16, "half": 16, "float": 32, "all F32": 32, "fp8": 8, "Q8_0": 8, "q8_0": 8, "bitsandbytes": 8, "bitsandbytes-nf4": 4,
		"awq_marlin": 4, "gptq": 4, "Q4_K_M": 4, "llama3.1:8b-instruct-q4_K_M": 4, "IQ3_XS": 3, "Q5_K_S": 5, "Q6_K": 6, "q2_K": 2, "Qwen2.5-0.5B-Instruct-GPTQ-Int4": 4, "meta-llama/Llama-3.1-8B": 0,
	} {
		if got := bitsOf(text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{"4096": "4096", "8k": "8000", "8K": "8192", "1.5k": "1500", "1M": "1048576", "auto": "", "-1": "", "0": "", "": "", "k": "", "inf": "", "nan": "", "1e30": ""} {
		if got := tokens(text); got != want {
			t.Errorf("tokens(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"0.90": "0.9", "1.0": "1", "1.5": "", "nan": "", "": "", "-0.1": ""} {
		if got := fraction(text); got != want {
			t.Errorf("fraction(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestFlags(t *testing.T) {
	for name, tt := range map[string]struct {
		words       []string
		value, flag string
	}{
		"behind a sign":      {[]string{"--max-num-seqs=8"}, "8", "--max-num-seqs"},
		"behind a space":     {[]string{"--max-num-seqs", "8"}, "8", "--max-num-seqs"},
		"with underscores":   {[]string{"--max_num_seqs", "8"}, "8", "--max-num-seqs"},
		"the last counts":    {[]string{"--max-num-seqs=8", "--max-num-seqs=9"}, "9", "--max-num-seqs"},
		"alone":              {[]string{"--max-num-seqs", "--other"}, "true", "--max-num-seqs"},
		"at the end":         {[]string{"--max-num-seqs"}, "true", "--max-num-seqs"},
		"the value is none":  {[]string{"--max-num-seqs="}, "", "--max-num-seqs"},
		"another":            {[]string{"--max-num-seqs-more=8"}, "", ""},
		"a value with signs": {[]string{"--max-num-seqs=a=b"}, "a=b", "--max-num-seqs"},
	} {
		if value, flag := flag(tt.words, "--max-num-seqs"); value != tt.value || flag != tt.flag {
			t.Errorf("%s: %q of %q", name, value, flag)
		}
	}
}

// A name is like itself, and two are alike both ways.
func FuzzModelNames(f *testing.F) {
	f.Add("meta-llama/Llama-3.1-8B-Instruct", "llama3.1:8b-instruct-q4_K_M")
	f.Add("/data/models--Qwen--Qwen2.5-0.5B/snapshots/abc", "qwen2.5:latest")
	f.Add("", "-q8:.gguf")
	f.Fuzz(func(t *testing.T, a, b string) {
		if compareNames(a, b) != compareNames(b, a) || compareNames(a, a) != same {
			t.Errorf("%q and %q: %v, %v", a, b, compareNames(a, b), compareNames(b, a))
		}
		for _, text := range []string{a, b} {
			tokens(text)
			fraction(text)
			bitsOf(text)
			flag([]string{a, b}, text)
			versionAtLeast(text, 1, 2)
		}
	})
}
