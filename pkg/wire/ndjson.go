package wire

import (
	"bytes"
	"errors"
	"io"
)

// ndjson reads one document a line; blank lines are passed over. A line that
// begins with neither a brace nor a bracket is of no such stream and is kept as
// stray text.
type ndjson struct {
	lines
	stamper
	stray
}

// NewNDJSON returns a reader of newline-delimited JSON.
func NewNDJSON(s Source) FrameReader {
	return &ndjson{lines: newLines(s, false)}
}

// Next implements FrameReader.
func (r *ndjson) Next(f *Frame) error {
	for {
		line, err := r.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		line = bytes.TrimLeft(line, " \t")
		if document(line) {
			r.stamp(f, line, r.arrival)
			f.Unterminated = err != nil
			return nil
		}
		r.add(line)
		if err != nil {
			return io.EOF
		}
	}
}

func document(line []byte) bool {
	return len(line) > 0 && (line[0] == '{' || line[0] == '[')
}
