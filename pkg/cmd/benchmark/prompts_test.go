package benchmark

import (
	"strings"
	"testing"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/config"
)

func TestPromptsComeFromTheirSource(t *testing.T) {
	files := map[string]string{
		"p.txt":  "a question of mine",
		"s.json": `[{"id": "x", "conversations": [{"from": "human", "value": "a shared question"}]}, {}]`,
		"bad":    "{}",
	}
	for _, c := range []struct{ prompts, text, said, fault string }{
		{"{}", "", "", ""},
		{"{file: p.txt}", "a question of mine", "", ""},
		{"{source: sharegpt, file: s.json}", "a shared question", "1 conversations are used, 1 entries of another form", ""},
		{`{synthetic: {input: "30", output: "5"}}`, "Continue: ", "", ""},
		{"{file: none.txt}", "", "", "prompts.file: "},
		{"{source: sharegpt, file: none}", "", "", "prompts.file: "},
		{"{source: sharegpt, file: bad}", "", "", "want a JSON list of conversations"},
		{"{categories: [nothing]}", "", "", "prompts.categories: "},
	} {
		o, out := options("", files, nil)
		loaded, err := config.Load([]config.Source{{Name: "test", Data: []byte("prompts: " + c.prompts)}}, "")
		if err != nil {
			t.Fatal(err)
		}
		o.config = loaded
		source, err := o.prompts()
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v, want %q", c.prompts, err, c.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.prompts, err)
			continue
		}
		one, other := source("run-1").At(0), source("run-2").At(0)
		if !strings.Contains(one.Text, c.text) || one.Text == other.Text || one.ID != other.ID {
			t.Errorf("%s: %q, and in another run %q", c.prompts, one.Text, other.Text)
		}
		if !strings.Contains(out.String(), c.said) {
			t.Errorf("%s: said %q", c.prompts, out)
		}
	}
}

func TestConversationsComeFromTheConfiguration(t *testing.T) {
	o, _ := options("", nil, nil)
	loaded, err := config.Load([]config.Source{{Name: "test", Data: []byte(`prompts: {conversation: {turns: "2"}}`)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	o.config = loaded
	source, err := o.prompts()
	if err != nil {
		t.Fatal(err)
	}
	if _, more := source("r").Turn(0, 1); !more {
		t.Error("no second turn")
	}
	if _, more := source("r").Turn(0, 2); more {
		t.Error("a third turn of two")
	}
}
