package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// allStreams are the recorded and the written streams, by name.
func allStreams(tb testing.TB, each func(name string, kind Kind, api string, payloads [][]byte)) {
	tb.Helper()
	for _, r := range recorded {
		each(r.file, r.kind, r.api, payloads(tb, r.kind, r.api, r.file))
	}
	for _, w := range written {
		each(w.name, w.kind, w.api, asPayloads(w.frames))
	}
}

// sameStory reports where the fast way and the full decode of a stream part.
func sameStory(fast, full Decoder, payloads [][]byte) string {
	for i, p := range payloads {
		if diff := cmp.Diff(full.Decode(p), fast.Decode(p)); diff != "" {
			return fmt.Sprintf("frame %d, %s (-full +fast):\n%s", i, p, diff)
		}
	}
	return cmp.Diff(full.Totals(), fast.Totals())
}

func TestFastAndFullDecodeAgree(t *testing.T) {
	allStreams(t, func(name string, kind Kind, api string, payloads [][]byte) {
		p := protocol(t, kind)
		if diff := sameStory(p.NewDecoder(api), slow(p.NewDecoder(api)), payloads); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	})
}

// sameReading holds that a payload which fits a learnt shape means, in full,
// what the shape says of it. It reports whether the payload fitted.
func sameReading(tb testing.TB, d *decoder, payload []byte) bool {
	tb.Helper()
	fast := d.shapes.match(payload)
	if fast == nil {
		return false
	}
	if full := d.read(payload); !reflect.DeepEqual(*fast, full) {
		tb.Errorf("frame %q\nfast: %+v\nfull: %+v", payload, *fast, full)
	}
	return true
}

// edits are all payloads that differ from one in a single byte, as far as the
// byte put there can matter to JSON.
func edits(payload []byte, each func([]byte)) {
	for at := range payload {
		each(bytes.Join([][]byte{payload[:at], payload[at+1:]}, nil))
		for _, c := range []byte("\"\\\x00\x1f\x7f\xff0,}]: ne-.") {
			each(bytes.Join([][]byte{payload[:at], {c}, payload[at+1:]}, nil))
			each(bytes.Join([][]byte{payload[:at], {c}, payload[at:]}, nil))
		}
	}
}

func TestNoEditOfAFrameIsMistaken(t *testing.T) {
	fitted, edited := 0, 0
	hold := func(d *decoder, stream [][]byte) {
		for _, p := range stream {
			if d.shapes.match(p) == nil {
				continue
			}
			edits(p, func(e []byte) {
				edited++
				if sameReading(t, d, e) {
					fitted++
				}
			})
			return
		}
		t.Errorf("no frame of the stream has a shape: %s", stream[0])
	}
	for _, file := range []string{
		"vllm/chat-stream-usage-continuous.http", "vllm/chat-stream-reasoning.http", "llamacpp/completions-stream-usage.raw",
		"ollama/openai-chat-think.raw", "tgi/generate_stream.http", "tgi/generate_stream-top-tokens.http",
		"ollama/chat-think.raw", "ollama/generate.raw",
	} {
		hold(learnt(t, file))
	}
	escaped := newDecoder(openAIDialect)
	stream := asPayloads([]string{
		`{"x":"a","n":1,"choices":[{"delta":{"content":"\n\u00e9\""}}]}`,
		` { "x" : "\\\ud83d\uDE80" , "n" : -0.5e+7, "choices" : [ { "delta" : { "content" : "b" } } ] } `,
		` { "x" : "\/" , "n" : 10, "choices" : [ { "delta" : { "content" : "\t\u12aF" } } ] } `,
	})
	for _, p := range stream {
		escaped.Decode(p)
	}
	hold(escaped, stream[:1])
	hold(escaped, stream[1:2])
	hold(escaped, stream[2:])
	if fitted == 0 || fitted == edited {
		t.Errorf("%d of %d edits fitted: the test does not see both ways", fitted, edited)
	}
}

// learnt returns a decoder that has read a recorded stream, and the stream.
func learnt(tb testing.TB, file string) (*decoder, [][]byte) {
	tb.Helper()
	for _, r := range recorded {
		if r.file != file {
			continue
		}
		d := protocol(tb, r.kind).NewDecoder(r.api).(*decoder)
		stream := payloads(tb, r.kind, r.api, file)
		for _, p := range stream {
			d.Decode(p)
		}
		return d, stream
	}
	tb.Fatalf("%s is not among the recorded streams", file)
	return nil, nil
}

