package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func checkFrames(t *testing.T, r FrameReader, want []got, stray string) {
	t.Helper()
	frames, err := readAll(r)
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, frames); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
	if r.Stray() != stray {
		t.Errorf("stray %q, want %q", r.Stray(), stray)
	}
}

func TestSSE(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pieces []string
		want   []got
		stray  string
	}{
		{"one event a read", []string{"data: a\n\n", "data: b\n\n"}, []got{{Data: "a", Second: 1}, {Data: "b", Second: 2}}, ""},
		{"many in one read share their stamp", []string{"data: a\n\ndata: b\n\ndata: c\n\n"},
			[]got{{Data: "a", Second: 1}, {Data: "b", Second: 1, Coalesced: true}, {Data: "c", Second: 1, Coalesced: true}}, ""},
		{"an event over several reads has the last one's stamp", []string{"da", "ta: a", "bc\n", "\n"}, []got{{Data: "abc", Second: 4}}, ""},
		{"no space behind the colon", []string{"data:{\"a\":1}\n\n"}, []got{{Data: `{"a":1}`, Second: 1}}, ""},
		{"only one space is taken", []string{"data:  a\n\n"}, []got{{Data: " a", Second: 1}}, ""},
		{"CRLF", []string{"data: a\r\n\r\ndata: b\r\n\r\n"}, []got{{Data: "a", Second: 1}, {Data: "b", Second: 1, Coalesced: true}}, ""},
		{"CRLF split between reads", []string{"data: a\r", "\n\r", "\ndata: b\r\n\r\n"}, []got{{Data: "a", Second: 2}, {Data: "b", Second: 3}}, ""},
		{"CR alone", []string{"data: a\r\rdata: b\r\r"}, []got{{Data: "a", Second: 1}, {Data: "b", Second: 1, Coalesced: true}}, ""},
		{"data of several lines", []string{"data: a\ndata: b\n", "data\n\n"}, []got{{Data: "a\nb\n", Second: 2}}, ""},
		{"comments and other fields", []string{":\n\n: hello\nevent: x\nid: 7\nretry: 3\ndata: a\n\n"}, []got{{Data: "a", Second: 1}}, ""},
		{"empty data", []string{"data:\n\ndata: \n\n"}, []got{{Data: "", Second: 1}, {Data: "", Second: 1, Coalesced: true}}, ""},
		{"a byte order mark", []string{"\ufeffdata: a\n\n"}, []got{{Data: "a", Second: 1}}, ""},
		{"the last blank line is missing", []string{"data: a\n"}, []got{{Data: "a", Second: 1, Unterminated: true}}, ""},
		{"cut within a line", []string{"data: a\n\ndata: {\"b"}, []got{{Data: "a", Second: 1}, {Data: `{"b`, Second: 1, Coalesced: true, Unterminated: true}}, ""},
		{"a page is stray", []string{"<html>\n<title>Sign in</title>\n"}, nil, "<html> <title>Sign in</title>"},
		{"an error document is stray", []string{`{"error": "no"}` + "\n"}, nil, `{"error": "no"}`},
		{"nothing", nil, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkFrames(t, NewSSE(pieces(tt.pieces...)), tt.want, tt.stray)
		})
	}
}

// merged is a Source whose reads all bear one kernel stamp, as segments do that
// the kernel merged in its queue.
type merged struct {
	*script
	kernel bool
}

func (m merged) Arrival() Arrival { return Arrival{At: epoch, Kernel: m.kernel, Read: m.read} }

func TestFramesOfMergedSegmentsShareTheirStamp(t *testing.T) {
	for _, kernel := range []bool{true, false} {
		frames, err := readAll(NewSSE(merged{pieces("data: a\n\n", "data: b\n\n"), kernel}))
		if !errors.Is(err, io.EOF) || len(frames) != 2 || frames[0].Coalesced || frames[1].Coalesced != kernel {
			t.Errorf("kernel %v: %+v, %v", kernel, frames, err)
		}
	}
}

func TestNDJSON(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pieces []string
		want   []got
		stray  string
	}{
		{"a line each", []string{"{\"a\":1}\n", "{\"b\":2}\n"}, []got{{Data: `{"a":1}`, Second: 1}, {Data: `{"b":2}`, Second: 2}}, ""},
		{"two in a read", []string{"{}\n{}\n"}, []got{{Data: "{}", Second: 1}, {Data: "{}", Second: 1, Coalesced: true}}, ""},
		{"split, CRLF and blank lines", []string{"\r\n\n {\"a\"", ":1}\r\n"}, []got{{Data: `{"a":1}`, Second: 2}}, ""},
		{"no end of the last line", []string{"{\"a\":1"}, []got{{Data: `{"a":1`, Second: 1, Unterminated: true}}, ""},
		{"a page is stray", []string{"<html>\nno\n"}, nil, "<html> no"},
		{"text without an end is stray", []string{"404 page not found"}, nil, "404 page not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkFrames(t, NewNDJSON(pieces(tt.pieces...)), tt.want, tt.stray)
		})
	}
}

