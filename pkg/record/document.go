package record

import (
	"encoding/json"
	"io"
)

// WriteJSON writes a document as results have it: indented, with a line's end,
// and with < and > as they are, because an SLO is written with them.
func WriteJSON(w io.Writer, v any) error {
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	return to.Encode(v)
}
