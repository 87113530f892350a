package wire

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// MaxFrame is the longest frame that is read, in bytes. Frames with tool calls
// or Ollama's context are long, but one past this is no answer.
const MaxFrame = 8 << 20

// Frame is one event of a stream.
type Frame struct {
	// Data is the frame's payload; it is valid until the next call of Next.
	Data []byte
	// At is when the last byte of the frame arrived.
	At time.Time
	// Kernel is true where At is a receive stamp of the kernel.
	Kernel bool
	// Coalesced says that the frame shares its stamp with the frame before it,
	// so that the earlier one came at some time before.
	Coalesced bool
	// Unterminated says that the stream ended before the frame did, so that
	// Data may be a part of what was meant.
	Unterminated bool
}

// FrameReader cuts a stream into frames.
type FrameReader interface {
	// Next reads the next frame into f. At the stream's clean end it returns
	// io.EOF. A frame past MaxFrame is a [FrameTooLongError].
	Next(f *Frame) error
	// Stray returns the beginning of what was read outside of any frame, for a
	// body that is no stream of this kind.
	Stray() string
}

// Source is where a FrameReader reads: bytes, and when the last ones came. A
// read must return what there is and not wait for more.
type Source interface {
	io.Reader
	// Arrival is that of the bytes the last Read returned.
	Arrival() Arrival
}

// FrameTooLongError is a frame that did not end within MaxFrame bytes.
type FrameTooLongError struct {
	// Limit is the most bytes a frame may have.
	Limit int
}

// Error implements error.
func (e *FrameTooLongError) Error() string {
	return fmt.Sprintf("a frame of the answer is longer than %d MiB", e.Limit>>20)
}

// firstBuffer is a line buffer's first size; it doubles as lines need it to.
const firstBuffer = 4 << 10

// lines cuts a source into lines. A line ends in LF or CRLF, and where loneCR
// is set, as in server-sent events, also in CR alone.
type lines struct {
	source Source
	loneCR bool
	limit  int

	buf     []byte
	from    int // the next line begins here
	scanned int // no line ends between from and here
	to      int // bytes read end here
	arrival Arrival
	err     error
	// skipLF drops a line feed that follows a carriage return which has already
	// ended its line.
	skipLF bool
}

func newLines(s Source, loneCR bool) lines {
	return lines{source: s, loneCR: loneCR, limit: MaxFrame, buf: make([]byte, firstBuffer)}
}

// next returns the next line without its end. It is valid until the call
// after. At the end of the source, a last line without an end is returned
// with io.EOF.
func (l *lines) next() ([]byte, error) {
	for {
		if line, ok := l.buffered(); ok {
			return line, nil
		}
		if l.err != nil {
			rest := l.buf[l.from:l.to]
			l.from, l.scanned = l.to, l.to
			return rest, l.err
		}
		if l.to-l.from >= l.limit {
			l.err = &FrameTooLongError{Limit: l.limit}
			l.from, l.scanned = l.to, l.to
			continue
		}
		l.fill()
	}
}

// buffered cuts a line off what has been read.
func (l *lines) buffered() ([]byte, bool) {
	if l.skipLF && l.from < l.to {
		l.skipLF = false
		if l.buf[l.from] == '\n' {
			l.from++
		}
		l.scanned = max(l.scanned, l.from)
	}
	i := l.lineEnd(l.buf[l.scanned:l.to])
	if i < 0 {
		l.scanned = l.to
		return nil, false
	}
	end := l.scanned + i
	line := l.buf[l.from:end]
	l.from, l.scanned = end+1, end+1
	if l.buf[end] == '\r' {
		l.skipLF = true
	} else if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, true
}

func (l *lines) lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if !l.loneCR {
		return lf
	}
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// fill reads once, making room first.
func (l *lines) fill() {
	if l.from > 0 {
		copy(l.buf, l.buf[l.from:l.to])
		l.to -= l.from
		l.scanned -= l.from
		l.from = 0
	}
	if l.to == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.source.Read(l.buf[l.to:])
	l.to += n
	if n > 0 {
		l.arrival = l.source.Arrival()
	}
	if err != nil {
		l.err = err
	} else if n == 0 {
		l.err = io.ErrNoProgress
	}
}

// stamper gives frames their arrivals and notices those that share one: they
// came in one read, or the kernel had merged their segments in its queue, which
// then bear the last one's stamp however they are read.
type stamper struct{ last Arrival }

func (s *stamper) stamp(f *Frame, data []byte, a Arrival) {
	f.Data, f.At, f.Kernel, f.Unterminated = data, a.At, a.Kernel, false
	merged := a.Kernel && s.last.Kernel && a.At.Equal(s.last.At)
	f.Coalesced = a.Read != 0 && (a.Read == s.last.Read || merged)
	s.last = a
}

// stray keeps the beginning of what belongs to no frame.
type stray struct{ text []byte }

// strayLimit is how much is kept, in bytes.
const strayLimit = 512

func (s *stray) add(line []byte) {
	if len(s.text) >= strayLimit || len(line) == 0 {
		return
	}
	if len(s.text) > 0 {
		s.text = append(s.text, ' ')
	}
	s.text = append(s.text, line[:min(len(line), strayLimit-len(s.text))]...)
}

// Stray returns what was kept.
func (s *stray) Stray() string { return string(s.text) }