func TestOnlyTheUnusualIsDecodedInFull(t *testing.T) {
	tests := []struct {
		name string
		kind Kind
		// frame gives the n-th frame of a long stream.
		frame func(n int) string
		most  int // full decodes
	}{
		{"vLLM", VLLM, vllmFrame, 2},
		{"vLLM with a running count", VLLM, vllmCountedFrame, 2},
		{"vLLM, reasoning first", VLLM, func(n int) string {
			if n < 50 {
				return strings.Replace(vllmFrame(n), `"content"`, `"reasoning"`, 1)
			}
			return vllmFrame(n)
		}, 3},
		{"TGI", TGI, tgiFrame, 2},
		{"Ollama", Ollama, ollamaFrame, 2},
		{"a time that moves now and then", OpenAI, func(n int) string {
			return strings.Replace(vllmFrame(n), "1787392800", fmt.Sprint(1787392800+n/40), 1)
		}, 2},
		{"more kinds of frame than are kept", OpenAI, func(n int) string {
			return strings.Replace(vllmFrame(n), `"logprobs"`, fmt.Sprintf(`"l%d"`, n%7), 1)
		}, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := protocol(t, tt.kind).NewDecoder("").(*decoder)
			full := 0
			for n := range 200 {
				p := []byte(tt.frame(n))
				if d.shapes.match(p) == nil {
					full++
				}
				if delta := d.Decode(p); !delta.Token {
					t.Fatalf("%s is no token: %+v", p, delta)
				}
			}
			if full > tt.most {
				t.Errorf("%d full decodes of 200 frames, want at most %d", full, tt.most)
			}
			if len(d.shapes.known) > maxShapes || d.shapes.lessons > maxLessons {
				t.Errorf("%d shapes after %d lessons", len(d.shapes.known), d.shapes.lessons)
			}
		})
	}
}

func TestAKnownFrameAllocatesNothing(t *testing.T) {
	for name, b := range streams {
		d := protocol(t, b.kind).NewDecoder("")
		frames := make([][]byte, 8)
		for n := range frames {
			frames[n] = []byte(b.frame(n))
			d.Decode(frames[n])
		}
		n := 0
		if got := testing.AllocsPerRun(100, func() { d.Decode(frames[n%8]); n++ }); got != 0 {
			t.Errorf("%s: %v allocations a frame", name, got)
		}
	}
}

// TestShapesRefuse lists frames that no shape may be learnt from, because
// encoding/json would not take their text or count from where it stands.
func TestShapesRefuse(t *testing.T) {
	tests := []struct{ name, frame string }{
		{"a key in another case", `{"choices":[{"delta":{"content":"a","CONTENT":"b"}}]}`},
		{"a key in a letter that folds", `{"choices":[{"delta":{"content":"a"}}],"u\u017fage":null}`},
		{"an escaped key", `{"choices":[{"delta":{"content":"a","c\u006fntent":"b"}}]}`},
		{"a count told twice", `{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"completion_tokens":3}}`},
		{"a count that is overruled", `{"choices":[{"delta":{"content":"a"}}],"usage":{"completion_tokens":2},"usage":null}`},
		{"a long list of log-probabilities", `{"choices":[{"delta":{"content":"a"},"logprobs":[` + strings.Repeat("-1,", 100) + `-1]}]}`},
		{"deep nesting", `{"choices":[{"delta":{"content":"a"},"x":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + `}]}`},
		{"a tool call whose words change", `{"choices":[{"delta":{"tool_calls":[{"f":"a"}]}}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDecoder(openAIDialect)
			if delta := d.Decode([]byte(tt.frame)); !delta.Token {
				t.Fatalf("the frame is no token: %+v", delta)
			}
			changed := strings.ReplaceAll(tt.frame, `"a"`, `"z"`)
			if d.shapes.match([]byte(changed)) != nil {
				t.Errorf("%s fits a shape learnt from %s", changed, tt.frame)
			}
		})
	}
}

