package wire

import (
	"errors"
	"fmt"
	"io"
)

// lengthBody is a body of a stated length, or one that the connection's close
// ends.
type lengthBody struct {
	left       int64
	untilClose bool
}

func (b *lengthBody) read(x *exchanger, p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	if len(x.buffered()) == 0 {
		if err := x.fill(); err != nil {
			return 0, b.end(err)
		}
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n := copy(p, x.buffered())
	x.from += n
	b.left -= int64(n)
	return n, nil
}

func (b *lengthBody) end(err error) error {
	switch {
	case !errors.Is(err, io.EOF):
		return err
	case b.untilClose:
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

// chunkedBody is a body of chunks (RFC 9112, 7.1). It hands over whole chunks
// without waiting for the one behind them.
type chunkedBody struct {
	left    int64 // of the chunk under way
	inside  bool  // a chunk's data has begun, so its line end is still to come
	trailer bool  // the last chunk has come
	err     error // how the body ended
}

// maxChunkLine bounds a chunk's size line or a line of the trailer, in bytes.
const maxChunkLine = 4 << 10

func (b *chunkedBody) read(x *exchanger, p []byte) (int, error) {
	n := 0
	for n < len(p) && b.err == nil {
		if b.left > 0 {
			n += b.copy(x, p[n:])
		}
		if b.left == 0 && b.advance(x) {
			continue
		}
		if n > 0 || b.err != nil {
			break
		}
		if b.err = x.fill(); errors.Is(b.err, io.EOF) {
			b.err = io.ErrUnexpectedEOF
		}
	}
	if n > 0 {
		return n, nil // an error is told by the next read
	}
	return 0, b.err
}

func (b *chunkedBody) copy(x *exchanger, p []byte) int {
	data := x.buffered()
	if int64(len(data)) > b.left {
		data = data[:b.left]
	}
	n := copy(p, data)
	x.from += n
	b.left -= int64(n)
	return n
}

// advance steps over a line between two chunks' data. It reports false where
// more must be read first, or the body is over.
func (b *chunkedBody) advance(x *exchanger) bool {
	data := x.buffered()
	line, size, ok := cutLine(data)
	if !ok {
		if len(data) > maxChunkLine {
			b.err = fmt.Errorf("%w: a chunk's size line is longer than %d bytes", errMalformed, maxChunkLine)
		}
		return false
	}
	x.from += size
	switch {
	case b.trailer && len(line) == 0:
		b.err = io.EOF
	case b.trailer:
	case b.inside && len(line) > 0:
		b.err = fmt.Errorf("%w: a chunk is longer than its size", errMalformed)
	case b.inside:
		b.inside = false
	default:
		b.left, b.err = chunkSize(line)
		b.inside, b.trailer = b.left > 0, b.left == 0
	}
	return b.err == nil
}
