package prompt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxFile bounds a prompt file, in bytes.
const maxFile = 64 << 20

// ErrNoPrompts is what Parse returns for a file that holds no prompt.
var ErrNoPrompts = errors.New("the file holds no prompt")

// Parse reads a prompt file. A name that ends in .jsonl has an object in each
// line, with the text under prompt or text and, where there is one, a
// category. Any other is plain text: a line `## name` begins a category, blank
// lines part prompts, and a prompt that holds blank lines itself stands
// between two lines of `"""`. Until the first prompt or category, lines that
// begin with `#` are comments. Errors name the file and the line.
func Parse(name string, r io.Reader) ([]Prompt, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read prompts from %q: %w", name, err)
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("read prompts from %q: it is larger than %d MiB", name, maxFile>>20)
	}
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("read prompts from %q: it is not UTF-8 text", name)
	}
	b := builder{file: name, count: map[string]int{}}
	lines := strings.Split(string(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))), "\n")
	read := b.text
	if strings.HasSuffix(strings.ToLower(name), ".jsonl") {
		read = b.jsonl
	}
	if err := read(lines); err != nil {
		return nil, err
	}
	if len(b.prompts) == 0 {
		return nil, fmt.Errorf("read prompts from %q: %w", name, ErrNoPrompts)
	}
	return b.prompts, nil
}

// builder collects the prompts of one file.
type builder struct {
	file     string
	prompts  []Prompt
	category string
	count    map[string]int // of each category, for IDs
}

// add takes a prompt whose text is not blank.
func (b *builder) add(category, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	prefix := category
	if prefix == "" {
		prefix = "prompt"
	}
	b.count[prefix]++
	b.prompts = append(b.prompts, Prompt{ID: fmt.Sprintf("%s-%d", prefix, b.count[prefix]), Category: category, Text: text})
}

func (b *builder) fault(line int, format string, args ...any) error {
	return fmt.Errorf("read prompts from %q: line %d: %w", b.file, line, fmt.Errorf(format, args...))
}

func (b *builder) jsonl(lines []string) error {
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var entry struct {
			Prompt   *string `json:"prompt"`
			Text     *string `json:"text"`
			Category string  `json:"category"`
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			return b.fault(i+1, "want a JSON object with prompt or text: %w", err)
		}
		text := entry.Prompt
		if text == nil {
			text = entry.Text
		}
		if text == nil || strings.TrimSpace(*text) == "" {
			return b.fault(i+1, "the object has no text under prompt or text")
		}
		b.add(entry.Category, *text)
	}
	return nil
}
