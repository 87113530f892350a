package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A JSONL file may end in a torn line, because a run can be killed at any
// instant. ReadLines hands each whole line to decode and reports how many
// bytes of a torn last line it left alone. A line inside the file that decode
// refuses is an error that names its number.
func ReadLines(r io.Reader, decode func(line []byte) error) (torn int, err error) {
	br := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		line, err := br.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return len(line), nil
		}
		if err != nil {
			return 0, fmt.Errorf("line %d: %w", n, err)
		}
		if len(line) == 1 {
			continue
		}
		if err := decode(line); err != nil {
			return 0, fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// ReadSamples calls each for every sample in a samples.jsonl stream.
func ReadSamples(r io.Reader, each func(Sample)) (torn int, err error) {
	return readJSONL(r, each)
}

// ReadBlocks returns the last saved state of every block in a blocks.jsonl
// stream, in the order in which the blocks began.
func ReadBlocks(r io.Reader) ([]Block, error) {
	var blocks []Block
	at := map[string]int{}
	_, err := readJSONL(r, func(b Block) {
		if i, seen := at[b.ID]; seen {
			blocks[i] = b
			return
		}
		at[b.ID] = len(blocks)
		blocks = append(blocks, b)
	})
	return blocks, err
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

// AppendLine writes v as one line of JSONL in a single Write, so that a kill
// between two calls never leaves half a line.
func AppendLine(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
