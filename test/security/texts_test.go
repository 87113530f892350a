//go:build unix

package security

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// TestTextsAreKeptOnlyWhereAskedFor holds where they are then, who may read them,
// and that the run says so; and that a token which an engine quotes is not among them.
func TestTextsAreKeptOnlyWhereAskedFor(t *testing.T) {
	for _, set := range [][]string{{"--record-text"}, {"--set", "output.record_text=true"}} {
		all := measured(t, []string{"LLMBENCH_ENGINE_TOKEN=" + token}, set...)
		kept := ""
		for where, text := range all {
			switch {
			case strings.HasSuffix(where, "/raw/texts.jsonl"):
				kept = text
			case strings.Contains(text, answerText):
				t.Errorf("%v: the text of an answer stands in %s", set, where)
			case strings.HasSuffix(where, "/raw/run.json") && !strings.Contains(text, `"record_text": true`):
				t.Errorf("%v: run.json does not say so", set)
			case strings.Contains(where, "report.") && !strings.Contains(text, "raw/texts.jsonl"):
				t.Errorf("%v: %s does not say so", set, where)
			}
			if strings.Contains(text, token) {
				t.Errorf("%v: the token stands in %s", set, where)
			}
		}
		if !strings.Contains(all["the terminal"], "warning: prompts and answers are kept") {
			t.Errorf("%v: the terminal does not say so:\n%s", set, all["the terminal"])
		}
		ok, failed := 0, 0
		for line := range strings.Lines(kept) {
			var said record.Text
			if err := json.Unmarshal([]byte(line), &said); err != nil {
				t.Fatal(err)
			}
			if len(said.Messages) != 1 || said.Messages[0].Content == "" {
				t.Errorf("no prompt in %s", line)
			}
			switch said.Status {
			case record.StatusOK:
				ok++
				if said.Answer != strings.Repeat(answerText, 3) || said.FinishReason != "stop" {
					t.Errorf("an answer of %s", line)
				}
			default:
				failed++
				if said.Answer != "" {
					t.Errorf("a refusal has the answer %q", said.Answer)
				}
			}
		}
		if ok == 0 || failed == 0 {
			t.Errorf("%v: %d answers and %d refusals in\n%s", set, ok, failed, kept)
		}
	}
	for where := range measured(t, nil) {
		if strings.HasSuffix(where, "texts.jsonl") {
			t.Errorf("%s is there though nobody asked", where)
		}
	}
}

func TestTextsAreTheirOwnersAlone(t *testing.T) {
	results := t.TempDir()
	file := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(file, []byte(plan), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, nil, "custom", "--config", file, "--url", "openai="+hostile(t, elsewhere(t)), "--output-dir", results, "--record-text")
	for name, want := range map[string]fs.FileMode{"latest/raw/texts.jsonl": 0o600, "latest/raw": 0o700 | fs.ModeDir} {
		info, err := os.Stat(filepath.Join(results, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", name, info, err, want)
		}
	}
}

// TestTextsDoNotPassThroughPods needs no cluster: it is refused before one is asked.
func TestTextsDoNotPassThroughPods(t *testing.T) {
	out := call(t, []string{"KUBECONFIG=" + filepath.Join(t.TempDir(), "none")}, "quick", "--in-cluster", "--record-text", "--url", "vllm=http://vllm:8000")
	if !strings.Contains(out, "--record-text") || !strings.Contains(out, "workers' logs") {
		t.Errorf("it says: %s", out)
	}
}
