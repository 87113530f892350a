package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// maxNested bounds how deep an error is looked for within errors.
const maxNested = 2

// maxExcerpt bounds what a message quotes of an answer, in runes.
const maxExcerpt = 300

// refusal reads the body of a response that is no stream and classes it by
// its status, or as overloaded where the engine says so itself.
func refusal(status int, body []byte) Failure {
	f := bodyMessage(body)
	switch {
	case overloaded(f):
		f.Class = record.StatusOverloaded
	case status == http.StatusTooManyRequests:
		f.Class = record.StatusHTTP429
	case status >= http.StatusInternalServerError:
		f.Class = record.StatusHTTP5xx
	case status >= http.StatusBadRequest:
		f.Class = record.StatusHTTP4xx
	default:
		f.Class = record.StatusMalformed
	}
	return f
}

// streamFailure reads an error that stands in a stream after HTTP 200.
func streamFailure(payload []byte) *Failure {
	f := bodyMessage(payload)
	f.Class = record.StatusErrorInStream
	if overloaded(f) {
		f.Class = record.StatusOverloaded
	}
	return &f
}

// overloaded knows the engines' words for "too many requests at once": TGI's
// error_type, or its message alone on the OpenAI routes (router/src/infer),
// and Ollama's full queue (server/sched.go).
func overloaded(f Failure) bool {
	return f.Type == "overloaded" || f.Message == "Model is overloaded" ||
		strings.Contains(f.Message, "maximum pending requests exceeded")
}

// errorDocument is every shape of error that engines, their frameworks and
// the proxies before them send. All is kept raw, because each differs in type.
type errorDocument struct {
	Error          json.RawMessage `json:"error"`            // a string or an object
	ErrorType      json.RawMessage `json:"error_type"`       // TGI
	Message        json.RawMessage `json:"message"`          // within error, or bare
	Detail         json.RawMessage `json:"detail"`           // FastAPI: a string or a list
	Type           json.RawMessage `json:"type"`             //
	Code           json.RawMessage `json:"code"`             // a number, a string or null
	HTTPStatusCode json.RawMessage `json:"http_status_code"` // TGI's OpenAI routes
}

// bodyMessage finds what an error's body says, in whatever shape: its Class
// is left open. The message is never empty.
func bodyMessage(body []byte) Failure {
	trimmed := bytes.TrimSpace(body)
	var document errorDocument
	switch {
	case len(trimmed) == 0:
		return Failure{Message: "an empty body"}
	case isHTML(trimmed):
		return Failure{Message: describeHTML(trimmed)}
	case json.Unmarshal(trimmed, &document) != nil:
		return Failure{Message: cmp.Or(excerpt(scalar(trimmed)), excerpt(string(trimmed)))}
	}
	f := document.failure(maxNested)
	if f.Message == "" {
		f.Message = excerpt(string(trimmed))
	}
	return f
}

func (e errorDocument) failure(nested int) Failure {
	outer := Failure{
		Message: excerpt(cmp.Or(scalar(e.Message), detail(e.Detail))),
		Type:    excerpt(cmp.Or(scalar(e.Type), scalar(e.ErrorType))),
		Code:    excerpt(cmp.Or(scalar(e.Code), scalar(e.HTTPStatusCode))),
	}
	if !isSet(e.Error) {
		return outer
	}
	var document errorDocument
	if nested == 0 || json.Unmarshal(e.Error, &document) != nil {
		outer.Message = cmp.Or(excerpt(scalar(e.Error)), excerpt(string(e.Error)))
		return outer
	}
	inner := document.failure(nested - 1)
	return Failure{
		Message: cmp.Or(inner.Message, outer.Message, excerpt(string(e.Error))),
		Type:    cmp.Or(inner.Type, outer.Type),
		Code:    cmp.Or(inner.Code, outer.Code),
	}
}

// scalar is a JSON string's text, or a number as it stands; "" for all else.
func scalar(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String()
	}
	return ""
}

// detail is FastAPI's: a text, or one {"loc", "msg"} for each invalid field.
func detail(raw json.RawMessage) string {
	var problems []struct {
		Message string `json:"msg"`
	}
	if json.Unmarshal(raw, &problems) != nil {
		return scalar(raw)
	}
	messages := make([]string, 0, len(problems))
	for _, p := range problems {
		messages = append(messages, p.Message)
	}
	return strings.Join(messages, "; ")
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func isHTML(body []byte) bool {
	head := bytes.ToLower(body[:min(len(body), 1024)])
	return head[0] == '<' && (bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html")))
}

// describeHTML names a web page, as proxies answer with, by its title.
func describeHTML(body []byte) string {
	if m := titleTag.FindSubmatch(body); m != nil {
		if title := excerpt(html.UnescapeString(string(m[1]))); title != "" {
			return fmt.Sprintf("an HTML page titled %q", title)
		}
	}
	return "an HTML page"
}

// excerpt makes a text fit for a message: on one line, without control
// characters, bounded in length.
func excerpt(text string) string {
	if most := 16 * maxExcerpt; len(text) > most {
		text = text[:most] // a body may be long; what is cut off would be cut off below
	}
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "�"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if runes := []rune(text); len(runes) > maxExcerpt {
		text = string(runes[:maxExcerpt]) + "…"
	}
	return text
}
