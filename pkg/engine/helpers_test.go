package engine

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// exchange is a recorded HTTP response of testdata.
type exchange struct {
	status int
	header http.Header
	body   []byte
}

// load reads testdata/NAME: a whole response with its framing, or for a .body
// file the body alone.
func load(tb testing.TB, name string) exchange {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	if strings.HasSuffix(name, ".body") {
		return exchange{status: http.StatusOK, body: data}
	}
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), nil)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	defer response.Body.Close() //nolint:errcheck // it is a file
	body, err := io.ReadAll(response.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		tb.Fatalf("%s: %v", name, err)
	}
	return exchange{status: response.StatusCode, header: response.Header, body: body}
}

// frames cuts a recorded body as the engine's framing has it.
func frames(body []byte, framing Framing) [][]byte {
	var out [][]byte
	for line := range bytes.Lines(body) {
		line = bytes.TrimRight(line, "\r\n")
		if framing == SSE {
			data, found := bytes.CutPrefix(line, []byte("data:"))
			if !found {
				continue
			}
			line = bytes.TrimPrefix(data, []byte(" "))
		}
		if len(line) > 0 {
			out = append(out, line)
		}
	}
	return out
}

func protocol(tb testing.TB, kind Kind) Protocol {
	tb.Helper()
	p, err := ByKind(kind)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// payloads reads a recorded stream as a kind's API form frames it.
func payloads(tb testing.TB, kind Kind, api, name string) [][]byte {
	tb.Helper()
	return frames(load(tb, name).body, protocol(tb, kind).Framing(api))
}

// slow returns a decoder of the same dialect that decodes every frame in full.
func slow(d Decoder) *decoder {
	full := newDecoder(d.(*decoder).dialect)
	full.shapes.lessons = maxLessons
	return full
}
