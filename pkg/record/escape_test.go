package record

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"unicode"
)

// hidden is text with each kind of character that is escaped, and some that are not.
const hidden = "é日\x1b]8;;http://x\x07\u009b31m\u202e\u2066\u200d\u00a0\x7f\U000e0041 \t\n=1"

func TestNothingHiddenStandsInADocument(t *testing.T) {
	var log, document, line bytes.Buffer
	slog.New(slog.NewJSONHandler(EscapingWriter{&log}, nil)).Info(hidden, hidden, hidden)
	if err := WriteJSON(&document, map[string]string{hidden: hidden}); err != nil {
		t.Fatal(err)
	}
	if err := AppendLine(&line, map[string]string{hidden: hidden}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a log": log.String(), "a document": document.String(), "a line": line.String()} {
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s: %q", name, text[i:])
		}
		if !strings.Contains(text, "é日") {
			t.Errorf("%s escapes what is printable: %s", name, text)
		}
		var back map[string]string
		if err := json.Unmarshal([]byte(text), &back); err != nil || back[hidden] != hidden {
			t.Errorf("%s reads back as %q: %v", name, back[hidden], err)
		}
	}
}

func TestAsciiIsPassedOn(t *testing.T) {
	plain := []byte("{\n  \"a\": 1\n}\n")
	if got := Escaped(plain); &got[0] != &plain[0] {
		t.Error("a document without anything hidden is copied")
	}
}
