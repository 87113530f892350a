package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableIsPlainAndAligned(t *testing.T) {
	var out strings.Builder
	err := writeTable(&out, []column{{title: "ENGINE"}, {title: "TTFT P50", number: true}},
		[][]string{{"vllm", "41.2"}, {"ollama", "1,041.2"}})
	if err != nil {
		t.Fatal(err)
	}
	want := "ENGINE  TTFT P50\nvllm        41.2\nollama   1,041.2\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
