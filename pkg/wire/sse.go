package wire

import (
	"bytes"
	"errors"
	"io"
)

// sse reads server-sent events (WHATWG HTML, 9.2.6). A frame is the data of
// one event: its data fields, joined by line feeds. Comments, other fields and
// events without data are passed over. The standard drops an event that the
// stream's end cut off before its blank line; here it is handed out, marked as
// unterminated, because servers leave the last blank line out.
type sse struct {
	lines
	stamper
	stray
	// joined holds an event of several data lines; one of a single line is
	// handed out where it stands in the buffer.
	joined []byte
	begun  bool
}

// NewSSE returns a reader of server-sent events.
func NewSSE(s Source) FrameReader {
	return &sse{lines: newLines(s, true)}
}

var (
	dataField = []byte("data")
	byteOrder = []byte("\ufeff")
)

// Next implements FrameReader.
func (r *sse) Next(f *Frame) error {
	count := 0
	r.joined = r.joined[:0]
	for {
		line, err := r.next()
		if err != nil {
			return r.end(f, line, count, err)
		}
		line = r.unmarked(line)
		if len(line) == 0 {
			if count > 0 {
				r.stamp(f, r.joined, r.arrival)
				return nil
			}
			continue
		}
		value, ok := r.data(line)
		if !ok {
			continue
		}
		if count == 0 && r.blankFollows() {
			r.stamp(f, value, r.arrival)
			return nil
		}
		if err := r.join(value, count); err != nil {
			return err
		}
		count++
	}
}

// unmarked takes the byte order mark off the stream's first line.
func (r *sse) unmarked(line []byte) []byte {
	if r.begun {
		return line
	}
	r.begun = true
	return bytes.TrimPrefix(line, byteOrder)
}

// blankFollows consumes the blank line that ends an event, where it has been
// read along with the event's line. It moves nothing in the buffer, so that
// the line before stays where it is.
func (r *sse) blankFollows() bool {
	rest := r.buf[r.from:r.to]
	if r.skipLF && len(rest) > 0 && rest[0] == '\n' {
		rest = rest[1:]
	}
	switch {
	case len(rest) > 0 && rest[0] == '\n':
		r.skipLF = false
		r.from = r.to - len(rest) + 1
	case len(rest) > 0 && rest[0] == '\r':
		r.skipLF = true
		r.from = r.to - len(rest) + 1
	default:
		return false
	}
	r.scanned = max(r.scanned, r.from)
	return true
}

// data returns the value of a data field. What is neither a field nor a
// comment is kept as stray text.
func (r *sse) data(line []byte) ([]byte, bool) {
	name, value, colon := bytes.Cut(line, []byte{':'})
	if !bytes.Equal(name, dataField) {
		if !colon || !knownField(name) {
			r.add(line)
		}
		return nil, false
	}
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return value, true
}

// knownField tells the fields of the standard, and the empty name of a
// comment, from the text of a page.
func knownField(name []byte) bool {
	switch string(name) {
	case "", "event", "id", "retry":
		return true
	}
	return false
}

func (r *sse) join(value []byte, count int) error {
	if len(r.joined)+len(value) >= r.limit {
		return &FrameTooLongError{Limit: r.limit}
	}
	if count > 0 {
		r.joined = append(r.joined, '\n')
	}
	r.joined = append(r.joined, value...)
	return nil
}

// end handles the end of the source: what an event had got by then is handed
// out as unterminated.
func (r *sse) end(f *Frame, rest []byte, count int, err error) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	if value, ok := r.data(r.unmarked(rest)); ok {
		if err := r.join(value, count); err != nil {
			return err
		}
		count++
	}
	if count == 0 {
		return io.EOF
	}
	r.stamp(f, r.joined, r.arrival)
	f.Unterminated = true
	return nil
}