func TestFramesMayBeLongButNotEndless(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	for name, open := range map[string]func(Source) FrameReader{"sse": NewSSE, "ndjson": NewNDJSON} {
		before, after := "data: {", "}\n\n"
		if name == "ndjson" {
			before, after = "{", "}\n"
		}
		frames, err := readAll(open(pieces(before + long + after)))
		if !errors.Is(err, io.EOF) || len(frames) != 1 || len(frames[0].Data) != len(long)+2 {
			t.Errorf("%s: a frame of 3 MiB: %d frames, %v", name, len(frames), err)
		}
		_, err = readAll(open(pieces(before, long, long, long, after)))
		var tooLong *FrameTooLongError
		if !errors.As(err, &tooLong) {
			t.Errorf("%s: a line of 9 MiB: %v", name, err)
		}
	}
	many := pieces()
	for range 9 {
		many.pieces = append(many.pieces, []byte("data: "+strings.Repeat("x", 1<<20)+"\n"))
	}
	var tooLong *FrameTooLongError
	if _, err := readAll(NewSSE(many)); !errors.As(err, &tooLong) {
		t.Errorf("an event of 9 MiB in many lines: %v", err)
	}
}

// plainSSE is the standard's algorithm without any care for cost, for
// comparison.
func plainSSE(text string) (frames []string) {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	var data []string
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "" && data != nil:
			frames = append(frames, strings.Join(data, "\n"))
			data = nil
		case name == "data":
			data = append(data, strings.TrimPrefix(value, " "))
		}
	}
	if data != nil {
		frames = append(frames, strings.Join(data, "\n"))
	}
	return frames
}

func FuzzSSE(f *testing.F) {
	f.Add([]byte("data: a\n\n:\r\ndata:b\r\n\r\ndata: c\rdata\r\r"), 3)
	f.Add([]byte("\ufeffdata: [DONE]"), 1)
	f.Fuzz(func(t *testing.T, text []byte, step int) {
		frames, err := readAll(NewSSE(cut(text, step)))
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		var data []string
		for _, f := range frames {
			data = append(data, f.Data)
		}
		if want := plainSSE(string(text)); !cmp.Equal(want, data) {
			t.Errorf("frames of %q in pieces of %d: %q, want %q", text, step, data, want)
		}
	})
}

func FuzzNDJSON(f *testing.F) {
	f.Add([]byte("{\"a\":1}\r\n\n[1]\nno\n{"), 2)
	f.Fuzz(func(t *testing.T, text []byte, step int) {
		frames, err := readAll(NewNDJSON(cut(text, step)))
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		var data, want []string
		for _, f := range frames {
			data = append(data, f.Data)
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			if i < len(lines)-1 { // a last line without an end keeps its CR
				line = strings.TrimSuffix(line, "\r")
			}
			line = strings.TrimLeft(line, " \t")
			if strings.HasPrefix(line, "{") || strings.HasPrefix(line, "[") {
				want = append(want, line)
			}
		}
		if diff := cmp.Diff(want, data); diff != "" {
			t.Errorf("frames of %q (-want +got):\n%s", text, diff)
		}
	})
}

func cut(text []byte, step int) *script {
	step = max(step%64, 1)
	s := &script{}
	for len(text) > 0 {
		n := min(step, len(text))
		s.pieces = append(s.pieces, bytes.Clone(text[:n]))
		text = text[n:]
	}
	return s
}

// flood is a Source that repeats a text for ever.
type flood struct {
	text []byte
	at   int
	read uint64
}

func (s *flood) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		c := copy(p[n:], s.text[s.at:])
		n += c
		s.at = (s.at + c) % len(s.text)
	}
	s.read++
	return n, nil
}

func (s *flood) Arrival() Arrival { return Arrival{At: epoch, Kernel: true, Read: s.read} }

func BenchmarkFrames(b *testing.B) {
	payload := `{"id":"chatcmpl-9a1f0c3b5d7e4f62","object":"chat.completion.chunk","created":1787392800,"model":"bench/tiny-7b","choices":[{"index":0,"delta":{"content":" sail"},"logprobs":null,"finish_reason":null}]}`
	for _, bb := range []struct {
		name string
		open func(Source) FrameReader
		text string
	}{{"sse", NewSSE, "data: " + payload + "\n\n"}, {"ndjson", NewNDJSON, payload + "\n"}} {
		b.Run(bb.name, func(b *testing.B) {
			r := bb.open(&flood{text: []byte(bb.text)})
			var f Frame
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Next(&f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestReadingFramesAllocatesNothing(t *testing.T) {
	for name, r := range map[string]FrameReader{
		"sse":    NewSSE(&flood{text: []byte("data: {\"a\":1}\n\n: c\n\ndata: a\ndata: b\n\n")}),
		"ndjson": NewNDJSON(&flood{text: []byte("{\"a\":1}\n\n")}),
	} {
		var f Frame
		if n := testing.AllocsPerRun(10000, func() {
			if err := r.Next(&f); err != nil {
				panic(fmt.Sprint(err))
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a frame", name, n)
		}
	}
}
