package fleet

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Bounds of what is read of a log, so that no pod can take all memory.
const (
	maxEncoded = 8 << 20
	maxDecoded = 64 << 20
	// keptOther is how many lines that are no worker's are kept, of at most
	// keptBytes each: what a crash says.
	keptOther = 10
	keptBytes = 500
)

// ErrGap says that lines are missing before this one. The log is to be read again
// from its begin; what is still missing then is counted and passed over.
var ErrGap = errors.New("lines of the log are missing")

// Reader puts a worker's messages together from the lines of its log, which may
// come more than once, from the begin or from within, and of which some may be
// missing or damaged. Each message is given once.
type Reader struct {
	// Missing is how many lines are known to be lost.
	Missing int64

	worker int
	next   int64 // the number of the line that is wanted
	tried  int64 // the gap before this line was reported already, from 1
	parts  []byte
	open   bool // parts holds the begin of a message
	other  []string
}

// NewReader reads the log of one worker.
func NewReader(worker int) *Reader { return &Reader{worker: worker} }

// Line takes a line without its end. It returns the message that ends with it,
// nil where none does, and ErrGap where lines before it are missing; then the
// line was not taken.
func (r *Reader) Line(text []byte) (*Message, error) {
	l, ok := parseLine(text)
	if !ok || l.worker != r.worker {
		r.keep(text)
		return nil, nil
	}
	switch {
	case l.seq < r.next:
		return nil, nil
	case l.seq > r.next && r.tried != r.next+1:
		r.tried = r.next + 1
		return nil, ErrGap
	case l.seq > r.next:
		r.Missing += l.seq - r.next
		r.drop()
	}
	r.next = l.seq + 1
	return r.take(l), nil
}

// take adds a line that is in its place.
func (r *Reader) take(l line) *Message {
	if l.first {
		r.drop()
		r.open = true
	}
	if !r.open || len(r.parts)+len(l.payload) > maxEncoded {
		r.Missing++ // the begin of its message is lost
		r.drop()
		return nil
	}
	r.parts = append(r.parts, l.payload...)
	if !l.last {
		return nil
	}
	m, err := decode(r.parts)
	r.open = false
	r.parts = r.parts[:0]
	if err != nil {
		r.Missing++
		return nil
	}
	return m
}

// drop forgets the begin of a message whose end is lost.
func (r *Reader) drop() { r.parts, r.open = r.parts[:0], false }

// Other returns the last lines that were no worker's, as a crash writes them.
func (r *Reader) Other() []string { return r.other }

func (r *Reader) keep(text []byte) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || bytes.HasPrefix(text, []byte(magic)) {
		return
	}
	r.other = append(r.other, string(text[:min(len(text), keptBytes)]))
	if len(r.other) > keptOther {
		r.other = r.other[1:]
	}
}

// decode reads a message from its base64.
func decode(text []byte) (*Message, error) {
	packed, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err != nil {
		return nil, fmt.Errorf("decode a message: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxDecoded+1))
	if err != nil || len(plain) > maxDecoded {
		return nil, fmt.Errorf("inflate a message of %d bytes: %w", len(packed), errors.Join(err, errTooLong(len(plain))))
	}
	var m Message
	if err := json.Unmarshal(plain, &m); err != nil {
		return nil, fmt.Errorf("read a message: %w", err)
	}
	return &m, nil
}

func errTooLong(n int) error {
	if n > maxDecoded {
		return fmt.Errorf("longer than %d bytes", maxDecoded)
	}
	return nil
}
