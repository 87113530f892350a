package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds one line of JSONL, so that a file of another origin cannot
// take all memory. The arrivals of a million frames fit.
const maxLine = 64 << 20

// ReadLines hands each whole line of a JSONL file to decode. Because a run can
// be killed at any instant the file may end in a torn line: ReadLines leaves
// that alone and reports how many bytes it has. A line inside the file that
// decode refuses, or that is longer than 64 MiB, is an error with its number.
// decode must not keep the line.
func ReadLines(r io.Reader, decode func(line []byte) error) (torn int, err error) {
	br := bufio.NewReaderSize(r, 64<<10)
	var line []byte
	for n := 1; ; n++ {
		line, err = readLine(br, line[:0])
		if errors.Is(err, io.EOF) {
			return len(line), nil
		}
		if err == nil && len(bytes.TrimSpace(line)) > 0 {
			err = decode(line)
		}
		if err != nil {
			return 0, fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// readLine appends one line to into, its end included. Where the input ends
// first, the error is io.EOF and the result what there was.
func readLine(br *bufio.Reader, into []byte) ([]byte, error) {
	for {
		part, err := br.ReadSlice('\n')
		if len(into)+len(part) > maxLine {
			return nil, fmt.Errorf("longer than %d bytes", maxLine)
		}
		into = append(into, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return into, err
		}
	}
}

// ReadSamples calls each for every sample in a samples.jsonl stream. It reads
// and fails like ReadLines.
func ReadSamples(r io.Reader, each func(Sample)) (torn int, err error) {
	return readJSONL(r, each)
}

// ReadBlocks returns the last saved state of every block in a blocks.jsonl
// stream, in the order in which the blocks began. It reads and fails like
// ReadLines.
func ReadBlocks(r io.Reader) (blocks []Block, torn int, err error) {
	at := map[string]int{}
	torn, err = readJSONL(r, func(b Block) {
		if i, seen := at[b.ID]; seen {
			blocks[i] = b
			return
		}
		at[b.ID] = len(blocks)
		blocks = append(blocks, b)
	})
	return blocks, torn, err
}

func readJSONL[T any](r io.Reader, each func(T)) (torn int, err error) {
	return ReadLines(r, func(line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		each(v)
		return nil
	})
}

// AppendLine writes v as one line of JSONL in a single Write. Only the write
// that a kill or a full disk cuts short can leave a torn line.
func AppendLine(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a record: %w", err)
	}
	_, err = w.Write(append(Escaped(line), '\n'))
	return err
}
