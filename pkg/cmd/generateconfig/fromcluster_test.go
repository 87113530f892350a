package generateconfig

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func found() record.Discovery {
	return record.Discovery{Engines: []record.DiscoveredEngine{
		{
			Engine: "vllm", Kind: "vllm", Name: "vllm", Namespace: "team-llm", Version: "0.27.0", Models: []string{"meta-llama/Llama-3.1-8B-Instruct", "adapter"},
			URL: "https://vllm.apps.example.com", Via: "route", TLS: true, Healthy: true, Reason: "the shortest way from outside",
			Findings: []record.Finding{{ID: "route-timeout", Message: "the Route cuts answers after 30 s", Remedy: "annotate it"}},
			Info:     record.EngineInfo{Model: "meta-llama/Llama-3.1-8B-Instruct", Replicas: 2, GPU: &record.GPU{Product: "A100", Count: 2}, ContextLength: 8192},
		},
		{Engine: "ollama", Kind: "ollama", Name: "ollama", Namespace: "team-llm", Models: []string{"llama3.1:8b"}, URL: "http://ollama", Via: "port-forward", Info: record.EngineInfo{ContextLength: 2048}},
		{Engine: "tgi", Kind: "tgi", Name: "tgi", Namespace: "team-llm", Reason: "no pod of it is ready"},
	}}
}

func TestFromClusterIsGolden(t *testing.T) {
	golden.Check(t, "testdata/from-cluster.golden.yaml", fromCluster(found(), "namespace team-llm of https://api.example.com:6443"))
}

func loaded(t *testing.T, data []byte) config.Config {
	t.Helper()
	l, err := config.Load([]config.Source{{Name: "generated.yaml", Data: data}}, "")
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return l.Config
}

func TestFromClusterIsAConfiguration(t *testing.T) {
	c := loaded(t, fromCluster(found(), "namespace team-llm"))
	if diff := cmp.Diff(map[string]string{"vllm": "meta-llama/Llama-3.1-8B-Instruct", "ollama": "llama3.1:8b"}, c.Services.Models); diff != "" {
		t.Error(diff)
	}
	if c.Services.Namespace != "team-llm" || c.Services.ManualURLs != nil || c.Generation.ContextLength != 2048 {
		t.Errorf("%+v, context of %d", c.Services, c.Generation.ContextLength)
	}
	several := found()
	several.Engines[1].Namespace = "other"
	if c := loaded(t, fromCluster(several, "any namespace")); c.Services.Namespace != "" {
		t.Errorf("namespace %q of engines in two", c.Services.Namespace)
	}
}

// Whatever a cluster or an engine calls things, the file says exactly that, and
// nothing more.
func FuzzFromCluster(f *testing.F) {
	for _, s := range []string{"", "m", "a\nservices: {namespace: evil}", `"`, "\\", "#", "'", "\u2028x", "\x1b[2J", "\xff", "\u0085", "- {", "null", "\U0001F600", "x\r\ny", "%YAML"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, model, reason string) {
		doc := found()
		plain := loaded(t, fromCluster(doc, "here"))
		doc.Engines[0].Models, doc.Engines[0].Reason, doc.Engines[0].Info.Model, doc.Engines[0].Version = []string{model}, reason, "", reason
		doc.Engines[0].URL, doc.Engines[0].Name, doc.Engines[0].Findings[0].Message = reason, reason, reason
		got := loaded(t, fromCluster(doc, reason))
		if want := stringsToValid(model); got.Services.Models["vllm"] != want {
			t.Errorf("%q, want %q", got.Services.Models["vllm"], want)
		}
		if _, named := got.Services.Models["vllm"]; named != (model != "") {
			t.Errorf("a model is named: %v", named)
		}
		got.Services.Models["vllm"] = plain.Services.Models["vllm"]
		if diff := cmp.Diff(plain, got); diff != "" {
			t.Errorf("something else changed (-want +got):\n%s", diff)
		}
	})
}

func stringsToValid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
