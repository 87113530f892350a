package children

import (
	"bytes"
	"strings"
	"sync"
)

// maxOutput bounds what is kept of a child's output.
const maxOutput = 4 << 10

// firstLine keeps the first line written to it and drops the rest.
type firstLine struct {
	mu       sync.Mutex
	line     []byte
	done     bool
	complete chan struct{} // closed when the line is there
}

func newFirstLine() *firstLine { return &firstLine{complete: make(chan struct{})} }

// Write implements io.Writer.
func (f *firstLine) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done {
		return len(p), nil
	}
	part, _, found := bytes.Cut(p, []byte("\n"))
	f.line = append(f.line, part...)
	if found || len(f.line) > maxOutput {
		f.done = true
		close(f.complete)
	}
	return len(p), nil
}

func (f *firstLine) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.TrimSpace(string(f.line))
}

// lastWords keeps the end of what is written to it.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (l *lastWords) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if over := len(l.text) - maxOutput; over > 0 {
		l.text = append(l.text[:0], l.text[over:]...)
	}
	return len(p), nil
}

func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(string(l.text))
}
