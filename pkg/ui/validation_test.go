package ui

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
	"github.com/kubectl-llmbench/kubectl-llmbench/test/golden"
)

func TestWriteValidation(t *testing.T) {
	v := record.NewValidation(nil, []record.Check{
		{ID: "gpu-present", Status: record.CheckPass, Subject: "vllm", Message: "1 NVIDIA-H200"},
		{ID: "image-pinned", Status: record.CheckWarn, Subject: "tgi", Message: "its image is :latest", Remedy: "kubectl set image deployment/tgi server=tgi:3.3.4\nkubectl rollout status deployment/tgi"},
		{ID: "apart", Status: record.CheckFail, Subject: "vllm, tgi", Message: "both stand on node gpu-1\x1b[2J", Remedy: "helm upgrade …"},
		{ID: "nodes-ready", Status: record.CheckSkip, Subject: "nodes", Message: "forbidden; asked for list nodes in the whole cluster"},
	})
	for name, width := range map[string]Width{"validation.txt": Narrow, "validation-wide.txt": Wide} {
		var out bytes.Buffer
		if err := WriteValidation(&out, v, width, false); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/"+name, out.Bytes())
	}
	var out bytes.Buffer
	if err := WriteValidation(&out, v, Narrow, true); err != nil || !strings.Contains(out.String(), "\x1b[31mFAIL") || strings.Contains(out.String(), "[2J\n") && strings.Contains(out.String(), "\x1b[2J") {
		t.Errorf("in colour: %q, %v", out.String(), err)
	}
}
