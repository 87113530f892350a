package prompt

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const shared = `[
 {"id": "one", "conversations": [{"from": "system", "value": "be brief"}, {"from": "human", "value": "q1"}, {"from": "gpt", "value": "a1 and more"}, {"from": "human", "value": "q2"}]},
 {"id": 7, "conversations": [{"from": "gpt", "value": "a tail"}, {"from": "user", "value": "q"}, {"from": "assistant", "value": "long"}]},
 {"id": "no turn", "conversations": []},
 {"id": "twice", "conversations": [{"from": "human", "value": "q1"}, {"from": "human", "value": "q2"}]},
 {"id": "blank", "conversations": [{"from": "human", "value": " "}]},
 "no object",
 {"id": "odd", "conversations": "none"}
]`

func TestParseShareGPT(t *testing.T) {
	got, skipped, err := ParseShareGPT("s.json", strings.NewReader(shared))
	if err != nil || skipped != 5 {
		t.Errorf("%d skipped, %v", skipped, err)
	}
	want := []Dialogue{
		{ID: "one", Turns: []Exchange{{Ask: "q1", AnswerBytes: 11}, {Ask: "q2"}}},
		{ID: "sharegpt-2", Turns: []Exchange{{Ask: "q", AnswerBytes: 4}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseShareGPTRefuses(t *testing.T) {
	for content, want := range map[string]string{
		"":                      "want a JSON list of conversations: EOF",
		"{}":                    "it begins with {",
		"[{]":                   "byte 1: invalid character",
		`[{"id": "a"}`:          "EOF",
		`[{"id": "a"}]`:         "the file holds no prompt (1 entries were of another form)",
		"[]":                    "the file holds no prompt",
		"hello":                 "want a JSON list of conversations",
		`[{"conversations":[{"`: "EOF",
	} {
		got, _, err := ParseShareGPT("s.json", strings.NewReader(content))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "s.json") || got != nil {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
	if _, _, err := ParseShareGPT("s", brokenReader{}); !errors.Is(err, errBroken) {
		t.Errorf("err = %v", err)
	}
}

func TestParseShareGPTIsBounded(t *testing.T) {
	entry := `{"conversations": [{"from": "human", "value": "q"}]},`
	got, _, err := ParseShareGPT("s", strings.NewReader("["+strings.Repeat(entry, maxDialogues+5)+"what follows is not read"))
	if err != nil || len(got) != maxDialogues {
		t.Errorf("%d dialogues, %v", len(got), err)
	}
}

// Answers are asked to be as long as the recorded ones, by a factor that the
// dialogues' own text has; a text is a token for each three bytes here.
func TestShareGPTLengths(t *testing.T) {
	long := strings.Repeat("some recorded text ", 30)
	dialogues := []Dialogue{
		{ID: "a", Turns: []Exchange{{Ask: long + "first", AnswerBytes: 300}, {Ask: "and then", AnswerBytes: 30}, {Ask: "no answer"}}},
		{ID: "b", Turns: []Exchange{{Ask: long + "second", AnswerBytes: 1}}},
	}
	s := NewShareGPT(dialogues, Options{Seed: 1, Turns: parsed(t, "5")})
	if !s.Calibrates() {
		t.Fatal("no calibration for the lengths of answers")
	}
	r, err := s.Calibrate(counter(func(text string) int { return 25 + len(text)/3 }), false)
	if err != nil {
		t.Fatal(err)
	}
	s = s.Under(r)
	lengths := map[string][]int{}
	for seq := range uint64(2) {
		for turn := 0; ; turn++ {
			ask, more := s.Turn(seq, turn)
			if !more {
				break
			}
			if ask.Force || ask.PromptTokens != 0 {
				t.Errorf("%+v aims at more than was recorded", ask)
			}
			lengths[ask.ID] = append(lengths[ask.ID], ask.OutputTokens)
		}
	}
	if diff := cmp.Diff(map[string][]int{"a": {100, 10, 0}, "b": {1}}, lengths); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := s.Calibrate(counter(func(string) int { return 9 }), false); !errors.Is(err, ErrUncalibrated) {
		t.Errorf("a constant count: %v", err)
	}
}

func FuzzParseShareGPT(f *testing.F) {
	f.Add([]byte(shared))
	f.Add([]byte(`[{"conversations": [{"from": "human", "value": "\ud800"}]}, {}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dialogues, skipped, err := ParseShareGPT("f", strings.NewReader(string(data)))
		if (err == nil) != (len(dialogues) > 0) || skipped < 0 {
			t.Fatalf("%d dialogues, %d skipped and %v", len(dialogues), skipped, err)
		}
		for _, d := range dialogues {
			if d.ID == "" || len(d.Turns) == 0 || len(d.Turns) > maxTurns {
				t.Fatalf("%+v", d)
			}
			for _, turn := range d.Turns {
				if strings.TrimSpace(turn.Ask) == "" {
					t.Fatalf("%q has a blank turn", d.ID)
				}
			}
		}
	})
}
