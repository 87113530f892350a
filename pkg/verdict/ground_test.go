package verdict

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

func TestCompareModels(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want likeness
	}{
		{"meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct", same},
		{"meta-llama/Llama-3.1-8B-Instruct", "unsloth/llama-3.1-8b-instruct", same},
		{"llama3.1:8b", "llama3.1:8b:latest", same},
		{"phi", "phi:latest", same},
		{"openai/gpt-oss-20b", "gpt-oss:20b", same},
		{"meta-llama/Llama-3.1-8B-Instruct", "llama3.1:8b", cannotTell},
		{"Qwen/Qwen2.5-7B-Instruct", "qwen2.5:7b", cannotTell},
		{"Qwen/Qwen2.5-7B-Instruct-AWQ", "Qwen/Qwen2.5-7B-Instruct", cannotTell},
		{"default", "meta-llama/Llama-3.1-8B-Instruct", cannotTell},
		{"model-a", "model-b", cannotTell},
		{"", "llama3.1:8b", cannotTell},
		{"llama3.1:8b", "llama3.1:70b", differ},
		{"meta-llama/Llama-3.1-8B", "llama3.1:70b", differ},
		{"llama3:8b", "llama3.1:8b", differ},
		{"mistralai/Mistral-7B-Instruct-v0.3", "qwen2.5:7b", differ},
		{"HuggingFaceTB/SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-360M-Instruct", differ},
		{"meta-llama/Llama-3.1-8B-4bit", "meta-llama/Llama-3.1-4B", differ},
	} {
		for _, got := range []likeness{compareModels(c.a, c.b), compareModels(c.b, c.a)} {
			if got != c.want {
				t.Errorf("%q and %q: %d, want %d (%+v, %+v)", c.a, c.b, got, c.want, modelParts(c.a), modelParts(c.b))
			}
		}
	}
}

func TestOddOnes(t *testing.T) {
	for _, c := range []struct {
		models []string
		odd    map[string]string
	}{
		{[]string{"a", "a", "a"}, map[string]string{}},
		{[]string{"a", "a", "b"}, map[string]string{"2": "odd"}},
		{[]string{"a", "b"}, map[string]string{"0": "odd", "1": "odd"}},
		{[]string{"a", "a", "b", "b"}, map[string]string{"0": "odd", "1": "odd", "2": "odd", "3": "odd"}},
		{[]string{"a", "b", "c"}, map[string]string{"0": "odd", "1": "odd", "2": "odd"}},
		{[]string{"a", "a", "a", "b", "c"}, map[string]string{"3": "odd", "4": "odd"}},
		{nil, map[string]string{}},
	} {
		var rows []record.EngineResult
		of := map[string]string{}
		for i, m := range c.models {
			name := string(rune('0' + i))
			rows = append(rows, record.EngineResult{Engine: name})
			of[name] = m
		}
		got := oddOnes(rows, func(a, b string) bool { return of[a] != of[b] }, func(string) string { return "odd" })
		if diff := cmp.Diff(c.odd, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.models, diff)
		}
	}
}

func TestOtherWay(t *testing.T) {
	for _, c := range []struct {
		via []string
		odd []int
	}{
		{[]string{"route", "manual"}, nil},
		{[]string{"port-forward", "port-forward"}, nil},
		{[]string{"port-forward", "route"}, []int{0}},
		{[]string{"port-forward", "route", "route"}, []int{0}},
		{[]string{"port-forward", "port-forward", ""}, []int{2}},
	} {
		var rows []record.EngineResult
		for i, via := range c.via {
			rows = append(rows, record.EngineResult{Engine: string(rune('0' + i)), Via: via})
		}
		var got []int
		odd := otherWay(rows)
		for i, r := range rows {
			if odd[r.Engine] != "" {
				got = append(got, i)
			}
		}
		if diff := cmp.Diff(c.odd, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.via, diff)
		}
	}
}

