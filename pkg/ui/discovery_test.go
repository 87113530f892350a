package ui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func discovery() record.Discovery {
	return record.Discovery{
		Engines: []record.DiscoveredEngine{
			{
				Engine: "vllm", Kind: "vllm", Name: "vllm", Namespace: "team-llm", Version: "0.11.0", Models: []string{"llama"},
				URL: "https://vllm.apps.example.com", Via: "route", TLS: true, Healthy: true, RTTMS: record.Some(1.234),
				Reason: "the best way that works", Info: record.EngineInfo{Replicas: 2, Node: "gpu-1", GPU: &record.GPU{Product: "NVIDIA-H200", Count: 1}, Image: "vllm/vllm-openai:v0.11.0"},
				Candidates: []record.Candidate{
					{Via: "route", Object: "route/vllm", URL: "https://vllm.apps.example.com", Status: record.CandidateChosen, RTTMS: record.Some(1.234), Reason: "edge"},
					{Via: "port-forward", Object: "service/vllm", URL: "http://vllm.team-llm.svc:8000", Status: record.CandidateUntried, Reason: "a better way works"},
				},
				Findings: []record.Finding{{ID: "route-timeout", Severity: record.SeverityWarn, Subject: "vllm", Message: "the router cuts streams after 30 s", Remedy: "oc annotate route vllm haproxy.router.openshift.io/timeout=10m"}},
			},
			{
				Engine: "tgi", Kind: "tgi", Name: "tgi", Namespace: "team-llm", Models: []string{},
				Reason: "no ready pod: tgi-0 is in CrashLoopBackOff\x1b[31m",
			},
		},
		Skipped: []record.Skipped{},
	}
}

func TestWriteDiscovery(t *testing.T) {
	for name, width := range map[string]Width{"discovery.txt": Narrow, "discovery-wide.txt": Wide} {
		var out bytes.Buffer
		if err := WriteDiscovery(&out, discovery(), width, false); err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsRune(out.Bytes(), '\x1b') {
			t.Errorf("%s: an escape from the cluster reached the terminal", name)
		}
		golden.Check(t, "testdata/"+name, out.Bytes())
	}
	var out bytes.Buffer
	if err := WriteDiscovery(&out, record.Discovery{}, Wide, false); err != nil || out.Len() > 0 {
		t.Errorf("no engine gave %q, %v", out.String(), err)
	}
}

func TestDiscoveryWatchShowsWhatChanged(t *testing.T) {
	var out bytes.Buffer
	w := NewDiscoveryWatch(&out, Narrow, false)
	doc := discovery()
	show := func(want ...string) {
		t.Helper()
		out.Reset()
		if err := w.Show(doc); err != nil {
			t.Fatal(err)
		}
		got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if out.Len() == 0 {
			got = nil
		}
		if len(got) != len(want) {
			t.Fatalf("got %d lines, want %d:\n%s", len(got), len(want), out.String())
		}
		for i, text := range want {
			if !strings.Contains(got[i], text) {
				t.Errorf("line %q does not say %q", got[i], text)
			}
		}
	}
	show("ENGINE", "vllm", "tgi")
	doc.Engines[0].RTTMS = record.Some(2.0)
	show()
	doc.Engines[1].Healthy, doc.Engines[1].Reason = true, ""
	show("yes")
	doc.Engines = doc.Engines[:1]
	show("gone")
	show()
}
