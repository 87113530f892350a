package wire

import (
	"bytes"
	"fmt"
)

// cutLine takes a line off data; size counts its end as well.
func cutLine(data []byte) (line []byte, size int, ok bool) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		return nil, 0, false
	}
	line = data[:i]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, i + 1, true
}

// chunkSize reads the hexadecimal size of a chunk and passes over its
// extensions.
func chunkSize(line []byte) (int64, error) {
	var size int64
	digits := 0
	for _, c := range line {
		d := hexDigit(c)
		if d < 0 {
			break
		}
		size = size<<4 | d
		digits++
	}
	rest := bytes.TrimLeft(line[digits:], " \t")
	if digits == 0 || digits > 15 || len(rest) > 0 && rest[0] != ';' {
		return 0, fmt.Errorf("%w: chunk size %q", errMalformed, line[:min(len(line), 40)])
	}
	return size, nil
}

func hexDigit(c byte) int64 {
	switch {
	case c >= '0' && c <= '9':
		return int64(c - '0')
	case c >= 'a' && c <= 'f':
		return int64(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int64(c-'A') + 10
	}
	return -1
}
