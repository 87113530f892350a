package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// dialect is how one protocol's payloads are read in full.
type dialect struct {
	read func(payload []byte) reading
	text func(payload []byte) (reasoning, answer string)
	// fields names what read looks at, so that a shape knows which values of
	// a frame may vary without a meaning.
	fields *field
}

// decoder is the [Decoder] of every dialect. A frame of a known shape costs
// tens of nanoseconds; any other is read in full and may become a shape.
type decoder struct {
	*dialect
	shapes shapes
	stream stream
}

func newDecoder(d *dialect) *decoder { return &decoder{dialect: d} }

// Decode implements [Decoder].
func (d *decoder) Decode(payload []byte) Delta {
	if r := d.shapes.match(payload); r != nil {
		return d.stream.take(r)
	}
	r := d.read(payload)
	if r.ordinary() {
		d.shapes.learn(payload, &r, d.fields)
	}
	return d.stream.take(&r)
}

// Text implements [Decoder].
func (d *decoder) Text(payload []byte) (reasoning, answer string) { return d.text(payload) }

// Totals implements [Decoder].
func (d *decoder) Totals() Totals { return d.stream.totals }

// isDone tells the mark with which OpenAI's streams end.
func isDone(payload []byte) bool { return string(bytes.TrimSpace(payload)) == "[DONE]" }

// unmarshal reads a payload into v and, where it cannot, says why. A blank
// payload leaves v alone.
func unmarshal(payload []byte, v any) *Failure {
	if len(bytes.TrimSpace(payload)) == 0 {
		return nil
	}
	err := json.Unmarshal(payload, v)
	if err == nil {
		return nil
	}
	what := "is not JSON"
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		what = "has another form than the protocol's"
	}
	return &Failure{
		Class:   record.StatusMalformed,
		Message: fmt.Sprintf("a frame %s (%v): %q", what, err, excerpt(string(payload))),
	}
}

// tokenCount is a count that is read leniently: whatever is no whole number
// above 0 and below mostTokens is no count, and never a reason to refuse a frame.
type tokenCount int64

// mostTokens is the first number that is no count of tokens any more: no
// context is near it.
const mostTokens = 1e8

// UnmarshalJSON implements [json.Unmarshaler].
func (c *tokenCount) UnmarshalJSON(data []byte) error {
	*c = 0
	var whole int64
	if json.Unmarshal(data, &whole) == nil {
		if whole > 0 && whole < mostTokens {
			*c = tokenCount(whole)
		}
		return nil
	}
	var f float64
	if json.Unmarshal(data, &f) == nil && f > 0 && f < mostTokens {
		*c = tokenCount(f)
	}
	return nil
}

// isSet tells a field that holds something from one that is left out, null or empty.
func isSet(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "{}", "[]", "false":
		return false
	}
	return true
}
