package prompt

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The bounds of a ShareGPT file: what is read of it, in bytes, and what is kept.
const (
	maxShareGPT  = 1 << 30
	maxDialogues = 20_000
	maxTurns     = 100
)

// Dialogue is a recorded conversation, as its user led it.
type Dialogue struct {
	ID    string
	Turns []Exchange
}

// Exchange is what the user said and how long the answer was.
type Exchange struct {
	Ask         string
	AnswerBytes int
}

// ParseShareGPT reads the JSON that ShareGPT's conversations are handed around
// in: a list of {"id", "conversations": [{"from": "human" or "gpt", "value"}]}
// ("user" and "assistant" will do). Entries of another form, without a user's
// turn, or in which somebody speaks twice in a row are passed over and
// counted; the first 20,000 good ones are kept, and reading ends with them. An
// error names the file, and the byte where it is no such list.
func ParseShareGPT(name string, r io.Reader) (dialogues []Dialogue, skipped int, err error) {
	limited := &io.LimitedReader{R: r, N: maxShareGPT}
	d := json.NewDecoder(limited)
	fault := func(err error) error {
		return fmt.Errorf("read ShareGPT conversations from %q: byte %d: %w", name, d.InputOffset(), err)
	}
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return nil, 0, fault(fmt.Errorf("want a JSON list of conversations: %w", orFound(err, open)))
	}
	for d.More() && len(dialogues) < maxDialogues {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			if limited.N == 0 {
				err = fmt.Errorf("the file is larger than %d MiB", maxShareGPT>>20)
			}
			return nil, 0, fault(err)
		}
		if one, ok := readDialogue(raw); ok {
			if one.ID == "" {
				one.ID = fmt.Sprintf("sharegpt-%d", len(dialogues)+1)
			}
			dialogues = append(dialogues, one)
		} else {
			skipped++
		}
	}
	if len(dialogues) < maxDialogues {
		if _, err := d.Token(); err != nil { // the end of the list
			return nil, 0, fault(err)
		}
	}
	if len(dialogues) == 0 {
		return nil, skipped, fmt.Errorf("read ShareGPT conversations from %q: %w (%d entries were of another form)", name, ErrNoPrompts, skipped)
	}
	return dialogues, skipped, nil
}

func orFound(err error, found json.Token) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("it begins with %v", found)
}

func readDialogue(raw []byte) (Dialogue, bool) {
	var entry struct {
		ID            any `json:"id"`
		Conversations []struct {
			From  string `json:"from"`
			Value string `json:"value"`
		} `json:"conversations"`
	}
	if !utf8.Valid(raw) || json.Unmarshal(raw, &entry) != nil {
		return Dialogue{}, false
	}
	var d Dialogue
	d.ID, _ = entry.ID.(string)
	answered := true
	for _, turn := range entry.Conversations {
		blank := strings.TrimSpace(turn.Value) == ""
		switch turn.From {
		case "human", "user":
			if blank || len(d.Turns) == maxTurns {
				return d, len(d.Turns) > 0
			}
			if !answered {
				return Dialogue{}, false
			}
			d.Turns = append(d.Turns, Exchange{Ask: turn.Value})
			answered = false
		case "gpt", "chatgpt", "assistant":
			if answered {
				if len(d.Turns) == 0 {
					continue // the tail of a conversation that was cut in two
				}
				return Dialogue{}, false
			}
			d.Turns[len(d.Turns)-1].AnswerBytes = len(turn.Value)
			answered = true
		}
	}
	return d, len(d.Turns) > 0
}

// NewShareGPT returns a source over recorded dialogues: their first turns as
// prompts, and where conversations are asked for their later ones too. Answers
// are asked to be about as long as the recorded ones.
func NewShareGPT(dialogues []Dialogue, opts Options) *Source {
	prompts := make([]Prompt, 0, len(dialogues))
	for _, d := range dialogues {
		prompts = append(prompts, Prompt{ID: d.ID, Category: "sharegpt", Text: d.Turns[0].Ask})
	}
	s := New(prompts, opts)
	s.dialogues = dialogues
	return s
}
