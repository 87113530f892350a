package engine

import (
	"encoding/json"
	"reflect"
)

// tgiEvent is one event of /generate_stream, as far as it is read.
type tgiEvent struct {
	Token *tgiToken `json:"token"`
	// GeneratedText is null on every event but the last.
	GeneratedText *string     `json:"generated_text"`
	Details       *tgiDetails `json:"details"`
	// Error is the text of an error, overload and invalid requests included,
	// all of which come after HTTP 200.
	Error json.RawMessage `json:"error"`
}

type tgiToken struct {
	Text    string `json:"text" shape:"text"`
	Special bool   `json:"special"`
}

type tgiDetails struct {
	FinishReason    string     `json:"finish_reason"`
	GeneratedTokens tokenCount `json:"generated_tokens"`
	InputLength     tokenCount `json:"input_length"`
}

var tgiDialect = &dialect{read: readTGI, text: tgiText, fields: fieldsOf(reflect.TypeFor[tgiEvent]())}

// readTGI takes each event with a token for one token, whatever its text: the
// event's index is TGI's running count. A special token (end of sequence) was
// generated and counted too, but is no answer. The event with generated_text
// is both finish marker and end: TGI sends no [DONE], though a proxy may.
func readTGI(payload []byte) reading {
	if isDone(payload) {
		return reading{end: true}
	}
	var e tgiEvent
	if failure := unmarshal(payload, &e); failure != nil {
		return reading{failure: failure}
	}
	if isSet(e.Error) {
		return reading{failure: streamFailure(payload)}
	}
	r := reading{event: e.Token != nil, answer: e.answer() != ""}
	if e.GeneratedText != nil {
		r.finished, r.end, r.total = 1, true, true
	}
	if d := e.Details; d != nil {
		r.finish = d.FinishReason
		r.usage = usage{prompt: int64(d.InputLength), output: int64(d.GeneratedTokens)}
	}
	return r
}

func (e *tgiEvent) answer() string {
	if e.Token == nil || e.Token.Special {
		return ""
	}
	return e.Token.Text
}

func tgiText(payload []byte) (reasoning, answer string) {
	var e tgiEvent
	if isDone(payload) || unmarshal(payload, &e) != nil {
		return "", ""
	}
	return "", e.answer()
}
