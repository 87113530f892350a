package record

// Text is what was said in one request, kept only where a run was asked to
// (--record-text). It holds whatever the prompt and the engine's answer hold.
type Text struct {
	// RequestID is that of the request's [Sample].
	RequestID string `json:"request_id"`
	Engine    string `json:"engine"`
	Scenario  string `json:"scenario"`
	Phase     Phase  `json:"phase"`
	Status    Status `json:"status"`
	// Messages are what was said to the engine, earlier turns included.
	Messages []TextMessage `json:"messages"`
	// Reasoning and Answer are what came back, as far as it came; the body of a
	// refusal is no answer.
	Reasoning string `json:"reasoning,omitempty"`
	Answer    string `json:"answer,omitempty"`
	// FinishReason is the engine's own word for why it ended.
	FinishReason string `json:"finish_reason,omitempty"`
	// MessagesTruncated and AnswerTruncated say that there was more than is kept:
	// of messages, and of reasoning with answer, 512 KiB each.
	MessagesTruncated bool `json:"messages_truncated,omitempty"`
	AnswerTruncated   bool `json:"answer_truncated,omitempty"`
}

// TextMessage is one turn of what was said.
type TextMessage struct {
	Role    string `json:"role"` // system, user or assistant
	Content string `json:"content"`
}
