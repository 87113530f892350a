package discover

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/kube"
)

// TestLikelyNamesWhatFindWould has no engine answer: what Find then still takes
// for engines is what Likely names, under the same names.
func TestLikelyNamesWhatFindWould(t *testing.T) {
	two := &kube.Inventory{
		Pods: []corev1.Pod{
			vllmPod("a-1"),
			pod("b-1", image("vllm/vllm-openai:v0.9.1"), labelled("app", "large")),
			pod("c-1", image("ollama/ollama:0.12.0"), labelled("app", "ollama")),
			pod("d-1", labelled("app", "llm")),
		},
		Services: []corev1.Service{service("vllm"), service("large"), service("ollama", ports(servicePort("http", 11434, 11434))), service("llm")},
	}
	for _, tt := range []struct {
		name      string
		inventory *kube.Inventory
		selector  string
		want      []string
	}{
		{"two of a kind", two, "", []string{"vllm-large", "vllm-team-a", "ollama"}},
		{"by a label", two, "app=large", []string{"vllm"}},
		{"nothing", &kube.Inventory{}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			keep, err := labels.Parse(tt.selector)
			if err != nil {
				t.Fatal(err)
			}
			got := Likely(tt.inventory, keep)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			var found []string
			for _, e := range find(t, Options{Inventory: tt.inventory, Selector: keep}).Engines {
				found = append(found, e.Engine)
			}
			if diff := cmp.Diff(found, got); diff != "" {
				t.Errorf("Find -, Likely +:\n%s", diff)
			}
		})
	}
}
