package prompt

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBuiltinIsWhatItsHeaderSays(t *testing.T) {
	prompts := Builtin()
	if len(prompts) < 60 {
		t.Errorf("only %d prompts", len(prompts))
	}
	if diff := cmp.Diff([]string{"short", "chat", "code", "reasoning", "summarise", "long"}, Categories(prompts)); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
	words := map[string][2]int{
		"short": {3, 12}, "chat": {12, 60}, "code": {12, 80}, "reasoning": {20, 90}, "summarise": {90, 220}, "long": {300, 850},
	}
	count, texts := map[string]int{}, map[string]string{}
	for _, p := range prompts {
		count[p.Category]++
		if n := len(strings.Fields(p.Text)); n < words[p.Category][0] || n > words[p.Category][1] {
			t.Errorf("%s has %d words, want %v", p.ID, n, words[p.Category])
		}
		if other, again := texts[p.Text]; again {
			t.Errorf("%s and %s are the same", other, p.ID)
		}
		texts[p.Text] = p.ID
		if strings.Contains(p.Text, `"""`) || strings.HasPrefix(p.Text, "#") {
			t.Errorf("%s holds a mark of the format", p.ID)
		}
	}
	for category, n := range count {
		if n < 7 {
			t.Errorf("only %d prompts of %s", n, category)
		}
	}
}

func TestBuiltinIsTheCallersOwn(t *testing.T) {
	Builtin()[0].Text = "spoilt"
	if Builtin()[0].Text == "spoilt" {
		t.Error("a change of the slice reached the built-in prompts")
	}
}

func TestFilter(t *testing.T) {
	all := []Prompt{{ID: "a-1", Category: "a"}, {ID: "b-1", Category: "b"}, {ID: "a-2", Category: "a"}, {ID: "prompt-1"}}
	for _, test := range []struct {
		name       string
		prompts    []Prompt
		categories []string
		want       []string
		err        string
	}{
		{"all", all, nil, []string{"a-1", "b-1", "a-2", "prompt-1"}, ""},
		{"one", all, []string{"a"}, []string{"a-1", "a-2"}, ""},
		{"two in the file's order", all, []string{"b", "a"}, []string{"a-1", "b-1", "a-2"}, ""},
		{"unknown", all, []string{"a", "c"}, nil, `no prompt has the category "c": there are "a", "b", ""`},
		{"none to choose from", []Prompt{{ID: "prompt-1"}}, []string{"c"}, nil, `no prompt has the category "c": there are none in this file`},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := append([]Prompt(nil), test.prompts...)
			got, err := Filter(test.prompts, test.categories)
			if message := errText(err); message != test.err {
				t.Errorf("err = %q, want %q", message, test.err)
			}
			var ids []string
			for _, p := range got {
				ids = append(ids, p.ID)
			}
			if diff := cmp.Diff(test.want, ids); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, test.prompts); diff != "" {
				t.Errorf("the argument was changed:\n%s", diff)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
