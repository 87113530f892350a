package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// quoted returns a text as a JSON string. Unlike json.Marshal it leaves <, >
// and & alone, as the engines' own encoders do.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) //nolint:errcheck // a string always encodes, into a buffer
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// escaped is quoted without the quotation marks.
func escaped(text string) string {
	q := quoted(text)
	return q[1 : len(q)-1]
}

const (
	typeJSON     = "application/json"
	typeJSONUTF8 = "application/json; charset=utf-8"
	typeText     = "text/plain; charset=utf-8"
)

// refusal is a response that holds no answer.
type refusal struct {
	status  int
	media   string
	body    string
	headers [][2]string
	outcome string // for the truth log, "" for invalid
}

func (f refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", f.media)
	for _, pair := range f.headers {
		w.Header().Set(pair[0], pair[1])
	}
	w.WriteHeader(f.status)
	_, _ = w.Write([]byte(f.body)) //nolint:errcheck // the client has gone
}

// reply sends a small JSON document.
func reply(w http.ResponseWriter, media, format string, args ...any) {
	refusal{status: http.StatusOK, media: media, body: fmt.Sprintf(format, args...)}.write(w)
}
