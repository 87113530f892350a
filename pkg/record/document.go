package record

import (
	"encoding/json"
	"io"
)

// WriteJSON writes a document as results have it: indented, with a line's end,
// with < and > as they are, because an SLO is written with them, and with what
// nobody would see [Escaped].
func WriteJSON(w io.Writer, v any) error {
	to := json.NewEncoder(EscapingWriter{w})
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	return to.Encode(v)
}
