package bench

import (
	"strings"
	"unicode/utf8"

	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/engine"
	"github.com/kubectl-llmbench/kubectl-llmbench/pkg/record"
)

// What is kept of a request's texts: so many bytes of its messages, as many of its
// answer, and so many of why it ended.
const (
	mostText   = 512 << 10
	mostReason = 64
)

// TextSink keeps what was said in requests. Text may block on a slow disk: who
// keeps texts pays for them.
type TextSink interface {
	Text(record.Text)
}

// keepText hands on what was said in an attempt. The engine's token is taken out
// of what it says before anything is cut, so that no part of it stays.
func (r *runner) keepText(x *exchange, t *Target, messages []engine.Message, s record.Sample) {
	if r.Texts == nil {
		return
	}
	text := record.Text{RequestID: s.RequestID, Engine: s.Engine, Scenario: s.Scenario, Phase: s.Phase, Status: s.Status, Messages: []record.TextMessage{}}
	left := mostText
	for _, m := range messages {
		content, cut := cutText(m.Content, left)
		left -= len(content)
		text.MessagesTruncated = text.MessagesTruncated || cut
		text.Messages = append(text.Messages, record.TextMessage{Role: m.Role, Content: content})
	}
	reasoning, answer := x.said()
	var cutReasoning, cutAnswer bool
	text.Reasoning, cutReasoning = cutText(t.hide(reasoning), mostText)
	text.Answer, cutAnswer = cutText(t.hide(answer), mostText-len(text.Reasoning))
	text.AnswerTruncated = cutReasoning || cutAnswer || x.transcript.cut
	text.FinishReason, _ = cutText(t.hide(x.decoder.Totals().FinishReason), mostReason)
	r.Texts.Text(text)
}

// cutText is the beginning of a text, in whole and valid characters.
func cutText(s string, most int) (kept string, cut bool) {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if len(s) <= most {
		return s, false
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most], true
}
