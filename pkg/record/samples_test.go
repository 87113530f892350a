package record

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestReadLines(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	for _, c := range []struct {
		name, in string
		want     []string
		torn     int
	}{
		{"nothing", "", nil, 0},
		{"lines", "a\nb\n", []string{"a", "b"}, 0},
		{"torn", "a\nb", []string{"a"}, 1},
		{"only torn", "ab", nil, 2},
		{"empty lines", "\na\n\n \r\nb\r\n", []string{"a", "b\r"}, 0},
		{"long", "a\n" + long + "\nb\n", []string{"a", long, "b"}, 0},
		{"long and torn", "a\n" + long, []string{"a"}, len(long)},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in)), iotest.DataErrReader(strings.NewReader(c.in))} {
			var got []string
			torn, err := ReadLines(r, func(line []byte) error {
				got = append(got, strings.TrimSuffix(string(line), "\n"))
				return nil
			})
			if diff := cmp.Diff(c.want, got); diff != "" || torn != c.torn || err != nil {
				t.Errorf("%s: torn %d, want %d; error %v (-want +got):\n%s", c.name, torn, c.torn, err, diff)
			}
		}
	}
}

// endless gives the same byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestReadLinesFails(t *testing.T) {
	broken := errors.New("disk on fire")
	refuse := func(line []byte) error {
		if line[0] == 'b' {
			return errors.New("no b")
		}
		return nil
	}
	for _, c := range []struct {
		name, want string
		in         io.Reader
	}{
		{"decode", "line 2: no b", strings.NewReader("a\nb\nc\n")},
		{"read", "line 2: disk on fire", io.MultiReader(strings.NewReader("a\nc"), iotest.ErrReader(broken))},
		{"without end", "line 2: longer than 67108864 bytes", io.MultiReader(strings.NewReader("a\n"), endless('x'))},
	} {
		if _, err := ReadLines(c.in, refuse); err == nil || err.Error() != c.want {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := ReadSamples(strings.NewReader("{}\n{\"seq\": \"x\"}\n"), func(Sample) {}); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
		t.Errorf("a line that is no sample: %v", err)
	}
}

func TestReadBlocksKeepsTheLastState(t *testing.T) {
	var b bytes.Buffer
	for _, block := range []Block{{ID: "a", EndMS: 1}, {ID: "b", EndMS: 1}, {ID: "a", EndMS: 2}, {ID: "c"}, {ID: "a", EndMS: 3, Done: true}} {
		if err := AppendLine(&b, block); err != nil {
			t.Fatal(err)
		}
	}
	b.WriteString(`{"id":"b","done`)
	got, torn, err := ReadBlocks(&b)
	if err != nil {
		t.Fatal(err)
	}
	want := []Block{{ID: "a", EndMS: 3, Done: true}, {ID: "b", EndMS: 1}, {ID: "c"}}
	if diff := cmp.Diff(want, got); diff != "" || torn != 15 {
		t.Errorf("torn %d (-want +got):\n%s", torn, diff)
	}
}

// onceWriter remembers how often it was written to.
type onceWriter struct {
	bytes.Buffer
	writes int
}

func (w *onceWriter) Write(p []byte) (int, error) {
	w.writes++
	return w.Buffer.Write(p)
}

func TestAppendLine(t *testing.T) {
	var w onceWriter
	sample := fullSample()
	sample.Error.Message = "two\nlines"
	if err := AppendLine(&w, sample); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(w.Bytes(), []byte("\n")); w.writes != 1 || n != 1 || !bytes.HasSuffix(w.Bytes(), []byte("}\n")) {
		t.Errorf("%d writes, %d line ends: %q", w.writes, n, w.String())
	}
	if err := AppendLine(&w, func() {}); err == nil {
		t.Error("a function was written")
	}
}

// Whatever bytes stand in the file: no panic, and what was read and written
// again reads as the same.
func FuzzReadSamples(f *testing.F) {
	var line bytes.Buffer
	if err := AppendLine(&line, fullSample()); err != nil {
		f.Fatal(err)
	}
	f.Add(line.Bytes())
	f.Add([]byte("{}\n\n{\"seq\":1}"))
	f.Add([]byte("{\"ttft_ms\":null,\"error\":{},\"frames_ms\":[],\"engine_timings\":{}}\n"))
	f.Add([]byte("{\"ttft_ms\":1e400}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, torn, err := readAll(data)
		if torn > len(data) || err != nil && torn != 0 {
			t.Fatalf("torn %d of %d bytes, error %v", torn, len(data), err)
		}
		again := writeAll(t, first)
		second, torn, err := readAll(again)
		if err != nil || torn != 0 || len(second) != len(first) {
			t.Fatalf("%d samples read back as %d, torn %d: %v", len(first), len(second), torn, err)
		}
		if third := writeAll(t, second); !bytes.Equal(again, third) {
			t.Fatalf("written %s, then %s", again, third)
		}
	})
}

func readAll(data []byte) (samples []Sample, torn int, err error) {
	torn, err = ReadSamples(bytes.NewReader(data), func(s Sample) { samples = append(samples, s) })
	return samples, torn, err
}

func writeAll(t *testing.T, samples []Sample) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, s := range samples {
		if err := AppendLine(&b, s); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// Lines come back as they went in, and torn bytes are exactly what is left.
func FuzzReadLines(f *testing.F) {
	f.Add([]byte("a\nb\n\nc"))
	f.Add([]byte("\n\r\n "))
	f.Fuzz(func(t *testing.T, data []byte) {
		var lines [][]byte
		torn, err := ReadLines(bytes.NewReader(data), func(line []byte) error {
			lines = append(lines, bytes.Clone(line))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		whole := bytes.SplitAfter(data, []byte("\n"))
		if got := len(whole[len(whole)-1]); got != torn {
			t.Fatalf("torn %d, want %d", torn, got)
		}
		for _, line := range whole[:len(whole)-1] {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if len(lines) == 0 || !bytes.Equal(line, lines[0]) {
				t.Fatalf("line %q did not come", line)
			}
			lines = lines[1:]
		}
		if len(lines) > 0 {
			t.Fatalf("lines from nowhere: %q", lines)
		}
	})
}
