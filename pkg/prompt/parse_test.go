package prompt

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, file, content string
		want                []Prompt
		err                 string
	}{
		{"categories and blank lines", "p.txt", "# comment\n\n## a\n\nfirst\n\nsecond\nline\n## b\nthird", []Prompt{
			{"a-1", "a", "first"}, {"a-2", "a", "second\nline"}, {"b-1", "b", "third"},
		}, ""},
		{"no category", "p.txt", "one\n\n\n\ntwo\n", []Prompt{{"prompt-1", "", "one"}, {"prompt-2", "", "two"}}, ""},
		{"a category that comes back", "p.txt", "## a\n1\n\n## b\n2\n\n## a\n3\n", []Prompt{{"a-1", "a", "1"}, {"b-1", "b", "2"}, {"a-2", "a", "3"}}, ""},
		{"fenced", "p.txt", "## long\n\"\"\"\n\none\n\n## not a category\n# nor a comment\n\n\"\"\"\ntwo\n", []Prompt{
			{"long-1", "long", "one\n\n## not a category\n# nor a comment"}, {"long-2", "long", "two"},
		}, ""},
		{"hash lines inside prompts", "p.txt", "# comment\nask\n# kept\n", []Prompt{{"prompt-1", "", "ask\n# kept"}}, ""},
		{"CRLF, BOM and indents", "p.txt", "\xef\xbb\xbf## a\r\n\r\n  code  \r\n    more\r\n", []Prompt{{"a-1", "a", "  code\n    more"}}, ""},
		{"jsonl", "p.jsonl", `{"prompt": "one", "category": "c"}` + "\n\n" + `{"text": "two\n\nlines", "extra": 1}`, []Prompt{{"c-1", "c", "one"}, {"prompt-1", "", "two\n\nlines"}}, ""},
		{"jsonl by any case", "P.JSONL", `{"prompt": "## x"}`, []Prompt{{"prompt-1", "", "## x"}}, ""},

		{"empty", "p.txt", "", nil, `read prompts from "p.txt": the file holds no prompt`},
		{"comments alone", "p.txt", "# a\n\n## b\n", nil, `read prompts from "p.txt": the file holds no prompt`},
		{"open fence", "p.txt", "one\n\n\"\"\"\ntwo\n", nil, `read prompts from "p.txt": line 3: this """ is never closed`},
		{"empty fence", "p.txt", "\"\"\"\n\n\"\"\"\n", nil, `read prompts from "p.txt": line 1: nothing stands between this """ and the next`},
		{"not text", "p.txt", "a\xff", nil, `read prompts from "p.txt": it is not UTF-8 text`},
		{"jsonl without text", "p.jsonl", "{\"prompt\": \"a\"}\n{\"question\": \"b\"}\n", nil, `read prompts from "p.jsonl": line 2: the object has no text under prompt or text`},
		{"jsonl with a blank text", "p.jsonl", `{"prompt": " "}`, nil, `read prompts from "p.jsonl": line 1: the object has no text under prompt or text`},
		{"jsonl that is none", "p.jsonl", "hello\n", nil, `read prompts from "p.jsonl": line 1: want a JSON object with prompt or text: invalid character 'h' looking for beginning of value`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse(test.file, strings.NewReader(test.content))
			if message := errText(err); message != test.err {
				t.Errorf("err = %q, want %q", message, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseSaysWhereThereIsNoPrompt(t *testing.T) {
	if _, err := Parse("p", strings.NewReader("\n")); !errors.Is(err, ErrNoPrompts) {
		t.Errorf("err = %v", err)
	}
}

type brokenReader struct{}

var errBroken = errors.New("broken disk")

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestParseKeepsTheReadersError(t *testing.T) {
	if _, err := Parse("p", brokenReader{}); !errors.Is(err, errBroken) {
		t.Errorf("err = %v", err)
	}
}

func TestParseRefusesAHugeFile(t *testing.T) {
	_, err := Parse("p", strings.NewReader(strings.Repeat("x", maxFile+1)))
	if err == nil || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("err = %v", err)
	}
}

// Whatever the bytes: an error, or prompts with text and names of their own.
func FuzzParse(f *testing.F) {
	f.Add("p.txt", []byte("# c\n## a\n\nx\n\n\"\"\"\ny\n\n## z\n\"\"\"\n"))
	f.Add("p.txt", []byte("\xef\xbb\xbf## a\r\nx\r\n"))
	f.Add("p.jsonl", []byte(`{"prompt": "a", "category": "prompt"}`+"\n"+`{"text": "b"}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		prompts, err := Parse(name, strings.NewReader(string(data)))
		if err != nil {
			if prompts != nil {
				t.Fatalf("both prompts and %v", err)
			}
			return
		}
		if len(prompts) == 0 {
			t.Fatal("neither prompts nor an error")
		}
		ids := map[string]bool{}
		for _, p := range prompts {
			if strings.TrimSpace(p.Text) == "" {
				t.Errorf("%s is blank", p.ID)
			}
			if ids[p.ID] {
				t.Errorf("%s stands twice", p.ID)
			}
			ids[p.ID] = true
		}
	})
}
