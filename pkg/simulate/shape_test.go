package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// telling are the keys whose text is part of the protocol; all other text is
// replaced in a shape.
var telling = []string{"object", "role", "type", "error_type", "owned_by", "param"}

// shape is a document with its members in order, texts and numbers replaced,
// and equal neighbours in a list shown once. Members named in drop are left
// out.
func shape(t testing.TB, doc string, drop ...string) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(doc))
	dec.UseNumber()
	var b strings.Builder
	shapeValue(t, dec, &b, "", drop)
	return b.String()
}

func shapeValue(t testing.TB, dec *json.Decoder, b *strings.Builder, key string, drop []string) {
	tok, err := dec.Token()
	if err != nil {
		t.Fatalf("bad document: %v after %s", err, b)
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			shapeObject(t, dec, b, drop)
		} else {
			shapeList(t, dec, b, drop)
		}
	case string:
		if slices.Contains(telling, key) {
			fmt.Fprintf(b, "%q", v)
		} else {
			b.WriteString("TEXT")
		}
	case json.Number:
		b.WriteString("N")
	case nil:
		b.WriteString("null")
	default:
		fmt.Fprint(b, v)
	}
}

func shapeObject(t testing.TB, dec *json.Decoder, b *strings.Builder, drop []string) {
	var members []string
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value strings.Builder
		name := fmt.Sprint(key)
		shapeValue(t, dec, &value, name, drop)
		if !slices.Contains(drop, name) {
			members = append(members, name+":"+value.String())
		}
	}
	_, _ = dec.Token()
	b.WriteString("{" + strings.Join(members, " ") + "}")
}

func shapeList(t testing.TB, dec *json.Decoder, b *strings.Builder, drop []string) {
	var elements []string
	for dec.More() {
		var value strings.Builder
		shapeValue(t, dec, &value, "", drop)
		elements = append(elements, value.String())
	}
	_, _ = dec.Token()
	b.WriteString("[" + strings.Join(slices.Compact(elements), " ") + "]")
}

// shapeOf is a whole answer: its status, its head, and each piece of its body,
// equal neighbours once.
func (r response) shapeOf(t testing.TB, drop ...string) []string {
	t.Helper()
	lines := []string{fmt.Sprint("status ", r.status)}
	for name := range r.header {
		switch name {
		case "Date", "Connection", "Content-Length", "Transfer-Encoding":
		case "Content-Type", "Cache-Control", "X-Accel-Buffering", "Server":
			lines = append(lines, name+": "+r.header.Get(name))
		default:
			lines = append(lines, name+": …")
		}
	}
	slices.Sort(lines)
	for _, piece := range r.pieces {
		lines = append(lines, pieceShape(t, piece, drop))
	}
	if !r.ended {
		lines = append(lines, "no last chunk")
	}
	return slices.Compact(lines)
}

// pieceShape describes what was sent in one piece: events, lines or a document.
func pieceShape(t testing.TB, piece string, drop []string) string {
	var b bytes.Buffer
	for line := range strings.Lines(piece) {
		text := strings.TrimSuffix(line, "\n")
		data, event := strings.CutPrefix(text, "data: ")
		switch {
		case strings.HasPrefix(data, "{") || strings.HasPrefix(data, "["):
			if data == "[DONE]" {
				b.WriteString(text)
				break
			}
			if event {
				b.WriteString("data: ")
			}
			b.WriteString(shape(t, data, drop...))
			if strings.HasPrefix(data, `{"error": `) {
				b.WriteString(" (with blanks)")
			}
		case strings.HasPrefix(text, "Failed to parse the request body as JSON"):
			b.WriteString("Failed to parse …")
		default:
			b.WriteString(text)
		}
		if strings.HasSuffix(line, "\n") {
			b.WriteString("⏎")
		}
	}
	return b.String()
}