func TestFairness(t *testing.T) {
	for _, c := range []struct {
		name, check string
		change      func(*bench)
		want        record.CheckStatus
	}{
		{"one model", "same-model", func(*bench) {}, record.CheckPass},
		{"a model unknown", "same-model", func(b *bench) { b.summary.Environment.Engines[1].Model = "" }, record.CheckSkip},
		{"another model and one unknown", "same-model", func(b *bench) {
			b.summary.Environment.Engines[0].Model, b.summary.Environment.Engines[1].Model = "", "llama3.1:70b"
		}, record.CheckFail},
		{"cannot tell", "same-model", func(b *bench) { b.summary.Environment.Engines[1].Model = "llama3.1:8b" }, record.CheckWarn},
		{"quantised", "same-quantisation", func(b *bench) { b.summary.Environment.Engines[1].DtypeOrQuantisation = "Q4_K_M" }, record.CheckWarn},
		{"written otherwise", "same-quantisation", func(b *bench) { b.summary.Environment.Engines[1].DtypeOrQuantisation = "BFloat16" }, record.CheckPass},
		{"more GPUs", "same-gpu", func(b *bench) { b.summary.Environment.Engines[1].GPU.Count = 2 }, record.CheckFail},
		{"a GPU unknown", "same-gpu", func(b *bench) { b.summary.Environment.Engines[1].GPU = nil }, record.CheckSkip},
		{"one GPU unknown, others differ", "same-gpu", func(b *bench) {
			b.summary.Environment.Engines[0].GPU, b.summary.Environment.Engines[1].GPU.Product = nil, "H100"
		}, record.CheckFail},
		{"on one node", "not-on-one-node", func(b *bench) { b.summary.Environment.Engines[1].Node = "node-vllm" }, record.CheckWarn},
		{"a node unknown", "not-on-one-node", func(b *bench) { b.summary.Environment.Engines[1].Node = "" }, record.CheckSkip},
		{"replicas", "same-replicas", func(b *bench) { b.summary.Environment.Engines[1].Replicas = 3 }, record.CheckWarn},
		{"by a route", "same-way", func(b *bench) { b.summary.Environment.Engines[1].Via = "route" }, record.CheckWarn},
		{"by a tunnel", "same-way", func(b *bench) { b.summary.Environment.Engines[1].Via = "port-forward" }, record.CheckFail},
		{"a tunnel", "tunnel", func(b *bench) { b.summary.Environment.Engines[1].Via = "port-forward" }, record.CheckWarn},
		{"TLS to one", "tls-equal", func(b *bench) { b.summary.Environment.Engines[1].Endpoint = "HTTPS://tgi" }, record.CheckWarn},
		{"context", "same-context-length", func(b *bench) { b.summary.Environment.Engines[1].ContextLength = 4096 }, record.CheckWarn},
		{"lengths unknown", "same-output-lengths", func(*bench) {}, record.CheckSkip},
		{"answers alike", "same-output-lengths", lengths(100, 109, false), record.CheckPass},
		{"answers unlike", "same-output-lengths", lengths(100, 111, false), record.CheckWarn},
		{"answers forced", "same-output-lengths", lengths(100, 111, true), record.CheckPass},
		{"cache busted", "prefix-cache", func(*bench) {}, record.CheckPass},
		{"cache allowed", "prefix-cache", func(b *bench) { b.summary.Scenarios[0].Shape.PrefixCache = "allow" }, record.CheckWarn},
		{"cache unknown", "prefix-cache", func(b *bench) { b.summary.Scenarios[0].Shape.PrefixCache = "" }, record.CheckSkip},
		{"nobody tells", "foreign-traffic", func(*bench) {}, record.CheckSkip},
		{"one tells", "foreign-traffic", foreign(0), record.CheckSkip},
		{"no strangers", "foreign-traffic", foreign(0, 0, 0), record.CheckPass},
		{"strangers", "foreign-traffic", foreign(0, 3), record.CheckWarn},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := three()
			c.change(b)
			for _, f := range fairness(b.summary) {
				if f.Check != c.check {
					continue
				}
				bad := f.Status == string(record.CheckWarn) || f.Status == string(record.CheckFail)
				if f.Status != string(c.want) || f.Detail == "" || bad != (f.Remedy != "") {
					t.Errorf("got %+v, want %s", f, c.want)
				}
			}
		})
	}
}

func lengths(a, b float64, forced bool) func(*bench) {
	return func(on *bench) {
		for i, mean := range []float64{a, b} {
			on.summary.Scenarios[1].Engines[i].Lengths = &record.Lengths{Output: &record.Distribution{Mean: record.Some(mean)}, Forced: &forced}
		}
		on.summary.Scenarios[1].Engines[2].Lengths = &record.Lengths{Forced: &forced}
	}
}

func foreign(requests ...int64) func(*bench) {
	return func(on *bench) {
		for i, n := range requests {
			on.summary.Scenarios[1].Engines[i].Server = &record.ServerView{ForeignRequests: record.Some(n)}
		}
	}
}

func TestFairnessOfOneEngineAsksOnlyOfIt(t *testing.T) {
	b := newBench("vllm")
	b.summary.Environment.Engines[0].Via = "port-forward"
	for _, f := range fairness(b.summary) {
		want := string(record.CheckSkip)
		if f.Check == "tunnel" {
			want = string(record.CheckWarn)
		}
		if f.Status != want {
			t.Errorf("%+v, want %s", f, want)
		}
	}
}