// TestRawValuesStayFixed: what is read as raw JSON may mean something else
// with every value, as timings too large for a number do.
func TestRawValuesStayFixed(t *testing.T) {
	d := newDecoder(openAIDialect)
	for _, ms := range []string{"1e999", "2e999", "5"} {
		p := []byte(`{"choices":[{"delta":{"content":"a"}}],"timings":{"a_ms":` + ms + `}}`)
		if sameReading(t, d, p) {
			t.Errorf("%s fits", p)
		}
		d.Decode(p)
	}
}

// TestTheEndIsNoLesson: frames that come once are not worth a shape.
func TestTheEndIsNoLesson(t *testing.T) {
	for file, want := range map[string]int{
		"vllm/chat-stream-usage-continuous.http": 2, "llamacpp/chat-stream-usage.raw": 1, "llamacpp/chat-stream-timings.raw": 0,
		"tgi/generate_stream.http": 2, "ollama/chat.raw": 2,
	} {
		if d, _ := learnt(t, file); d.shapes.lessons != want {
			t.Errorf("%s took %d lessons, want %d", file, d.shapes.lessons, want)
		}
	}
}

// FuzzScan holds that the scanners take what encoding/json takes: the body of
// a string that ends at the next quote, and a number that ends with the text.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"", "a", "ž🚀", `\n\"\\\/\b\f\r\t`, `\u00e9`, `\uD83D\uDE80`, `\ud83d`, `\u12`, `\u12g4`, `\x`, `\`, "\x00", "a\x1f", "\x7f", "\xff",
		"0", "-0", "-", "01", "10", "1.", "1.5", ".5", "1e5", "1E+05", "1e", "1e-", "-12.50e-07", "+1", "1a", "99999999", "100000000",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if end, valid := scanString([]byte(s+`"`), 0), json.Valid([]byte(`"`+s+`"`)); (end == len(s)) != valid {
			t.Errorf("string %q (%v) ends at %d", s, valid, end)
		}
		number := json.Valid([]byte(s)) && strings.Trim(s, "-+.eE0123456789") == ""
		if end := scanNumber([]byte(s), 0); (end == len(s)) != number {
			t.Errorf("number %q (%v) ends at %d", s, number, end)
		}
		n, end := scanCount([]byte(s), 0)
		want, err := strconv.ParseInt(s, 10, 64)
		if whole := number && err == nil && want < mostTokens && s[0] != '-'; (end == len(s)) != whole || whole && n != want {
			t.Errorf("count %q: %d, ends at %d", s, n, end)
		}
	})
}

// FuzzShape learns from two payloads and holds that whatever then fits means
// the same when it is decoded in full.
func FuzzShape(f *testing.F) {
	allStreams(f, func(_ string, kind Kind, api string, payloads [][]byte) {
		for i := 2; i < len(payloads); i++ {
			f.Add(dialectIndex(f, kind, api), payloads[i-2], payloads[i-1], payloads[i])
		}
	})
	f.Fuzz(func(t *testing.T, dialect uint8, first, second, probe []byte) {
		d := newDecoder(dialects[int(dialect)%len(dialects)])
		for _, p := range [][]byte{first, second, probe} {
			sameReading(t, d, p)
			d.Decode(p)
		}
		for _, p := range [][]byte{first, second, probe} {
			sameReading(t, d, p)
		}
	})
}

// FuzzDecode reads any lines as a stream of each protocol: no panic, and both
// ways tell the same story.
func FuzzDecode(f *testing.F) {
	allStreams(f, func(_ string, kind Kind, api string, payloads [][]byte) {
		f.Add(dialectIndex(f, kind, api), bytes.Join(payloads, []byte("\n")))
	})
	f.Fuzz(func(t *testing.T, dialect uint8, stream []byte) {
		of := dialects[int(dialect)%len(dialects)]
		fast, full := newDecoder(of), slow(newDecoder(of))
		lines := bytes.Split(stream, []byte("\n"))
		if diff := sameStory(fast, full, lines); diff != "" {
			t.Error(diff)
		}
		for _, line := range lines {
			fast.Text(line)
		}
	})
}

var dialects = []*dialect{openAIDialect, tgiDialect, ollamaDialect}

func dialectIndex(tb testing.TB, kind Kind, api string) uint8 {
	tb.Helper()
	of := protocol(tb, kind).NewDecoder(api).(*decoder).dialect
	for i, d := range dialects {
		if d == of {
			return uint8(i) //nolint:gosec // there are three
		}
	}
	tb.Fatal("a dialect is missing from the list")
	return 0
}
